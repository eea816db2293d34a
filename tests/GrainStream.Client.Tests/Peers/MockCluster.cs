using System.Runtime.InteropServices;
using System.Text;

namespace GrainStream.Client.Tests.Peers;

/// <summary>librdkafka's mock cluster (rdkafka_mock.h) in this process: an implementation of the protocol that shares no code with GrainStream.</summary>
internal sealed partial class MockCluster : IDisposable
{
    private const string Library = "librdkafka.so.1";
    private const int Producer = 0;
    private const int ErrorTextBytes = 512;

    private readonly nint _client;
    private readonly nint _cluster;

    public MockCluster(int brokers)
    {
        nint configuration = ConfNew();
        ConfSetLogCallback(configuration, 0);
        byte[] error = new byte[ErrorTextBytes];
        _client = New(Producer, configuration, error, (nuint)error.Length);
        Assert.True(_client != 0, Encoding.UTF8.GetString(error));
        _cluster = MockNew(_client, brokers);
        Assert.True(_cluster != 0, "no mock cluster");
        Bootstrap = Marshal.PtrToStringUTF8(MockBootstraps(_cluster))!;
    }

    /// <summary>Whether librdkafka with its mock cluster is here.</summary>
    public static bool IsAvailable { get; } = NativeLibrary.TryLoad(Library, out nint library) && NativeLibrary.TryGetExport(library, "rd_kafka_mock_cluster_new", out _);

    public string Bootstrap { get; }

    public void CreateTopic(string name, int partitions, int replicas) => Assert.Equal(0, MockTopicCreate(_cluster, name, partitions, replicas));

    /// <summary>Moves the leadership of a partition.</summary>
    public void SetLeader(string topic, int partition, int broker) => Assert.Equal(0, MockSetLeader(_cluster, topic, partition, broker));

    /// <summary>Answers the next requests of a kind with these errors.</summary>
    public void PushErrors(Protocol.ApiKey api, params Protocol.ErrorCode[] errors) =>
        MockPushErrors(_cluster, (short)api, (nuint)errors.Length, [.. errors.Select(error => (int)error)]);

    public void Dispose()
    {
        MockDestroy(_cluster);
        Destroy(_client);
    }

    [LibraryImport(Library, EntryPoint = "rd_kafka_conf_new")]
    private static partial nint ConfNew();

    [LibraryImport(Library, EntryPoint = "rd_kafka_conf_set_log_cb")]
    private static partial void ConfSetLogCallback(nint configuration, nint callback);

    [LibraryImport(Library, EntryPoint = "rd_kafka_new")]
    private static partial nint New(int type, nint configuration, byte[] error, nuint errorBytes);

    [LibraryImport(Library, EntryPoint = "rd_kafka_destroy")]
    private static partial void Destroy(nint client);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_cluster_new")]
    private static partial nint MockNew(nint client, int brokers);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_cluster_destroy")]
    private static partial void MockDestroy(nint cluster);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_cluster_bootstraps")]
    private static partial nint MockBootstraps(nint cluster);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_topic_create", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MockTopicCreate(nint cluster, string topic, int partitions, int replicas);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_partition_set_leader", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MockSetLeader(nint cluster, string topic, int partition, int broker);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_push_request_errors_array")]
    private static partial void MockPushErrors(nint cluster, short api, nuint count, int[] errors);
}
