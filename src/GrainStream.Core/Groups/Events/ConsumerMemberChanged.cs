using GrainStream.Protocol.Schema;

namespace GrainStream.Core.Groups.Events;

/// <summary>A member of a consumer group is new, or says something else of itself than before. Replaces what it said before; what it owns stays.</summary>
[KafkaMessage(MessageKind.Data, "0", Flexible = "0+")]
public sealed partial class ConsumerMemberChanged : IConsumerProtocolEvent
{
    [Field]
    public string MemberId { get; set; } = "";

    /// <summary>Null for a dynamic member.</summary>
    [Field(Nullable = "0+")]
    public string? InstanceId { get; set; }

    [Field(Nullable = "0+")]
    public string? RackId { get; set; }

    [Field]
    public string ClientId { get; set; } = "";

    [Field]
    public string ClientHost { get; set; } = "";

    /// <summary>Milliseconds the member may take to give up partitions.</summary>
    [Field]
    public int RebalanceTimeoutMs { get; set; }

    /// <summary>Names of topics, in order, each once.</summary>
    [Field]
    public string[] TopicNames { get; set; } = [];

    /// <summary>In the syntax of RE2; null for none.</summary>
    [Field(Nullable = "0+")]
    public string? TopicPattern { get; set; }

    /// <summary>The assignor that the member would like; null for the broker's choice.</summary>
    [Field(Nullable = "0+")]
    public string? ServerAssignor { get; set; }

    /// <summary>Milliseconds without a heartbeat after which a member that speaks the classic protocol counts as gone; -1 for one of the consumer protocol.</summary>
    [Field]
    public int ClassicSessionTimeoutMs { get; set; } = -1;

    /// <summary>Assignors that a member of the classic protocol can work with, the one it likes best first; otherwise empty.</summary>
    [Field]
    public ClassicMemberProtocol[] ClassicProtocols { get; set; } = [];

    /// <summary>An assignor that a member of the classic protocol can work with.</summary>
    [KafkaStruct]
    public sealed partial class ClassicMemberProtocol
    {
        [Field]
        public string Name { get; set; } = "";

        /// <summary>What the member tells this assignor.</summary>
        [Field]
        public byte[] Metadata { get; set; } = [];
    }
}
