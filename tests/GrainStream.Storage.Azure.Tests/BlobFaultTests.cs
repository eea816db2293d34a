using GrainStream.Runtime.Ports;
using GrainStream.Storage.Azure.Tests.Support;
using GrainStream.TestKit.Objects;

namespace GrainStream.Storage.Azure.Tests;

/// <summary>What the adapter makes of each thing that the network and the service can do to a request, with Azure's SDK and its retries in between.</summary>
[Collection(AzuriteFixture.Name)]
public sealed class BlobFaultTests(AzuriteFixture fixture) : IAsyncLifetime
{
    private readonly FaultyTransport _network = new();
    private readonly string _container = AzuriteFixture.NewContainer();
    private BlobObjectStore? _store;

    // A busy machine may need its time to answer, except where no answer is to come.
    private double _networkTimeoutSeconds = 30;

    private BlobObjectStore Store => _store!;

    public async Task InitializeAsync()
    {
        if (Azurite.Missing is null)
        {
            _store = await OpenAsync(_container);
        }
    }

    public async Task DisposeAsync()
    {
        if (_store is not null)
        {
            await _store.DisposeAsync();
        }
    }

    [AzuriteFact]
    public async Task A_put_whose_answer_is_lost_is_tried_again_and_fenced_by_its_own_effect()
    {
        _network.Queue(HttpFault.ResponseLost);

        await Assert.ThrowsAsync<FencedException>(async () => await Store.PutAsync("a", new byte[10], null, default));

        ObjectRead read = (await Store.ReadAsync("a", 0, new byte[1], default))!.Value;
        Assert.Equal(10, read.ObjectLength);
        _network.Queue(HttpFault.ResponseLost);
        await Assert.ThrowsAsync<FencedException>(async () => await Store.PutAsync("a", new byte[20], read.Version, default));
        Assert.Equal(20, (await Store.ReadAsync("a", 0, new byte[1], default))!.Value.ObjectLength);
    }

    [AzuriteFact]
    public async Task An_upload_whose_completion_is_lost_is_fenced_by_its_own_effect()
    {
        await using IObjectUpload upload = await Store.CreateAsync("a", default);
        _network.Queue(HttpFault.ResponseLost);
        await upload.WriteAsync(new byte[10], default);
        _network.Queue(HttpFault.ResponseLost);

        await Assert.ThrowsAsync<FencedException>(async () => await upload.CompleteAsync(default));

        Assert.Equal(10, (await Store.ReadAsync("a", 0, new byte[1], default))!.Value.ObjectLength);
    }

    [AzuriteFact]
    public async Task A_deletion_whose_answer_is_lost_says_that_there_was_nothing()
    {
        await Store.PutAsync("a", new byte[10], null, default);
        _network.Queue(HttpFault.ResponseLost);

        Assert.False(await Store.DeleteAsync("a", default));
        Assert.Null(await Store.ReadAsync("a", 0, new byte[1], default));
    }

    [AzuriteFact]
    public async Task A_busy_store_is_tried_again_as_late_as_it_asks()
    {
        foreach (int status in (int[])[429, 503])
        {
            int before = _network.Requests.Count;
            long started = TimeProvider.System.GetTimestamp();
            _network.Queue(HttpFault.Answer(status, "ServerBusy", retryAfterSeconds: 1), HttpFault.Answer(status, "ServerBusy"));

            await Store.PutAsync($"a{status}", new byte[10], null, default);

            Assert.Equal(3, _network.Requests.Count - before);
            Assert.True(TimeProvider.System.GetElapsedTime(started) >= TimeSpan.FromSeconds(0.99));
        }
    }

    [AzuriteFact]
    public async Task What_stays_busy_is_unavailable_and_says_so()
    {
        foreach ((int status, string code) in ((int, string)[])[(429, "TooManyRequests"), (503, "ServerBusy"), (500, "InternalError"), (408, "OperationTimedOut")])
        {
            _network.Always = HttpFault.Answer(status, code);
            await AssertUnavailableAsync($"HTTP {status} {code}, request made-by-test", "busy or throttles");
        }
    }

