using GrainStream.Protocol.Schema;

namespace GrainStream.Protocol.Messages;

/// <summary>Replaces the configuration of topics and brokers: what is not named goes back to its default.</summary>
/// <remarks>
/// 2 is flexible. <see cref="IncrementalAlterConfigsRequest"/> is what clients should use.
/// </remarks>
[KafkaMessage(ApiKey.AlterConfigs, MessageKind.Request, "0-2", Flexible = "2+")]
public sealed partial class AlterConfigsRequest
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

        /// <summary>Null for the default.</summary>
        [Field(Nullable = "0+")]
        public string? Value { get; set; }
    }
}
