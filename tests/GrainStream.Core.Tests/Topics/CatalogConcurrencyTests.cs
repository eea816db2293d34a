using GrainStream.Core.Topics;

namespace GrainStream.Core.Tests.Topics;

public sealed class CatalogConcurrencyTests
{
    [Fact]
    public async Task Any_thread_may_look_while_topics_come_and_go()
    {
        TopicCatalog catalog = Catalogs.Empty();
        Topic lasting = catalog.Create("lasting", 1);
        using var stop = new CancellationTokenSource();
        Task<int>[] readers = [Task.Run(Read), Task.Run(Read)];

        for (int i = 0; i < 20_000 && !readers.Any(reader => reader.IsFaulted); i++)
        {
            catalog.Create($"topic-{i}", 2);
            catalog.Do(catalog.DecideAddPartitions($"topic-{i}", 3, []));
            if (i >= 100)
            {
                catalog.Do(catalog.DecideDelete($"topic-{i - 100}"));
            }
        }

        await stop.CancelAsync();
        Assert.All(await Task.WhenAll(readers).WaitAsync(TimeSpan.FromSeconds(60)), rounds => Assert.True(rounds > 0));

        int Read()
        {
            int rounds = 0;
            do
            {
                Assert.True(catalog.TryFind("lasting", out Topic? byName) && byName.Id == lasting.Id);
                Assert.True(catalog.TryFind(lasting.Id, out _));
                Assert.All(catalog.All, topic => Assert.InRange(topic.PartitionCount, 1, 3));
                rounds++;
            }
            while (!stop.IsCancellationRequested);
            return rounds;
        }
    }
}
