using System.Diagnostics.Metrics;
using GrainStream.Core;
using GrainStream.Core.Topics;
using GrainStream.Protocol;
using GrainStream.Runtime.Ports;
using Microsoft.Extensions.Logging;

namespace GrainStream.Runtime.Tiering;

/// <summary>What all parts of a node's tiering share.</summary>
internal sealed class TierServices
{
    public required IJournal Journal { get; init; }

    /// <summary>The store, its calls counted.</summary>
    public required IObjectStore Store { get; init; }

    public required ManifestStore Manifests { get; init; }

    public required TieringOptions Options { get; init; }

    public required BrokerIdentity Identity { get; init; }

    public required TimeProvider Time { get; init; }

    public required TieringInstruments Instruments { get; init; }

    public required StoreHealth Health { get; init; }

    /// <summary>Deletes what manifests let go of.</summary>
    public required ObjectReaper Reaper { get; init; }

    public required ILogger Logger { get; init; }

    /// <summary>The parts of one node.</summary>
    public static TierServices Create(
        BrokerOptions options, TopicCatalog catalog, IJournal journal, IObjectStore store, TimeProvider time, IMeterFactory? meters, ILogger logger)
    {
        var instruments = new TieringInstruments(meters);
        var metered = new MeteredObjectStore(store, instruments);
        return new TierServices
        {
            Journal = journal,
            Store = metered,
            Manifests = new ManifestStore(metered, time, logger),
            Options = options.Tiering,
            Identity = options.Identity,
            Time = time,
            Instruments = instruments,
            Health = new StoreHealth(store.Location, time, logger),
            Reaper = new ObjectReaper(time, topic => GraceOf(catalog, topic)),
            Logger = logger,
        };
    }

    public Timestamp Now => new(Time.GetUtcNow().ToUnixTimeMilliseconds());

    private static TimeSpan GraceOf(TopicCatalog catalog, TopicId topic) => catalog.TryFind(topic, out Topic? found)
        ? TimeSpan.FromMilliseconds(Math.Min(found.Config.FileDeleteDelayMs, TimeSpan.MaxValue.TotalMilliseconds / 2))
        : catalog.Broker.SegmentDeleteDelay;
}
