using GrainStream.Protocol.Schema;

namespace GrainStream.Protocol.Messages;

/// <summary>Adds partitions to topics.</summary>
/// <remarks>
/// 2 is flexible.
/// </remarks>
[KafkaMessage(ApiKey.CreatePartitions, MessageKind.Request, "0-3", Flexible = "2+")]
public sealed partial class CreatePartitionsRequest
{
    [Field]
    public CreatePartitionsTopic[] Topics { get; set; } = [];

    /// <summary>Milliseconds the client will wait.</summary>
    [Field]
    public int TimeoutMs { get; set; }

    /// <summary>Check and answer, but change nothing.</summary>
    [Field]
    public bool ValidateOnly { get; set; }

    /// <summary>A topic to extend.</summary>
    [KafkaStruct]
    public sealed partial class CreatePartitionsTopic
    {
        [Field]
        public string Name { get; set; } = "";

        /// <summary>Partitions the topic is to have in the end.</summary>
        [Field]
        public int Count { get; set; }

        /// <summary>Brokers of each new partition; null to let the broker choose.</summary>
        [Field(Nullable = "0+")]
        public CreatePartitionsAssignment[]? Assignments { get; set; }
    }

    /// <summary>Brokers of a new partition.</summary>
    [KafkaStruct]
    public sealed partial class CreatePartitionsAssignment
    {
        [Field]
        public int[] BrokerIds { get; set; } = [];
    }
}
