using GrainStream.Protocol.Schema;

namespace GrainStream.Core.Topics.Events;

/// <summary>A block of producer ids is taken and never given out again; what of it is unused at a crash is lost.</summary>
[KafkaMessage(MessageKind.Data, "0", Flexible = "0+")]
public sealed partial class ProducerIdsReserved : ICatalogEvent
{
    [Field]
    public long FirstProducerId { get; set; }

    [Field]
    public int Count { get; set; }
}
