using System.Buffers;
using GrainStream.Core.Topics;
using GrainStream.Core.Topics.Configs;
using GrainStream.Core.Topics.Events;
using GrainStream.Protocol;
using GrainStream.Protocol.Wire;

namespace GrainStream.Core.Tests.Topics;

public sealed class CatalogEventTests
{
    public static TheoryData<string> Events => new()
    {
        // Bytes as written by version 0. They are on people's disks: a change here is a change of format.
        "0001 0000 0102030405060708090a0b0c0d0e0f10 076f7264657273 00000003 02 09666c7573682e6d73 02 0235 00",
        "0002 0000 0102030405060708090a0b0c0d0e0f10 00",
        "0003 0000 0102030405060708090a0b0c0d0e0f10 00000009 00",
        "0004 0000 0102030405060708090a0b0c0d0e0f10 02 09666c7573682e6d73 02 0235 00",
        "0005 0000 ffffffff 02 126d6573736167652e6d61782e6279746573 02 0239 00",
        "0006 0000 00000000000003e8 000003e8 00",
        "0007 0000 00000000000003e8 02 ffffffff 02 126d6573736167652e6d61782e6279746573 02 0239 00 02 0102030405060708090a0b0c0d0e0f10 076f7264657273 00000003 02 09666c7573682e6d73 02 0235 00 02 0202030405060708090a0b0c0d0e0f10 00",
        "0008 0000 0102030405060708090a0b0c0d0e0f10 00",

        // With groups, which version 0 of the snapshot did not have; without any, version 0 is still written.
        "0007 0001 00000000000003e8 01 01 02 0202030405060708090a0b0c0d0e0f10 02 0302030405060708090a0b0c0d0e0f10 086269 6c6c696e67 00 00",
        "0009 0000 0302030405060708090a0b0c0d0e0f10 0862696c6c696e67 00",
        "000a 0000 0302030405060708090a0b0c0d0e0f10 00",
    };

    [Theory]
    [MemberData(nameof(Events))]
    public void Stored_events_are_read_and_written_back_alike(string hex)
    {
        byte[] bytes = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        Assert.True(CatalogEventCodec.TryDecode(new ReadOnlySequence<byte>(bytes), out ICatalogEvent? catalogEvent, out string? error), error);
        Assert.Equal(bytes, Encode(catalogEvent));
    }

    [Theory]
    [MemberData(nameof(Events))]
    public void Damaged_events_are_refused_without_an_exception(string hex)
    {
        byte[] bytes = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        for (int length = 0; length < bytes.Length; length++)
        {
            Assert.False(CatalogEventCodec.TryDecode(new ReadOnlySequence<byte>(bytes, 0, length), out _, out string? error));
            Assert.NotEmpty(error);
        }

        Assert.False(CatalogEventCodec.TryDecode(new ReadOnlySequence<byte>([.. bytes, 0]), out _, out _));

        var random = new Random(1);
        for (int i = 0; i < 2000; i++)
        {
            byte[] mutated = [.. bytes];
            mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
            bool isRead = CatalogEventCodec.TryDecode(new ReadOnlySequence<byte>(mutated), out ICatalogEvent? catalogEvent, out string? error);
            Assert.Equal(isRead, catalogEvent is not null);
            Assert.Equal(isRead, error is null);
        }
    }

