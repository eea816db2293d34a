using GrainStream.Protocol.Schema;

namespace GrainStream.Protocol.Messages;

/// <summary>What became of each resource of an <see cref="AlterConfigsRequest"/>.</summary>
[KafkaMessage(ApiKey.AlterConfigs, MessageKind.Response, "0-2", Flexible = "2+")]
public sealed partial class AlterConfigsResponse
{
    /// <summary>Milliseconds for which the client should hold back because of a quota; 0 for none.</summary>
    [Field]
    public int ThrottleTimeMs { get; set; }

    [Field]
    public AlterConfigsResourceResponse[] Responses { get; set; } = [];

    /// <summary>Outcome for a topic or broker.</summary>
    [KafkaStruct]
    public sealed partial class AlterConfigsResourceResponse
    {
        [Field]
        public ErrorCode ErrorCode { get; set; }

        /// <summary>Null if there is nothing to say.</summary>
        [Field(Nullable = "0+")]
        public string? ErrorMessage { get; set; }

        /// <summary>2 topic, 4 broker, 8 broker logger, 16 client metrics, 32 group.</summary>
        [Field]
        public sbyte ResourceType { get; set; }

        /// <summary>Topic name, or broker id; an empty broker id means all brokers.</summary>
        [Field]
        public string ResourceName { get; set; } = "";
    }
}
