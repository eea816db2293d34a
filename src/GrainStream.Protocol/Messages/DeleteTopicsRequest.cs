using GrainStream.Protocol.Schema;

namespace GrainStream.Protocol.Messages;

/// <summary>Deletes topics.</summary>
/// <remarks>
/// Version 0 ended with Kafka 4 (KIP-896). 4 is flexible. 6 can name topics by id.
/// </remarks>
[KafkaMessage(ApiKey.DeleteTopics, MessageKind.Request, "1-6", Flexible = "4+")]
public sealed partial class DeleteTopicsRequest
{
    /// <summary>Topics by name or by id.</summary>
    [Field("6+")]
    public DeleteTopicState[] Topics { get; set; } = [];

    /// <summary>What earlier versions have instead of <see cref="Topics"/>.</summary>
    [Field("0-5", Ignorable = true)]
    public string[] TopicNames { get; set; } = [];

    /// <summary>Milliseconds the client will wait.</summary>
    [Field]
    public int TimeoutMs { get; set; }

    /// <summary>A topic to delete.</summary>
    [KafkaStruct]
    public sealed partial class DeleteTopicState
    {
        /// <summary>Null to name the topic by its id.</summary>
        [Field("6+", Nullable = "6+")]
        public string? Name { get; set; }

        /// <summary>The topic's id (KIP-516); all zero if it is not given.</summary>
        [Field("6+")]
        public Guid TopicId { get; set; }
    }
}
