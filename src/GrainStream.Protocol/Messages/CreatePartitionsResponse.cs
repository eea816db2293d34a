using GrainStream.Protocol.Schema;

namespace GrainStream.Protocol.Messages;

/// <summary>What became of each topic of a <see cref="CreatePartitionsRequest"/>.</summary>
[KafkaMessage(ApiKey.CreatePartitions, MessageKind.Response, "0-3", Flexible = "2+")]
public sealed partial class CreatePartitionsResponse
{
    /// <summary>Milliseconds for which the client should hold back because of a quota; 0 for none.</summary>
    [Field]
    public int ThrottleTimeMs { get; set; }

    [Field]
    public CreatePartitionsTopicResult[] Results { get; set; } = [];

    /// <summary>Outcome for a topic.</summary>
    [KafkaStruct]
    public sealed partial class CreatePartitionsTopicResult
    {
        [Field]
        public string Name { get; set; } = "";

        [Field]
        public ErrorCode ErrorCode { get; set; }

        /// <summary>Null if there is nothing to say.</summary>
        [Field(Nullable = "0+")]
        public string? ErrorMessage { get; set; }
    }
}
