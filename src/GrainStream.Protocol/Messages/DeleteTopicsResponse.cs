using GrainStream.Protocol.Schema;

namespace GrainStream.Protocol.Messages;

/// <summary>What became of each topic of a <see cref="DeleteTopicsRequest"/>.</summary>
[KafkaMessage(ApiKey.DeleteTopics, MessageKind.Response, "1-6", Flexible = "4+")]
public sealed partial class DeleteTopicsResponse
{
    /// <summary>Milliseconds for which the client should hold back because of a quota; 0 for none.</summary>
    [Field]
    public int ThrottleTimeMs { get; set; }

    [Field]
    public DeletableTopicResult[] Responses { get; set; } = [];

    /// <summary>Outcome for a topic.</summary>
    [KafkaStruct]
    public sealed partial class DeletableTopicResult
    {
        /// <summary>Null for an unknown topic named by id.</summary>
        [Field(Nullable = "6+")]
        public string? Name { get; set; }

        /// <summary>The topic's id (KIP-516); all zero if it is not given.</summary>
        [Field("6+", Ignorable = true)]
        public Guid TopicId { get; set; }

        [Field]
        public ErrorCode ErrorCode { get; set; }

        /// <summary>Null if there is nothing to say.</summary>
        [Field("5+", Nullable = "5+", Ignorable = true)]
        public string? ErrorMessage { get; set; }
    }
}
