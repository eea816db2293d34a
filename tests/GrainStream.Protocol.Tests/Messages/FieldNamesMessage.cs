using GrainStream.Protocol.Schema;

namespace GrainStream.Protocol.Tests.Messages;

/// <summary>Fields whose names the generated members would have.</summary>
[KafkaMessage(MessageKind.Data, "0", Flexible = "0+")]
public sealed partial class FieldNamesMessage
{
    [Field]
    public string LowestVersion { get; set; } = "";

    [Field]
    public short HighestVersion { get; set; }

    [Field]
    public int FirstFlexibleVersion { get; set; }

    [Field]
    public long Key { get; set; }
}
