using GrainStream.Protocol.Schema;

namespace GrainStream.Protocol.Messages;

/// <summary>What became of each topic of a <see cref="CreateTopicsRequest"/>.</summary>
/// <remarks>
/// 5 tells the configuration. 7 tells topic ids.
/// </remarks>
[KafkaMessage(ApiKey.CreateTopics, MessageKind.Response, "2-7", Flexible = "5+")]
public sealed partial class CreateTopicsResponse
{
    /// <summary>Milliseconds for which the client should hold back because of a quota; 0 for none.</summary>
    [Field]
    public int ThrottleTimeMs { get; set; }

    [Field]
    public CreatableTopicResult[] Topics { get; set; } = [];

    /// <summary>Outcome for a topic.</summary>
    [KafkaStruct]
    public sealed partial class CreatableTopicResult
    {
        [Field]
        public string Name { get; set; } = "";

        /// <summary>The topic's id (KIP-516); all zero if it is not given.</summary>
        [Field("7+", Ignorable = true)]
        public Guid TopicId { get; set; }

        [Field]
        public ErrorCode ErrorCode { get; set; }

        /// <summary>Null if there is nothing to say.</summary>
        [Field(Nullable = "0+")]
        public string? ErrorMessage { get; set; }

        /// <summary>Why <see cref="Configs"/> could not be told.</summary>
        [Field("5+", Tag = 0, Ignorable = true)]
        public ErrorCode TopicConfigErrorCode { get; set; }

        /// <summary>-1 if unknown.</summary>
        [Field("5+", Ignorable = true)]
        public int NumPartitions { get; set; } = -1;

        /// <summary>-1 if unknown.</summary>
        [Field("5+", Ignorable = true)]
        public short ReplicationFactor { get; set; } = -1;

        /// <summary>The configuration in force; null if it could not be told.</summary>
        [Field("5+", Nullable = "5+", Ignorable = true)]
        public CreatableTopicConfigs[]? Configs { get; set; } = [];
    }

    /// <summary>A config in force.</summary>
    [KafkaStruct]
    public sealed partial class CreatableTopicConfigs
    {
        [Field("5+")]
        public string Name { get; set; } = "";

        /// <summary>Null if it has none, or is sensitive.</summary>
        [Field("5+", Nullable = "5+")]
        public string? Value { get; set; }

        [Field("5+")]
        public bool ReadOnly { get; set; }

        /// <summary>1 topic, 2 broker, 3 default for all brokers, 4 static, 5 built-in default; -1 unknown.</summary>
        [Field("5+", Ignorable = true)]
        public sbyte ConfigSource { get; set; } = -1;

        [Field("5+")]
        public bool IsSensitive { get; set; }
    }
}
