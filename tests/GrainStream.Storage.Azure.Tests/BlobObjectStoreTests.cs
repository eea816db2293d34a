using System.Security.Cryptography;
using System.Text;
using GrainStream.Runtime.Ports;
using GrainStream.Storage.Azure.Tests.Support;
using GrainStream.TestKit.Objects;

namespace GrainStream.Storage.Azure.Tests;

[Collection(AzuriteFixture.Name)]
public sealed class BlobObjectStoreTests(AzuriteFixture fixture)
{
    [AzuriteFact]
    public async Task A_shared_access_signature_is_enough_and_is_never_shown()
    {
        string container = AzuriteFixture.NewContainer();
        await using BlobObjectStore owner = await BlobObjectStore.OpenAsync(
            new BlobObjectStoreOptions { ConnectionString = fixture.Azurite.ConnectionString, Container = container }, default);
        Uri signed = Sign(container, "rcwdl");

        await using BlobObjectStore store = await BlobObjectStore.OpenAsync(new BlobObjectStoreOptions { ContainerUri = signed }, default);

        await store.PutAsync("a", new byte[10], null, default);
        Assert.Equal(10, (await owner.ReadAsync("a", 0, new byte[1], default))!.Value.ObjectLength);
        Assert.Equal(owner.Location, store.Location);
        Assert.DoesNotContain("sig=", store.Location, StringComparison.Ordinal);
    }

    [AzuriteFact]
    public async Task A_signature_that_does_not_allow_enough_is_said_without_showing_it()
    {
        string container = AzuriteFixture.NewContainer();
        await using BlobObjectStore owner = await BlobObjectStore.OpenAsync(
            new BlobObjectStoreOptions { ConnectionString = fixture.Azurite.ConnectionString, Container = container }, default);
        await using BlobObjectStore reader = await BlobObjectStore.OpenAsync(new BlobObjectStoreOptions { ContainerUri = Sign(container, "rl") }, default);

        StorageUnavailableException error = await Assert.ThrowsAsync<StorageUnavailableException>(async () => await reader.PutAsync("a", new byte[1], null, default));

        Assert.Contains("HTTP 403", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("sig=", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_string_that_is_none_is_not_repeated()
    {
        StorageUnavailableException error = await Assert.ThrowsAsync<StorageUnavailableException>(
            () => BlobObjectStore.OpenAsync(new BlobObjectStoreOptions { ConnectionString = "AccountKey=c2VjcmV0;nonsense" }, default));

        Assert.DoesNotContain("c2VjcmV0", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Exactly_one_way_in_must_be_given()
    {
        Assert.Throws<ArgumentException>(() => new BlobObjectStoreOptions().Validate());
        Assert.Throws<ArgumentException>(() => new BlobObjectStoreOptions { ConnectionString = "x", ContainerUri = new Uri("https://a/b") }.Validate());
    }

    // A service SAS of a container: https://learn.microsoft.com/rest/api/storageservices/create-service-sas, version 2018-11-09.
    private Uri Sign(string container, string permissions)
    {
        const string Version = "2018-11-09";
        const string Expiry = "2099-01-01T00:00:00Z";
        string account = fixture.Azurite.AccountUri.AbsolutePath.Trim('/');
        string key = fixture.Azurite.ConnectionString.Split("AccountKey=")[1].Split(';')[0];
        string[] signed = [permissions, "", Expiry, $"/blob/{account}/{container}", "", "", "", Version, "c", "", "", "", "", "", ""];
        string signature = Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(key), Encoding.UTF8.GetBytes(string.Join('\n', signed))));
        return new Uri(fixture.Azurite.AccountUri, $"{container}?sv={Version}&sr=c&se={Uri.EscapeDataString(Expiry)}&sp={permissions}&sig={Uri.EscapeDataString(signature)}");
    }
}
