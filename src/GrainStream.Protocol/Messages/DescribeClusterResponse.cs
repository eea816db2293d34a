using GrainStream.Protocol.Schema;

namespace GrainStream.Protocol.Messages;

/// <summary>The brokers of the cluster.</summary>
[KafkaMessage(ApiKey.DescribeCluster, MessageKind.Response, "0-2", Flexible = "0+")]
public sealed partial class DescribeClusterResponse
{
    /// <summary>Milliseconds for which the client should hold back because of a quota; 0 for none.</summary>
    [Field]
    public int ThrottleTimeMs { get; set; }

    [Field]
    public ErrorCode ErrorCode { get; set; }

    /// <summary>Null if there is nothing to say.</summary>
    [Field(Nullable = "0+")]
    public string? ErrorMessage { get; set; }

    /// <summary>1 brokers, 2 controllers (KIP-919).</summary>
    [Field("1+")]
    public sbyte EndpointType { get; set; } = 1;

    [Field]
    public string ClusterId { get; set; } = "";

    /// <summary>-1 if unknown.</summary>
    [Field]
    public int ControllerId { get; set; } = -1;

    [Field]
    public DescribeClusterBroker[] Brokers { get; set; } = [];

    /// <summary>Bit field of what the client may do with the cluster; the default is "not asked for".</summary>
    [Field]
    public int ClusterAuthorizedOperations { get; set; } = int.MinValue;

    /// <summary>A broker.</summary>
    [KafkaStruct]
    public sealed partial class DescribeClusterBroker
    {
        [Field]
        public int BrokerId { get; set; }

        [Field]
        public string Host { get; set; } = "";

        [Field]
        public int Port { get; set; }

        /// <summary>Null if the broker has none.</summary>
        [Field(Nullable = "0+")]
        public string? Rack { get; set; }

        [Field("2+")]
        public bool IsFenced { get; set; }
    }
}
