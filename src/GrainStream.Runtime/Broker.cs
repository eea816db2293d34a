using System.Diagnostics.Metrics;
using GrainStream.Core.Groups;
using GrainStream.Core.Log;
using GrainStream.Core.Topics.Configs;
using GrainStream.Protocol;
using GrainStream.Protocol.Records;
using GrainStream.Runtime.Groups;
using GrainStream.Runtime.Journal;
using GrainStream.Runtime.Partitions;
using GrainStream.Runtime.Ports;
using GrainStream.Runtime.Reading;
using GrainStream.Runtime.Tiering;
using GrainStream.Runtime.Topics;
using Microsoft.Extensions.Logging;

namespace GrainStream.Runtime;

/// <summary>
/// A node: its journal, its topics and partitions, and who reads them. Hosts open one, the gateway serves it. Thread-safe.
/// </summary>
public sealed class Broker : IAsyncDisposable
{
    /// <summary>The epoch of an owner that has never changed: one node owns everything for good.</summary>
    internal static readonly LeaderEpoch FirstEpoch = new(0);

    private readonly IJournal _journal;
    private readonly IObjectStore _store;
    private readonly PartitionDirectory _directory;
    private readonly ProducerIdAllocator _producerIds;
    private readonly RuntimeInstruments _instruments;
    private readonly ILogger _logger;
    private readonly ITimer _producerExpiry;

    private Broker(
        BrokerOptions options,
        TopicService topics,
        PartitionDirectory directory,
        GroupDirectory groups,
        GroupServices groupServices,
        PartitionServices services,
        IObjectStore store,
        IMeterFactory? meters,
        TimeProvider time)
    {
        Identity = options.Identity;
        Topics = topics;
        _directory = directory;
        _instruments = services.Instruments;
        _journal = services.Journal;
        _store = store;
        _logger = services.Logger;
        _producerIds = new ProducerIdAllocator(Topics);
        TierServices tier = TierServices.Create(options, topics.Catalog, _journal, store, time, meters, _logger);
        Tiering = new TieringService(tier, directory, groups, topics);
        Failure = FirstFailureAsync(_journal.Failure, Tiering.Failure);
        Reader = new LogReader(_journal, options.DiskReadBytes, tier.Store, tier.Manifests, options.Tiering.CacheBytes, _instruments, _logger);
        (groupServices.Reader, groupServices.Topics) = (Reader, topics);
        Groups = new GroupService(groupServices, groups, directory);
        TimeSpan interval = options.Settings.ProducerIdExpirationCheckInterval;
        _producerExpiry = time.CreateTimer(static broker => ((Broker)broker!).ExpireProducers(), this, interval, interval);
    }

    public BrokerIdentity Identity { get; }

    /// <summary>The topics there are, and changes to them.</summary>
    public TopicService Topics { get; }

    /// <summary>The groups that this node coordinates.</summary>
    public GroupService Groups { get; }

    /// <summary>Reads partitions.</summary>
    public LogReader Reader { get; }

    /// <summary>The broker's settings as they count now.</summary>
    public BrokerConfig Config => Topics.Catalog.Broker;

    /// <summary>Completes, with the reason, when the journal has failed or the object store is another cluster's: the node must stop.</summary>
    public Task<Exception> Failure { get; }

    /// <summary>Moves the log to the object store.</summary>
    internal TieringService Tiering { get; }

    internal IJournal Journal => _journal;

