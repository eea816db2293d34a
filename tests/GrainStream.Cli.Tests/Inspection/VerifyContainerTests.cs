using GrainStream.Runtime.Ports;
using GrainStream.Storage.Azure;
using GrainStream.TestKit.Objects;

namespace GrainStream.Cli.Tests.Inspection;

/// <summary><c>log verify</c> where the object store is a container.</summary>
public sealed class VerifyContainerTests(StoredDirectory stored) : IClassFixture<StoredDirectory>
{
    private const string Container = "verified";

    [AzuriteFact]
    public async Task A_container_is_checked_like_a_directory()
    {
        await using Azurite azurite = await Azurite.StartAsync();
        var options = new BlobObjectStoreOptions { ConnectionString = azurite.ConnectionString, Container = Container };
        await using BlobObjectStore store = await BlobObjectStore.OpenAsync(options, CancellationToken.None);
        Dictionary<string, ObjectVersion> versions = [];
        IEnumerable<string> files = Directory.GetFiles(stored.Objects, "*", SearchOption.AllDirectories);
        foreach (string path in files.Where(path => !path.Contains("/.store/", StringComparison.Ordinal)))
        {
            string name = Path.GetRelativePath(stored.Objects, path).Replace(Path.DirectorySeparatorChar, '/');
            versions[name] = await store.PutAsync(name, await File.ReadAllBytesAsync(path), null, CancellationToken.None);
        }

        LogRun sound = await VerifyAsync(azurite);
        Assert.Equal("", sound.Errors);
        Assert.True(sound.Code == ExitCode.Done, sound.Output);
        Assert.Contains($"{stored.Segments.Count} segments", Assert.Single(sound.Of("summary")).GetProperty("seen").GetString());

        string damaged = Path.GetRelativePath(stored.Objects, stored.LongSegments[5]).Replace(Path.DirectorySeparatorChar, '/');
        byte[] bytes = await File.ReadAllBytesAsync(stored.LongSegments[5]);
        bytes[100] ^= 1;
        await store.PutAsync(damaged, bytes, versions[damaged], CancellationToken.None);
        LogRun run = await VerifyAsync(azurite);
        Assert.Equal(ExitCode.Damaged, run.Code);
        Assert.All(run.Findings("damage"), finding => Assert.EndsWith($"/{Container}/{damaged}", finding.GetProperty("place").GetString()));
        Assert.DoesNotContain("AccountKey", run.Output);
    }

    private Task<LogRun> VerifyAsync(Azurite azurite) => LogRun.Async(
        "verify",
        "--json",
        "--data-directory=" + stored.Data,
        "--azure-connection-string=" + azurite.ConnectionString,
        "--azure-container=" + Container);
}
