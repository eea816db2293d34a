using GrainStream.Core;
using GrainStream.Core.Groups;
using GrainStream.Core.Topics;
using GrainStream.Runtime.Partitions;
using GrainStream.Runtime.Reading;
using GrainStream.Runtime.Topics;
using Microsoft.Extensions.Logging;

namespace GrainStream.Runtime.Groups;

/// <summary>What all groups of a node share.</summary>
internal sealed class GroupServices(PartitionServices partitions, GroupConfig config, GroupInstruments instruments)
{
    private readonly long _start = partitions.Time.GetTimestamp();
    private LogReader? _reader;
    private TopicService? _topics;

    public PartitionServices Partitions { get; } = partitions;

    public GroupConfig Config { get; } = config;

    public GroupInstruments Instruments { get; } = instruments;

    public TimeProvider Time => Partitions.Time;

    public ILogger Logger => Partitions.Logger;

    /// <summary>Wall clock, for what is stored.</summary>
    public Timestamp Now => Partitions.Now;

    /// <summary>Time since this node's start, for deadlines.</summary>
    public TimeSpan Clock => Time.GetElapsedTime(_start);

    /// <summary>Reads groups' logs: there before any group is loaded.</summary>
    public LogReader Reader
    {
        get => _reader ?? throw new InvalidOperationException("Nothing can be read yet.");
        set => _reader = value;
    }

    /// <summary>Creates and deletes groups, and knows the topics: there before any group is loaded.</summary>
    public TopicService Topics
    {
        get => _topics ?? throw new InvalidOperationException("The topics are not known yet.");
        set => _topics = value;
    }

    public TopicCatalog Catalog => Topics.Catalog;

    /// <summary>Cancelled when the node stops.</summary>
    public CancellationToken Stopping { get; set; }
}