    /// <summary>Starts a node: opens its journal, replays it and begins to serve.</summary>
    /// <param name="options">Who it is and what was set.</param>
    /// <param name="openJournal">Opens the journal, giving every frame to the replay. The broker owns what it returns.</param>
    /// <param name="openStore">Opens where the log goes from the journal, once the journal is open. The broker owns what it returns.</param>
    /// <param name="time">The clock.</param>
    /// <param name="meters">Where instruments are made; null for meters of their own.</param>
    /// <param name="logger">Where the node reports.</param>
    /// <exception cref="StorageUnavailableException">The journal cannot be opened.</exception>
    /// <exception cref="CorruptDataException">The journal is damaged.</exception>
    public static Broker Open(
        BrokerOptions options,
        Func<IJournalReplay, IJournal> openJournal,
        Func<IObjectStore> openStore,
        TimeProvider time,
        IMeterFactory? meters,
        ILogger logger)
    {
        foreach (MissingCodec missing in RecordCodec.Missing)
        {
            RuntimeLog.CodecMissing(logger, missing.Library, missing.Codec, missing.Remedy);
        }

        long started = time.GetTimestamp();
        PartitionDirectory? directory = null;
        var instruments = new RuntimeInstruments(meters, () => directory?.Count ?? 0);
        var services = new PartitionServices(time, logger, instruments);
        directory = new PartitionDirectory(services);
        var groupServices = new GroupServices(services, GroupConfig.Of(options.Settings), new GroupInstruments(meters));
        var groups = new GroupDirectory(groupServices);
        var replay = new JournalReplay(options.Identity.NodeId, options.Settings, services.Now);
        services.Journal = openJournal(replay);
        TopicService topics;
        IObjectStore store;
        try
        {
            topics = new TopicService(replay, directory, groups, services);
            store = openStore();
        }
        catch
        {
            // What was replayed makes no node; the directory must be free for whoever mends it.
            services.Journal.DisposeAsync().AsTask().GetAwaiter().GetResult();
            instruments.Dispose();
            groupServices.Instruments.Dispose();
            throw;
        }

        RuntimeLog.Replayed(logger, replay.Frames, directory.Count + topics.Catalog.Groups.Count, replay.Bytes, (long)time.GetElapsedTime(started).TotalMilliseconds);
        return new Broker(options, topics, directory, groups, groupServices, services, store, meters, time);
    }

    /// <summary>Finds a partition by its topic's name.</summary>
    public ErrorCode FindPartition(string topic, int index, out Partition? partition) => _directory.Find(topic, index, out partition);

    /// <summary>Finds a partition by its topic's id.</summary>
    public ErrorCode FindPartition(TopicId topic, int index, out Partition? partition) => _directory.Find(topic, index, out partition);

    /// <summary>
    /// Begins to move the log to the object store, once it is sure that the store is this cluster's. Until then all stays in the journal. If the store does
    /// not answer, the node serves without it and goes on trying.
    /// </summary>
    /// <exception cref="FencedException">The store belongs to another cluster.</exception>
    /// <exception cref="CorruptDataException">The store does not say whose it is.</exception>
    /// <exception cref="StorageUnavailableException">The journal may have lost its end, and the store, which would know, does not answer.</exception>
    public Task StartTieringAsync(CancellationToken cancellationToken) => Tiering.StartAsync(cancellationToken);

    /// <summary>
    /// Waits until <paramref name="bytes"/> more may be appended without outrunning the disk, and while the journal is full because moving the log on lags.
    /// For clients' records only: the node's own never wait.
    /// </summary>
    public ValueTask WaitForRoomAsync(int bytes, CancellationToken cancellationToken)
    {
        ValueTask admitted = Tiering.WaitForRoomAsync(bytes, cancellationToken);
        return admitted.IsCompletedSuccessfully ? _journal.WaitForRoomAsync(bytes, cancellationToken) : WaitForBothAsync(admitted, bytes, cancellationToken);
    }

    /// <summary>An id for a new topic.</summary>
    public static TopicId NewTopicId() => new(Guid.NewGuid());

    /// <summary>An id for a new idempotent producer, or why there is none now.</summary>
    public ValueTask<(ErrorCode Error, ProducerId Id)> NextProducerIdAsync() => _producerIds.NextAsync();

    /// <summary>Logs that a client could not be given what is stored.</summary>
    public void ReportReadFailure(Partition partition, Exception cause) =>
        RuntimeLog.ReadFailed(_logger, partition.TopicName, partition.Id.Index, partition.Log.LogStartOffset.Value, cause);

    /// <summary>Stops in good order: large tails are uploaded, what was appended is synced, and the journal notes the clean stop.</summary>
    public async ValueTask DisposeAsync()
    {
        await _producerExpiry.DisposeAsync();
        await Groups.DisposeAsync();
        await Tiering.DisposeAsync();
        await Reader.DisposeAsync();
        await _journal.DisposeAsync();
        await _store.DisposeAsync();
        _instruments.Dispose();
    }

    private static async Task<Exception> FirstFailureAsync(Task<Exception> journal, Task<Exception> tiering) => await await Task.WhenAny(journal, tiering);

    private async ValueTask WaitForBothAsync(ValueTask admitted, int bytes, CancellationToken cancellationToken)
    {
        await admitted;
        await _journal.WaitForRoomAsync(bytes, cancellationToken);
    }

    private void ExpireProducers()
    {
        var input = new ExpireProducersInput(Config.ProducerIdExpiration);
        foreach (Partition partition in _directory.All)
        {
            if (partition.Log.ProducerCount > 0)
            {
                partition.Post(input);
            }
        }
    }
}
