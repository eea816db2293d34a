using GrainStream.Protocol.Schema;

namespace GrainStream.Protocol.Messages;

/// <summary>Changes single configs of topics and brokers (KIP-339).</summary>
/// <remarks>
/// 1 is flexible.
/// </remarks>
[KafkaMessage(ApiKey.IncrementalAlterConfigs, MessageKind.Request, "0-1", Flexible = "1+")]
public sealed partial class IncrementalAlterConfigsRequest
{
    [Field]
    public AlterConfigsResource[] Resources { get; set; } = [];

    /// <summary>Check and answer, but change nothing.</summary>
    [Field]
    public bool ValidateOnly { get; set; }

    /// <summary>A topic or broker to change.</summary>
    [KafkaStruct]
    public sealed partial class AlterConfigsResource
    {
        /// <summary>2 topic, 4 broker, 8 broker logger, 16 client metrics, 32 group.</summary>
        [Field]
        public sbyte ResourceType { get; set; }

        /// <summary>Topic name, or broker id; an empty broker id means all brokers.</summary>
        [Field]
        public string ResourceName { get; set; } = "";

        [Field]
        public AlterableConfig[] Configs { get; set; } = [];
    }

    /// <summary>A config to change.</summary>
    [KafkaStruct]
    public sealed partial class AlterableConfig
    {
        [Field]
        public string Name { get; set; } = "";

        /// <summary>0 set, 1 delete, 2 append to a list, 3 subtract from a list.</summary>
        [Field]
        public sbyte ConfigOperation { get; set; }

        /// <summary>Null with delete.</summary>
        [Field(Nullable = "0+")]
        public string? Value { get; set; }
    }
}
