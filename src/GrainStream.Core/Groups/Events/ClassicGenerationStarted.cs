using GrainStream.Protocol.Schema;

namespace GrainStream.Core.Groups.Events;

/// <summary>
/// Members were told of a new generation, which has no assignment yet. The members and assignment before it still count, but its number is never given out again: an
/// assignment made for it before a crash cannot pass for one made after.
/// </summary>
[KafkaMessage(MessageKind.Data, "0", Flexible = "0+")]
public sealed partial class ClassicGenerationStarted : IGroupEvent
{
    [Field]
    public int Generation { get; set; }
}
