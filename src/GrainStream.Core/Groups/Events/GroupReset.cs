using GrainStream.Protocol.Schema;

namespace GrainStream.Core.Groups.Events;

/// <summary>Forget everything: a snapshot begins, and the events that follow say all there is. Events before it are no longer needed.</summary>
[KafkaMessage(MessageKind.Data, "0", Flexible = "0+")]
public sealed partial class GroupReset : IGroupEvent;
