using System.Buffers.Binary;
using GrainStream.Gateway.Tests.Connections;
using GrainStream.Gateway.Tests.Handlers;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;
using GrainStream.TestKit;
using Microsoft.Extensions.Logging;
using Xunit.Abstractions;

namespace GrainStream.Gateway.Tests.Fuzz;

/// <summary>Runs by itself, since it watches how much the whole process allocates.</summary>
[Collection(nameof(FuzzTests))]
[CollectionDefinition(nameof(FuzzTests), DisableParallelization = true)]
public sealed class FuzzTests(ITestOutputHelper output)
{
    private const int Frames = 3_000;
    private const int EchoNumber = 4711;

    /// <summary>
    /// Far above what a frame of some hundred bytes costs with its connection, far below what a length that is believed would.
    /// </summary>
    private const long BytesPerFrame = 500_000;

    [Fact]
    public async Task Frames_mutated_at_random_harm_nothing_but_their_connection()
    {
        Random random = Seeds.NewRandom(output.WriteLine);
        await using TestBroker broker = await TestBroker.StartAsync("message.max.bytes=100000");
        await broker.CreateTopicAsync("fuzz");
        broker.Gateway.Echo.OnDispatch = EchoHandler.AnswerAtOnce;
        byte[][] corpus = FuzzCorpus.Frames();
        foreach (byte[] frame in corpus)
        {
            await ExpectServedAsync(broker, frame);
        }

        long before = GC.GetTotalAllocatedBytes();
        for (int sent = 0; sent < Frames; sent += 10)
        {
            await SendAsync(broker, [.. Enumerable.Range(0, 10).Select(_ => FuzzCorpus.Mutate(corpus[random.Next(corpus.Length)], random))], random);
        }

        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, Frames * BytesPerFrame);
        await ExpectHealthyAsync(broker);
    }

    [Fact]
    public async Task Bytes_at_random_harm_nothing_but_their_connection()
    {
        Random random = Seeds.NewRandom(output.WriteLine);
        await using TestBroker broker = await TestBroker.StartAsync();
        for (int sent = 0; sent < 300; sent++)
        {
            byte[] bytes = new byte[random.Next(1, 2_000)];
            random.NextBytes(bytes);
            if (random.Next(2) == 0)
            {
                // A small length, so that the rest is looked at.
                bytes.AsSpan(0, Math.Min(3, bytes.Length)).Clear();
            }

            await SendAsync(broker, [bytes], random);
        }

        await ExpectHealthyAsync(broker);
    }

    /// <summary>A frame that is not mutated has to be served: a request behind it is answered.</summary>
    private static async Task ExpectServedAsync(TestBroker broker, byte[] frame)
    {
        using TestClient client = await broker.Gateway.ConnectAsync();
        await client.SendAsync(frame, TestClient.Echo(EchoNumber));
        while (BinaryPrimitives.ReadInt32BigEndian(await client.ReceiveAsync()) != EchoNumber)
        {
        }
    }

    private static async Task SendAsync(TestBroker broker, byte[][] frames, Random random)
    {
        using TestClient client = await broker.Gateway.ConnectAsync();
        foreach (byte[] frame in frames)
        {
            int cut = random.Next(frame.Length);
            await client.TrySendAsync(frame.AsMemory(0, cut));
            await client.TrySendAsync(frame.AsMemory(cut));
        }

        client.TryFinishSending();
        await client.DrainAsync();
    }

    private static async Task ExpectHealthyAsync(TestBroker broker)
    {
        Assert.DoesNotContain(broker.Gateway.Log.Lines, line => line.Level >= LogLevel.Error);
        MetadataResponse response = await broker.Client.CallAsync<MetadataRequest, MetadataResponse>(12, new MetadataRequest { Topics = [new() { Name = "fuzz" }] });
        Assert.Equal(ErrorCode.None, response.Topics[0].ErrorCode);
    }
}
