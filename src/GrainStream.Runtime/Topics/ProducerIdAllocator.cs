using GrainStream.Core.Topics.Events;
using GrainStream.Protocol;

namespace GrainStream.Runtime.Topics;

/// <summary>
/// Gives out producer ids, each once for ever: blocks are reserved durably in the catalogue, ids are taken from them in memory.
/// What of a block is unused when the node stops is lost.
/// </summary>
internal sealed class ProducerIdAllocator(TopicService topics)
{
    /// <summary>Ids reserved at a time; Kafka's block.</summary>
    private const int BlockSize = 1000;

    private readonly Lock _lock = new();
    private long _next;
    private long _end;
    private Task<CatalogOutcome>? _reservation;

    /// <summary>The next id; or why there is none now.</summary>
    public async ValueTask<(ErrorCode Error, ProducerId Id)> NextAsync()
    {
        while (true)
        {
            Task<CatalogOutcome> reservation;
            lock (_lock)
            {
                if (_next < _end)
                {
                    return (ErrorCode.None, new ProducerId(_next++));
                }

                reservation = _reservation ??= topics.ExecuteAsync(static catalog => catalog.DecideReserveProducerIds(BlockSize));
            }

            CatalogOutcome outcome = await reservation;
            lock (_lock)
            {
                // The first of all who waited for this block opens it.
                if (ReferenceEquals(_reservation, reservation))
                {
                    _reservation = null;
                    if (outcome.Event is ProducerIdsReserved block)
                    {
                        _next = block.FirstProducerId;
                        _end = block.FirstProducerId + block.Count;
                    }
                }
            }

            if (outcome.Error != ErrorCode.None)
            {
                return (outcome.Error, ProducerId.None);
            }
        }
    }
}