    [Theory]
    [InlineData("000b 0000 00")]
    [InlineData("0000 0000 00")]
    [InlineData("0002 0001 0102030405060708090a0b0c0d0e0f10 00")]
    [InlineData("0007 0002 00000000000003e8 01 01 01 01 00")]
    public void An_event_of_a_newer_server_is_an_error_and_says_so(string hex)
    {
        byte[] bytes = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        Assert.False(CatalogEventCodec.TryDecode(new ReadOnlySequence<byte>(bytes), out _, out string? error));
        Assert.Contains("newer GrainStream", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0001 0000 0102030405060708090a0b0c0d0e0f10 076f7264657273 00000000 01 01 00")]
    [InlineData("0004 0000 0102030405060708090a0b0c0d0e0f10 02 09666c7573682e6d73 01 00")]
    [InlineData("0004 0000 0102030405060708090a0b0c0d0e0f10 03 0261 0261 03 0235 0235 00")]
    [InlineData("0006 0000 00000000000003e8 00000000 00")]
    [InlineData("0007 0001 00000000000003e8 01 01 02 0302030405060708090a0b0c0d0e0f10 02 0302030405060708090a0b0c0d0e0f10 0862696c6c696e67 00 00")]
    public void An_event_that_contradicts_itself_is_an_error(string hex)
    {
        byte[] bytes = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        Assert.False(CatalogEventCodec.TryDecode(new ReadOnlySequence<byte>(bytes), out _, out string? error));
        Assert.Contains("contradicts", error, StringComparison.Ordinal);
    }

    /// <summary>Random commands; the catalogue replayed from the encoded events is the one that was there.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Replaying_the_log_gives_the_same_catalogue(int seed)
    {
        var random = new Random(seed);
        TopicCatalog live = Catalogs.Empty();
        var log = new List<byte[]>();
        for (int i = 0; i < 2000; i++)
        {
            CatalogDecision decision = Decide(live, random);
            if (decision.Event is { } catalogEvent)
            {
                Assert.Equal(ErrorCode.None, decision.Error);
                log.Add(Encode(catalogEvent));
                live.Apply(catalogEvent);
                Assert.True(decision.Event is TopicDeleted || decision.Topic is null || Describe(live).Contains(Describe(decision.Topic)));
            }
        }

        TopicCatalog replayed = Catalogs.Empty();
        foreach (byte[] value in log)
        {
            Assert.True(CatalogEventCodec.TryDecode(new ReadOnlySequence<byte>(value), out ICatalogEvent? catalogEvent, out string? error), error);
            replayed.Apply(catalogEvent);
        }

        Assert.True(log.Count > 500);
        Assert.Equal(Describe(live), Describe(replayed));
        Assert.Equal(live.PartitionCount, replayed.PartitionCount);
        Assert.Equal(live.Groups.All.OrderBy(group => group.Name, StringComparer.Ordinal), replayed.Groups.All.OrderBy(group => group.Name, StringComparer.Ordinal));
        Assert.Equal(live.All.Sum(topic => topic.PartitionCount), live.PartitionCount);
        Assert.Equal(live.Broker.MessageMaxBytes, replayed.Broker.MessageMaxBytes);
        Assert.Equal(Encode(live.DecideReserveProducerIds(5).Event!), Encode(replayed.DecideReserveProducerIds(5).Event!));
    }

    /// <summary>A snapshot of one catalogue, encoded and applied to another with a history of its own, makes that one the same.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_snapshot_makes_any_catalogue_the_same(int seed)
    {
        var random = new Random(seed);
        TopicCatalog live = Catalogs.Empty();
        TopicCatalog other = Catalogs.Empty();
        for (int i = 0; i < 2000; i++)
        {
            live.Do(Decide(live, random));
            other.Do(Decide(other, random));
            if (random.Next(100) == 0)
            {
                Assert.True(CatalogEventCodec.TryDecode(new ReadOnlySequence<byte>(Encode(live.Snapshot())), out ICatalogEvent? snapshot, out string? error), error);
                other.Apply(snapshot);
                AssertSame(live, other);
            }
        }
    }

    private static void AssertSame(TopicCatalog expected, TopicCatalog actual)
    {
        Assert.Equal(Describe(expected), Describe(actual));
        Assert.Equal(expected.PartitionCount, actual.PartitionCount);
        Assert.Equal(expected.Broker.DescribeAll().Select(value => value.Value), actual.Broker.DescribeAll().Select(value => value.Value));
        Assert.Equal(Encode(expected.Snapshot()), Encode(actual.Snapshot()));
        Assert.Equal(Encode(expected.DecideReserveProducerIds(5).Event!), Encode(actual.DecideReserveProducerIds(5).Event!));
        Assert.All(expected.All, topic => Assert.True(actual.TryFind(topic.Id, out Topic? same) && actual.TryFind(topic.Name, out same) && same.Id == topic.Id));
    }

    private static CatalogDecision Decide(TopicCatalog catalog, Random random)
    {
        string name = $"topic-{random.Next(20)}";
        string bytes = $"{random.Next(100, 110)}";
        return random.Next(12) switch
        {
            0 or 1 => catalog.DecideCreate(Catalogs.New(name, random.Next(0, 4), random.Next(2) == 0 ? [("max.message.bytes", bytes)] : [])),
            2 => catalog.DecideDelete(name),
            3 => catalog.DecideAddPartitions(name, random.Next(1, 20), []),
            4 => catalog.DecideSetTopicConfigs(name, Catalogs.Pairs(("max.message.bytes", bytes))),
            5 => catalog.DecideChangeTopicConfigs(name, [new("flush.ms", (ConfigOperation)random.Next(4), bytes)]),
            6 => catalog.DecideChangeBrokerConfigs(random.Next(2) == 0 ? -1 : Catalogs.NodeId, [new("message.max.bytes", (ConfigOperation)random.Next(2), bytes)]),
            7 => catalog.DecideReserveProducerIds(random.Next(1, 100)),
            8 => catalog.DecideCreateGroup(name, new TopicId(Guid.NewGuid())),
            9 => catalog.DecideDeleteGroup(catalog.Groups.TryFind(name, out RegisteredGroup? group) ? group.LogId : TopicId.None),
            10 => catalog.DecideFree(catalog.Deleted.OrderBy(id => id.Value).FirstOrDefault()),
            _ => catalog.DecideChangeTopicConfigs(name, [new("no.such.setting", ConfigOperation.Set, bytes)]),
        };
    }

    private static byte[] Encode(ICatalogEvent catalogEvent)
    {
        using var writer = new KafkaWriter();
        CatalogEventCodec.Encode(catalogEvent, writer);
        return writer.WrittenSpan.ToArray();
    }

    private static string[] Describe(TopicCatalog catalog) => [.. catalog.All.Select(Describe).Order(StringComparer.Ordinal)];

    private static string Describe(Topic topic) =>
        $"{topic.Id} {topic.Name} {topic.PartitionCount} {string.Join(',', topic.Overrides.Values)} {topic.Config.MaxMessageBytes}";
}
