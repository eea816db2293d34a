using GrainStream.Core;
using GrainStream.Runtime.Ports;
using Microsoft.Extensions.Logging;

namespace GrainStream.Runtime.Partitions;

/// <summary>What all partitions of a node share.</summary>
internal sealed record PartitionServices(IJournal Journal, TimeProvider Time, ILogger Logger, RuntimeInstruments Instruments)
{
    public Timestamp Now => new(Time.GetUtcNow().ToUnixTimeMilliseconds());
}