    [AzuriteFact]
    public async Task A_network_that_is_away_is_unavailable()
    {
        _network.Always = HttpFault.ConnectionRefused;
        await AssertUnavailableAsync("cannot be reached", "Connection reset by peer");
    }

    [AzuriteFact]
    public async Task A_service_that_does_not_answer_is_given_up()
    {
        _networkTimeoutSeconds = 0.3;
        _store = await OpenAsync(_container);
        _network.Always = HttpFault.Silent;
        await AssertUnavailableAsync("test-");
    }

    [AzuriteFact]
    public async Task What_is_not_allowed_is_unavailable_and_says_what_is_needed()
    {
        foreach ((int status, string code) in ((int, string)[])[(401, "NoAuthenticationInformation"), (403, "AuthorizationPermissionMismatch"), (403, "AuthenticationFailed")])
        {
            _network.Always = HttpFault.Answer(status, code);
            await AssertUnavailableAsync($"HTTP {status} {code}", "Storage Blob Data Contributor");
        }
    }

    [AzuriteFact]
    public async Task A_container_that_is_away_is_unavailable_and_no_missing_object()
    {
        _network.Always = HttpFault.Answer(404, "ContainerNotFound");
        await AssertUnavailableAsync("The container is missing");
        _network.Always = HttpFault.Answer(409, "ContainerBeingDeleted");
        await AssertUnavailableAsync("container being deleted");
    }

    [AzuriteFact]
    public async Task A_failed_condition_is_fenced_for_a_put_only()
    {
        ObjectVersion version = new("\"0x1\"");
        foreach (HttpFault fault in (HttpFault[])[HttpFault.Answer(412, "ConditionNotMet"), HttpFault.Answer(409, "BlobAlreadyExists"), HttpFault.Answer(412, null)])
        {
            _network.Queue(fault);
            await Assert.ThrowsAsync<FencedException>(async () => await Store.PutAsync("a", new byte[1], null, default));
            _network.Queue(fault);
            await Assert.ThrowsAsync<FencedException>(async () => await Store.PutAsync("a", new byte[1], version, default));
        }

        await using IObjectUpload upload = await Store.CreateAsync("b", default);
        _network.Queue(HttpFault.Answer(412, "LeaseIdMissing"));
        await Assert.ThrowsAsync<StorageUnavailableException>(async () => await upload.WriteAsync(new byte[1], default));
        _network.Queue(HttpFault.Answer(412, "LeaseIdMissing"));
        await Assert.ThrowsAsync<StorageUnavailableException>(async () => await Store.DeleteAsync("b", default));
    }

    [AzuriteFact]
    public async Task A_range_that_comes_short_is_read_on()
    {
        byte[] content = await PutAsync("a", 100_000);
        byte[] read = new byte[100_000];
        _network.Queue(HttpFault.ChangedBody(body => body[..1000]), HttpFault.ChangedBody(body => body[..1]), HttpFault.ChangedBody(_ => []));

        Assert.Equal(100_000, (await Store.ReadAsync("a", 0, read, default))!.Value.Bytes);

        Assert.Equal(content, read);
        _network.Always = HttpFault.ChangedBody(_ => []);
        await Assert.ThrowsAsync<StorageUnavailableException>(async () => await Store.ReadAsync("a", 10, read, default));
    }

