using GrainStream.Protocol.Schema;

namespace GrainStream.Protocol.Messages;

/// <summary>Asks which brokers there are and which of them lead the partitions of which topics.</summary>
/// <remarks>
/// 4 may forbid the creation of topics. 9 is flexible. 12 can name topics by id; 10 and 11 have the field but no broker heeds it.
/// </remarks>
[KafkaMessage(ApiKey.Metadata, MessageKind.Request, "0-13", Flexible = "9+")]
public sealed partial class MetadataRequest
{
    /// <summary>Null asks for all topics, empty for none; in version 0, which has no null, empty asks for all.</summary>
    [Field(Nullable = "1+")]
    public MetadataRequestTopic[]? Topics { get; set; } = [];

    /// <summary>Whether to create a missing topic, if the broker is configured to.</summary>
    [Field("4+")]
    public bool AllowAutoTopicCreation { get; set; } = true;

    [Field("8-10")]
    public bool IncludeClusterAuthorizedOperations { get; set; }

    [Field("8+")]
    public bool IncludeTopicAuthorizedOperations { get; set; }

    /// <summary>A topic by name or by id.</summary>
    [KafkaStruct]
    public sealed partial class MetadataRequestTopic
    {
        /// <summary>The topic's id (KIP-516); all zero if it is not given.</summary>
        [Field("10+", Ignorable = true)]
        public Guid TopicId { get; set; }

        /// <summary>Null if the topic is asked for by id.</summary>
        [Field(Nullable = "10+")]
        public string? Name { get; set; }
    }
}
