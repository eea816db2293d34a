using GrainStream.Protocol.Schema;

namespace GrainStream.Protocol.Messages;

/// <summary>What became of the groups.</summary>
[KafkaMessage(ApiKey.DeleteGroups, MessageKind.Response, "0-2", Flexible = "2+")]
public sealed partial class DeleteGroupsResponse
{
    /// <summary>Milliseconds for which the client should hold back because of a quota; 0 for none.</summary>
    [Field]
    public int ThrottleTimeMs { get; set; }

    [Field]
    public DeletableGroupResult[] Results { get; set; } = [];

    /// <summary>What became of one.</summary>
    [KafkaStruct]
    public sealed partial class DeletableGroupResult
    {
        [Field]
        public string GroupId { get; set; } = "";

        [Field]
        public ErrorCode ErrorCode { get; set; }
    }
}
