using GrainStream.Protocol.Schema;

namespace GrainStream.Protocol.Messages;

/// <summary>Asks for the configuration of topics and brokers.</summary>
/// <remarks>
/// Version 0 ended with Kafka 4 (KIP-896). 4 is flexible.
/// </remarks>
[KafkaMessage(ApiKey.DescribeConfigs, MessageKind.Request, "1-4", Flexible = "4+")]
public sealed partial class DescribeConfigsRequest
{
    [Field]
    public DescribeConfigsResource[] Resources { get; set; } = [];

    /// <summary>Also tell where else each value could come from.</summary>
    [Field]
    public bool IncludeSynonyms { get; set; }

    [Field("3+")]
    public bool IncludeDocumentation { get; set; }

    /// <summary>A topic or broker to describe.</summary>
    [KafkaStruct]
    public sealed partial class DescribeConfigsResource
    {
        /// <summary>2 topic, 4 broker, 8 broker logger, 16 client metrics, 32 group.</summary>
        [Field]
        public sbyte ResourceType { get; set; }

        /// <summary>Topic name, or broker id; an empty broker id means all brokers.</summary>
        [Field]
        public string ResourceName { get; set; } = "";

        /// <summary>Configs to describe; null for all.</summary>
        [Field(Nullable = "0+")]
        public string[]? ConfigurationKeys { get; set; }
    }
}
