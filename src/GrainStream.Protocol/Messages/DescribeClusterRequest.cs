using GrainStream.Protocol.Schema;

namespace GrainStream.Protocol.Messages;

/// <summary>Asks for the brokers of the cluster (KIP-700).</summary>
/// <remarks>
/// Flexible from the start. 1 can ask for controllers. 2 can ask for fenced brokers.
/// </remarks>
[KafkaMessage(ApiKey.DescribeCluster, MessageKind.Request, "0-2", Flexible = "0+")]
public sealed partial class DescribeClusterRequest
{
    [Field]
    public bool IncludeClusterAuthorizedOperations { get; set; }

    /// <summary>1 brokers, 2 controllers (KIP-919).</summary>
    [Field("1+")]
    public sbyte EndpointType { get; set; } = 1;

    /// <summary>Also list brokers that the controller has fenced (KIP-1073).</summary>
    [Field("2+")]
    public bool IncludeFencedBrokers { get; set; }
}
