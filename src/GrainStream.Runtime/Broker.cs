using System.Diagnostics.Metrics;
using GrainStream.Core.Log;
using GrainStream.Core.Topics.Configs;
using GrainStream.Protocol;
using GrainStream.Protocol.Records;
using GrainStream.Runtime.Journal;
using GrainStream.Runtime.Partitions;
using GrainStream.Runtime.Ports;
using GrainStream.Runtime.Reading;
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
    private readonly PartitionDirectory _directory;
    private readonly ProducerIdAllocator _producerIds;
    private readonly RuntimeInstruments _instruments;
    private readonly ILogger _logger;
    private readonly ITimer _producerExpiry;

    private Broker(BrokerOptions options, TopicService topics, PartitionDirectory directory, PartitionServices services, TimeProvider time)
    {
        Identity = options.Identity;
        Topics = topics;
        _directory = directory;
        _instruments = services.Instruments;
        _journal = services.Journal;
        _logger = services.Logger;
        _producerIds = new ProducerIdAllocator(Topics);
        Reader = new LogReader(_journal, options.DiskReadBytes, _instruments, _logger);
        TimeSpan interval = options.Settings.ProducerIdExpirationCheckInterval;
        _producerExpiry = time.CreateTimer(static broker => ((Broker)broker!).ExpireProducers(), this, interval, interval);
    }

    public BrokerIdentity Identity { get; }

    /// <summary>The topics there are, and changes to them.</summary>
    public TopicService Topics { get; }

    /// <summary>Reads partitions.</summary>
    public LogReader Reader { get; }

    /// <summary>The broker's settings as they count now.</summary>
    public BrokerConfig Config => Topics.Catalog.Broker;

    /// <summary>Completes, with the reason, when the journal has failed: the node must stop.</summary>
    public Task<Exception> Failure => _journal.Failure;

    /// <summary>Starts a node: opens its journal, replays it and begins to serve.</summary>
    /// <param name="options">Who it is and what was set.</param>
    /// <param name="openJournal">Opens the journal, giving every frame to the replay. The broker owns what it returns.</param>
    /// <param name="time">The clock.</param>
    /// <param name="meters">Where instruments are made; null for meters of their own.</param>
    /// <param name="logger">Where the node reports.</param>
    /// <exception cref="StorageUnavailableException">The journal cannot be opened.</exception>
    /// <exception cref="CorruptDataException">The journal is damaged.</exception>
    public static Broker Open(
        BrokerOptions options,
        Func<IJournalReplay, IJournal> openJournal,
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
        var replay = new JournalReplay(options.Identity.NodeId, options.Settings, services.Now);
        services.Journal = openJournal(replay);
        TopicService topics;
        try
        {
            topics = new TopicService(replay, directory, services);
        }
        catch
        {
            // What was replayed makes no node; the directory must be free for whoever mends it.
            services.Journal.DisposeAsync().AsTask().GetAwaiter().GetResult();
            instruments.Dispose();
            throw;
        }

        RuntimeLog.Replayed(logger, replay.Frames, directory.Count, replay.Bytes, (long)time.GetElapsedTime(started).TotalMilliseconds);
        return new Broker(options, topics, directory, services, time);
    }

    /// <summary>Finds a partition by its topic's name.</summary>
    public ErrorCode FindPartition(string topic, int index, out Partition? partition) => _directory.Find(topic, index, out partition);

    /// <summary>Finds a partition by its topic's id.</summary>
    public ErrorCode FindPartition(TopicId topic, int index, out Partition? partition) => _directory.Find(topic, index, out partition);

    /// <summary>Waits until <paramref name="bytes"/> more may be appended without outrunning the disk.</summary>
    public ValueTask WaitForRoomAsync(int bytes, CancellationToken cancellationToken) => _journal.WaitForRoomAsync(bytes, cancellationToken);

    /// <summary>An id for a new topic.</summary>
    public static TopicId NewTopicId() => new(Guid.NewGuid());

    /// <summary>An id for a new idempotent producer, or why there is none now.</summary>
    public ValueTask<(ErrorCode Error, ProducerId Id)> NextProducerIdAsync() => _producerIds.NextAsync();

    /// <summary>Logs that a client could not be given what is stored.</summary>
    public void ReportReadFailure(Partition partition, Exception cause) =>
        RuntimeLog.ReadFailed(_logger, partition.TopicName, partition.Id.Index, partition.Log.LogStartOffset.Value, cause);

    /// <summary>Stops in good order: what was appended is synced, and the journal notes the clean stop.</summary>
    public async ValueTask DisposeAsync()
    {
        await _producerExpiry.DisposeAsync();
        await _journal.DisposeAsync();
        _instruments.Dispose();
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
