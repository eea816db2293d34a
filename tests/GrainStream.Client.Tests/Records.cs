using System.Text;
using GrainStream.Client.Consuming;
using GrainStream.Client.Producing;
using GrainStream.TestKit;

namespace GrainStream.Client.Tests;

/// <summary>Records in the words of tests.</summary>
internal static class Records
{
    public static OutgoingRecord Of(string topic, string value, string? key = null, int? partition = null) => new(topic)
    {
        Value = Encoding.UTF8.GetBytes(value),
        Key = key is null ? (ReadOnlyMemory<byte>?)null : Encoding.UTF8.GetBytes(key),
        Partition = partition,
    };

    /// <summary>Produces values to partition 0, in order.</summary>
    public static async Task ProduceAsync(KafkaClient client, string topic, params IEnumerable<string> values)
    {
        await using Producer producer = client.CreateProducer();
        foreach (string value in values)
        {
            await producer.EnqueueAsync(Of(topic, value, partition: 0));
        }

        await producer.FlushAsync();
    }

    /// <summary>Polls until there are so many records.</summary>
    public static async Task<List<ConsumedRecord>> TakeAsync(Consumer consumer, int count)
    {
        List<ConsumedRecord> records = [];
        using CancellationTokenSource limit = new(Eventually.Limit);
        while (records.Count < count)
        {
            records.AddRange(await consumer.PollAsync(TimeSpan.FromSeconds(1), limit.Token));
        }

        return records;
    }
}
