using GrainStream.Core;
using GrainStream.Runtime.Ports;
using Microsoft.Extensions.Logging;

namespace GrainStream.Runtime.Partitions;

/// <summary>What all partitions of a node share.</summary>
internal sealed class PartitionServices(TimeProvider time, ILogger logger, RuntimeInstruments instruments)
{
    private IJournal? _journal;

    public TimeProvider Time { get; } = time;

    public ILogger Logger { get; } = logger;

    public RuntimeInstruments Instruments { get; } = instruments;

    /// <summary>The node's journal: there once it has been replayed, and partitions serve only then.</summary>
    public IJournal Journal
    {
        get => _journal ?? throw new InvalidOperationException("The journal is not open yet.");
        set => _journal = value;
    }

    public Timestamp Now => new(Time.GetUtcNow().ToUnixTimeMilliseconds());
}
