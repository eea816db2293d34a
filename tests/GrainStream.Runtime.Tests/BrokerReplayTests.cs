using GrainStream.Core.Topics;
using GrainStream.Core.Topics.Configs;
using GrainStream.Protocol;
using GrainStream.Runtime.Journal;
using GrainStream.Runtime.Partitions;
using GrainStream.Runtime.Ports;
using GrainStream.Runtime.Topics;
using GrainStream.TestKit.Objects;
using Microsoft.Extensions.Logging.Abstractions;

namespace GrainStream.Runtime.Tests;

/// <summary>A whole node on a journal that the test drives: its catalogue, and what of the journal it needs.</summary>
public sealed class BrokerReplayTests : IAsyncDisposable
{
    private readonly HandDrivenJournal _journal = new() { FileBytes = 2048, IsSplit = true };
    private Broker _broker;

    public BrokerReplayTests() => _broker = Open();

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    [Fact]
    public async Task A_catalogue_that_was_cut_at_a_snapshot_comes_back_whole()
    {
        for (int i = 0; i < 40; i++)
        {
            Create($"topic-{i}", partitions: i % 3 + 1);
        }

        Do(catalog => catalog.DecideDelete("topic-7"));
        Do(catalog => catalog.DecideChangeBrokerConfigs(-1, [new("message.max.bytes", ConfigOperation.Set, "5000")]));
        (ErrorCode _, ProducerId first) = await NextProducerIdAsync();
        string[] before = Describe();

        Task<ErrorCode> snapshot = _broker.Topics.SnapshotAsync();
        Assert.False(snapshot.IsCompleted);
        Assert.True(_broker.Topics.OldestPosition?.Value < 2048);
        _journal.Sync();
        Assert.Equal(ErrorCode.None, await snapshot);
        Assert.True(_journal.Trim(_broker.Topics.OldestPosition!.Value) > 0);
        Create("zz-after", 2);
        Restart();
        Assert.Equal([.. before, "zz-after 2 5000"], Describe());
        Assert.Equal(5000, _broker.Config.MessageMaxBytes);
        Assert.True((await NextProducerIdAsync()).Id.Value > first.Value);

        // And again, from the snapshot on.
        for (int round = 0; round < 5; round++)
        {
            snapshot = _broker.Topics.SnapshotAsync();
            _journal.Sync();
            Assert.Equal(ErrorCode.None, await snapshot);
            _journal.Trim(_broker.Topics.OldestPosition!.Value);
            Create($"round-{round}", 1);
            Restart();
            Assert.Equal(before.Length + 2 + round, Describe().Length);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_snapshot_that_the_journal_does_not_take_whole_changes_nothing(int appended)
    {
        Create("orders", 2);
        _journal.RefuseAfter = appended;
        Assert.Equal(ErrorCode.KafkaStorageError, await _broker.Topics.SnapshotAsync());
        _journal.RefuseAfter = null;
        _journal.Status = JournalAppendStatus.Appended;
        Create("later", 1);
        Restart();
        Assert.Equal(["later 1 1048588", "orders 2 1048588"], Describe());
    }

    [Fact]
    public async Task A_crash_at_any_frame_of_a_snapshot_leaves_the_catalogue_as_it_was()
    {
        Create("orders", 2);
        Create("gone", 2);
        Do(catalog => catalog.DecideDelete("gone"));
        int synced = _journal.Frames.Count;
        Task<ErrorCode> snapshot = _broker.Topics.SnapshotAsync();
        for (int frames = _journal.Frames.Count; frames >= synced; frames--)
        {
            _journal.CrashTo(frames);
            await using Broker restarted = Open();
            Assert.True(restarted.Topics.Catalog.TryFind("orders", out Topic? topic) && topic.PartitionCount == 2);
            Assert.Equal(2, restarted.Topics.Catalog.PartitionCount);
        }

        Assert.False(snapshot.IsCompleted);
    }

    [Fact]
    public async Task The_deletion_of_a_topic_is_announced_once_it_is_durable()
    {
        Topic topic = Create("orders", 1);
        var deleted = new List<TopicId>();
        _broker.Topics.TopicDeleted += deleted.Add;
        Task<CatalogOutcome> deletion = _broker.Topics.ExecuteAsync(catalog => catalog.DecideDelete("orders"));
        Assert.Empty(deleted);
        _journal.Sync();
        Assert.Equal(ErrorCode.None, (await deletion).Error);
        Assert.Equal([topic.Id], deleted);
        Restart();
        Assert.Equal([topic.Id], _broker.Topics.Catalog.Deleted);
    }

    [Fact]
    public async Task Frames_of_a_deleted_topic_hold_nothing_back_and_are_dropped()
    {
        Topic topic = Create("orders", 1);
        Produce("orders", "a");
        Do(catalog => catalog.DecideDelete("orders"));
        Task<ErrorCode> snapshot = _broker.Topics.SnapshotAsync();
        _journal.Sync();
        Assert.Equal(ErrorCode.None, await snapshot);

        // Of the catalogue's own events none before the snapshot is needed, though they lie near it.
        Assert.Equal((FrameKind.Batch, _journal.Frames[^2].Position), (_journal.Frames[^2].Kind, _broker.Topics.OldestPosition));
        Restart();
        Assert.Equal([topic.Id], _broker.Topics.Catalog.Deleted);
        Assert.Empty(_broker.Topics.Catalog.All);
    }

    [Fact]
    public void Frames_of_a_topic_that_never_was_are_damage()
    {
        Create("orders", 1);
        Produce("orders", "a");
        FrameHeader created = _journal.Frames.First(frame => frame.Partition == InternalTopics.CatalogPartition);
        FrameHeader batch = _journal.Frames.First(frame => frame.Partition != InternalTopics.CatalogPartition);
        Assert.Contains("never created", Damage(created with { }, batch with { Partition = new PartitionId(Broker.NewTopicId(), 0) }), StringComparison.Ordinal);
        Assert.Contains("never created", Damage(created, batch with { Partition = batch.Partition with { Index = 1 } }), StringComparison.Ordinal);
    }

    [Fact]
    public void A_catalogue_that_has_lost_its_beginning_is_damage()
    {
        Create("orders", 1);
        Create("more", 1);
        FrameHeader second = _journal.Frames.Where(frame => frame.Partition == InternalTopics.CatalogPartition).ElementAt(1);
        Assert.Contains(InternalTopics.CatalogName, Damage(second), StringComparison.Ordinal);
    }

    private string Damage(params FrameHeader[] frames) => Assert.Throws<CorruptDataException>(() => Open(replay =>
    {
        foreach (FrameHeader frame in frames)
        {
            replay.Replay(frame, default, _journal.PayloadOf(frame).Span);
        }
    })).Message;

    private Broker Open() => Open(_journal.ReplayTo);

    private Broker Open(Action<IJournalReplay> feed) => Broker.Open(
        new BrokerOptions { Identity = new BrokerIdentity(1, "cluster") },
        replay =>
        {
            feed(replay);
            return _journal;
        },
        static () => new MemoryObjectStore(),
        TimeProvider.System,
        null,
        NullLogger.Instance);

    private void Restart() => _broker = Open();

    private Topic Create(string name, int partitions) =>
        Do(catalog => catalog.DecideCreate(new CreateTopic(name, Broker.NewTopicId()) { Partitions = partitions })).Topic!;

    private CatalogOutcome Do(Func<TopicCatalog, CatalogDecision> decide)
    {
        Task<CatalogOutcome> outcome = _broker.Topics.ExecuteAsync(decide);
        _journal.Sync();
        Assert.True(outcome.IsCompletedSuccessfully);
        Assert.Equal(ErrorCode.None, outcome.Result.Error);
        return outcome.Result;
    }

    private void Produce(string topic, string value)
    {
        Assert.Equal(ErrorCode.None, _broker.FindPartition(topic, 0, out Partition? partition));
        partition!.Post(new RecordedAppend(Batches.Of(value)));
        _journal.Sync();
    }

    private async Task<(ErrorCode Error, ProducerId Id)> NextProducerIdAsync()
    {
        ValueTask<(ErrorCode Error, ProducerId Id)> next = _broker.NextProducerIdAsync();
        _journal.Sync();
        return await next;
    }

    private string[] Describe() =>
    [
        .. _broker.Topics.Catalog.All
            .Select(topic => $"{topic.Name} {topic.PartitionCount} {topic.Config.MaxMessageBytes}")
            .Order(StringComparer.Ordinal),
    ];
}
