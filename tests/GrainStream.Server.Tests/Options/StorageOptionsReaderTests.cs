using GrainStream.Server.Options;
using Microsoft.Extensions.Configuration;

namespace GrainStream.Server.Tests.Options;

public sealed class StorageOptionsReaderTests
{
    private const string Secret = "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=c2VjcmV0;EndpointSuffix=core.windows.net";
    private const string Signed = "https://a.blob.core.windows.net/c?sv=1&sig=c2VjcmV0";

    [Fact]
    public void History_is_kept_in_the_data_directory_unless_another_is_named()
    {
        Assert.Equal("/start/data/objects", Read([], out _).Storage.Files!.Directory);
        Assert.Equal("/start/history", Read([("Storage:Directory", "history")], out _).Storage.Files!.Directory);
        Assert.Equal("/mnt/history", Read([("Storage:Kind", "filesystem"), ("Storage:Directory", "/mnt/history")], out IReadOnlyList<SettingProblem> problems).Storage.Files!.Directory);
        Assert.Empty(problems);
        Assert.Null(Read([], out _).Storage.Blobs);
    }

    [Fact]
    public void A_container_is_reached_by_a_connection_string_or_by_its_address()
    {
        StorageOptions storage = Read([("Storage:Kind", "AzureBlob"), ("Storage:Azure:ConnectionString", Secret)], out IReadOnlyList<SettingProblem> problems).Storage;
        Assert.Empty(problems);
        Assert.Null(storage.Files);
        Assert.Equal((Secret, "grainstream"), (storage.Blobs!.ConnectionString, storage.Blobs.Container));

        storage = Read([("Storage:Kind", "AzureBlob"), ("Storage:Azure:ContainerUri", Signed)], out problems).Storage;
        Assert.Empty(problems);
        Assert.Equal(Signed, storage.Blobs!.ContainerUri!.AbsoluteUri);
    }

    [Fact]
    public void Settings_that_do_not_go_together_are_refused()
    {
        AssertProblem([("Storage:Kind", "AzureBlob")], "Storage:Azure:ContainerUri", "must be set");
        AssertProblem([("Storage:Azure:ConnectionString", Secret)], "Storage:Azure:ConnectionString", "Set that to AzureBlob");
        AssertProblem([("Storage:Kind", "AzureBlob"), ("Storage:Azure:ConnectionString", Secret), ("Storage:Azure:ContainerUri", Signed)], "Storage:Azure:ConnectionString", "Leave one of them out");
        AssertProblem([("Storage:Kind", "AzureBlob"), ("Storage:Azure:ContainerUri", Signed), ("Storage:Azure:Container", "other")], "Storage:Azure:Container", "names a container already");
        AssertProblem([("Storage:Kind", "AzureBlob"), ("Storage:Azure:ContainerUri", Signed), ("Storage:Directory", "x")], "Storage:Directory", "Leave it out");
    }

    [Theory]
    [InlineData("Storage:Kind", "S3", "FileSystem or AzureBlob")]
    [InlineData("Storage:Kind", "1", "FileSystem or AzureBlob")]
    [InlineData("Storage:Kind", "", "FileSystem or AzureBlob")]
    public void A_store_that_there_is_not_is_refused(string key, string value, string says) => AssertProblem([(key, value)], key, says);

    [Theory]
    [InlineData("Storage:Azure:Container", "No_Name", "lower-case")]
    [InlineData("Storage:Azure:Container", "a--b", "lower-case")]
    [InlineData("Storage:Azure:Container", "ab", "lower-case")]
    public void A_name_that_no_container_can_have_is_refused(string key, string value, string says) =>
        AssertProblem([("Storage:Kind", "AzureBlob"), ("Storage:Azure:ConnectionString", Secret), (key, value)], key, says);

    [Theory]
    [InlineData("a.blob.core.windows.net/c?sig=c2VjcmV0", "https://account.blob.core.windows.net/grainstream")]
    [InlineData("https://a.blob.core.windows.net?sig=c2VjcmV0", "https://account.blob.core.windows.net/grainstream")]
    [InlineData("http://a.blob.core.windows.net/c?sig=c2VjcmV0", "https://")]
    public void An_address_that_is_none_is_refused_and_not_shown(string value, string says) =>
        AssertProblem([("Storage:Kind", "AzureBlob"), ("Storage:Azure:ContainerUri", value)], "Storage:Azure:ContainerUri", says);

    [Theory]
    [InlineData("Storage:Azure:ConectionString")]
    [InlineData("Storage:AzureConnectionString")]
    [InlineData("Azure:ConnectionStrings")]
    [InlineData("Storage:Azure:Key")]
    public void A_secret_under_a_misspelt_name_is_not_shown(string key) => AssertProblem([(key, Secret)], key, "no such setting");

    private static void AssertProblem((string Key, string Value)[] settings, string key, string says)
    {
        Read(settings, out IReadOnlyList<SettingProblem> problems);
        SettingProblem problem = Assert.Single(problems);
        Assert.Equal("GrainStream:" + key, problem.Key);
        Assert.Contains(says, problem.Mend, StringComparison.Ordinal);
        Assert.DoesNotContain("c2VjcmV0", SettingProblem.Describe(problems), StringComparison.Ordinal);
    }

    private static ServerOptions Read((string Key, string Value)[] settings, out IReadOnlyList<SettingProblem> problems)
    {
        IConfigurationRoot configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => new KeyValuePair<string, string?>("GrainStream:" + setting.Key, setting.Value)))
            .Build();
        problems = ServerOptionsReader.Read(configuration, "/start", out ServerOptions options);
        return options;
    }
}