    [AzuriteFact]
    public async Task A_damaged_object_is_read_again_and_then_reported()
    {
        static byte[] Damage(byte[] body)
        {
            body[body.Length / 2] ^= 1;
            return body;
        }

        byte[] content = await PutAsync("a", 1000);
        byte[] read = new byte[2000];
        _network.Queue(HttpFault.ChangedBody(Damage));
        await Store.ReadAsync("a", 0, read, default);
        Assert.Equal(content, read[..1000]);

        _network.Always = HttpFault.ChangedBody(Damage);
        CorruptDataException error = await Assert.ThrowsAsync<CorruptDataException>(async () => await Store.ReadAsync("a", 0, read, default));
        Assert.Contains("/a: its 1000 bytes", error.Message, StringComparison.Ordinal);
    }

    [AzuriteFact]
    public async Task An_object_that_is_replaced_between_two_requests_of_a_read_is_read_anew()
    {
        await PutAsync("a", 1000);
        byte[] read = new byte[100];
        _network.Queue(null, HttpFault.Answer(412, "ConditionNotMet"));

        Assert.Equal(100, (await Store.ReadAsync("a", -100, read, default))!.Value.Bytes);
        Assert.Equal(["HEAD", "GET", "HEAD", "GET"], _network.Requests.TakeLast(4).Select(request => request.Split(' ')[0]));
        _network.Always = HttpFault.Answer(412, "ConditionNotMet");
        await Assert.ThrowsAsync<StorageUnavailableException>(async () => await Store.ReadAsync("a", 0, read, default));
    }

    [AzuriteFact]
    public async Task A_caller_who_gives_up_hears_just_that()
    {
        _network.Always = HttpFault.Silent;
        using CancellationTokenSource givenUp = new();
        Task<ObjectVersion> put = Store.PutAsync("a", new byte[1], null, givenUp.Token).AsTask();
        await givenUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => put);
    }

    [AzuriteFact]
    public async Task Opening_says_what_is_wrong()
    {
        _network.Always = HttpFault.Answer(403, "AuthenticationFailed");
        StorageUnavailableException error = await Assert.ThrowsAsync<StorageUnavailableException>(() => OpenAsync("other"));
        Assert.Contains("/devstoreaccount1/other", error.Message, StringComparison.Ordinal);
        Assert.Contains("Storage Blob Data Contributor", error.Message, StringComparison.Ordinal);
    }

    private Task<BlobObjectStore> OpenAsync(string container) => BlobObjectStore.OpenAsync(
        new BlobObjectStoreOptions
        {
            ConnectionString = fixture.Azurite.ConnectionString,
            Container = container,
            Retries = 2,
            RetryDelay = TimeSpan.FromMilliseconds(1),
            MaxRetryDelay = TimeSpan.FromMilliseconds(2),
            NetworkTimeout = TimeSpan.FromSeconds(_networkTimeoutSeconds),
            Transport = _network,
        },
        default);

    private async Task<byte[]> PutAsync(string name, int length)
    {
        byte[] content = [.. Enumerable.Range(0, length).Select(i => (byte)(i * 7))];
        await Store.PutAsync(name, content, null, default);
        return content;
    }

    private async Task AssertUnavailableAsync(params string[] texts)
    {
        Func<Task>[] calls =
        [
            async () => await Store.PutAsync("a", new byte[1], null, default),
            async () => await Store.ReadAsync("a", 0, new byte[1], default),
            async () => await Store.ReadAsync("a", -1, new byte[1], default),
            async () => await Store.ListAsync("", false, null, default),
            async () => await Store.ListAsync("", true, null, default),
            async () => await Store.DeleteAsync("a", default),
            async () =>
            {
                await using IObjectUpload upload = await Store.CreateAsync("a", default);
                await upload.WriteAsync(new byte[1], default);
            },
            async () =>
            {
                await using IObjectUpload upload = await Store.CreateAsync("a", default);
                await upload.CompleteAsync(default);
            },
        ];
        foreach (Func<Task> call in calls)
        {
            StorageUnavailableException error = await Assert.ThrowsAsync<StorageUnavailableException>(call);
            Assert.All(texts, text => Assert.Contains(text, error.Message, StringComparison.Ordinal));
        }
    }
}
