using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using GrainStream.Core.Topics;
using GrainStream.Core.Topics.Configs;
using GrainStream.Hosting.Embedded;
using GrainStream.Protocol;
using GrainStream.Protocol.Records;
using GrainStream.Runtime;
using GrainStream.Runtime.Partitions;
using GrainStream.Runtime.Tiering;
using GrainStream.Runtime.Topics;
using GrainStream.Storage.FileSystem;
using GrainStream.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace GrainStream.Cli.Tests.Inspection;

/// <summary>A data directory that a real broker has written and left in good order: journal files, and segments, pages and manifests of two topics.</summary>
public sealed class StoredDirectory : IAsyncLifetime, IDisposable
{
    /// <summary>Of topic "long": its segments are more than a manifest's head holds, so it has pages.</summary>
    public const int LongBatches = 300;

    public const int RecordsOfBatch = 4;

    /// <summary>Of topic "coded": a batch of each codec.</summary>
    public static readonly CompressionType[] Codecs =
        [CompressionType.None, CompressionType.Gzip, CompressionType.Snappy, CompressionType.Lz4, CompressionType.Zstd];

    private readonly TemporaryDirectory _directory = new();

    public string Data => _directory.Combine("data");

    public string Objects => Path.Combine(Data, EmbeddedBroker.ObjectsFolder);

    /// <summary>Journal files that hold frames, oldest first.</summary>
    public IReadOnlyList<string> JournalFiles { get; private set; } = [];

    public IReadOnlyList<string> Segments => Files("*.segment");

    public IReadOnlyList<string> Pages => Files("*.page");

    public IReadOnlyList<string> Manifests => Files("manifest");

    /// <summary>Segments of the topic "long".</summary>
    public IReadOnlyList<string> LongSegments => [.. Segments.Where(path => Path.GetFullPath(path).StartsWith(LongFolder, StringComparison.Ordinal))];

    private string LongFolder => Path.GetDirectoryName(Pages[0])! + Path.DirectorySeparatorChar;

    public async Task InitializeAsync()
    {
        await using (Broker broker = Open(Data))
        {
            await broker.StartTieringAsync(CancellationToken.None);
            await CreateAsync(broker, "long");
            await CreateAsync(broker, "coded");
            for (int i = 0; i < LongBatches; i++)
            {
                await AppendAsync(broker, "long", CompressionType.None, i * RecordsOfBatch);
            }

            foreach ((int index, CompressionType codec) in Codecs.Index())
            {
                await AppendAsync(broker, "coded", codec, index * RecordsOfBatch);
            }

            await Eventually.HoldsAsync("there are pages and segments", () => Pages.Count > 0 && Segments.Count >= LongBatches);
        }

        JournalFiles = [.. Directory.GetFiles(Path.Combine(Data, "journal"), "*.journal").Order(StringComparer.Ordinal)];
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _directory.Dispose();

    /// <summary>Opens the broker of a data directory, with small files and one batch to a segment.</summary>
    public static Broker Open(string data) => EmbeddedBroker.Open(
        new FileJournalOptions
        {
            DataDirectory = data,
            FileBytes = 64 * 1024,
            MaxBytes = 512 * 1024,
            SlabBytes = 64 * 1024,
            TailMemoryBytes = 512 * 1024,
        },
        BrokerConfig.Default,
        TimeProvider.System,
        null,
        NullLoggerFactory.Instance,
        new TieringOptions { MaxSegmentBytes = 1, ShutdownUploadBytes = 1 });

    /// <summary>The value of the record at an offset of either topic.</summary>
    public static string ValueOf(long offset) => string.Create(CultureInfo.InvariantCulture, $"value {offset} ") + new string('v', 300);

    private static async Task CreateAsync(Broker broker, string topic)
    {
        var command = new CreateTopic(topic, Broker.NewTopicId()) { Partitions = 1 };
        CatalogOutcome outcome = await broker.Topics.ExecuteAsync(catalog => catalog.DecideCreate(command));
        Assert.Equal(ErrorCode.None, outcome.Error);
    }

    private static async Task AppendAsync(Broker broker, string topic, CompressionType codec, int firstOffset)
    {
        Assert.Equal(ErrorCode.None, broker.FindPartition(topic, 0, out Partition? partition));
        using var builder = new RecordBatchBuilder(codec);
        for (int offset = firstOffset; offset < firstOffset + RecordsOfBatch; offset++)
        {
            builder.Append(1_700_000_000_000 + offset, Encoding.UTF8.GetBytes($"key\n{offset}"), Encoding.UTF8.GetBytes(ValueOf(offset)));
        }

        byte[] batch = builder.Build().ToArray();
        await broker.WaitForRoomAsync(batch.Length, CancellationToken.None);
        var append = new AwaitedAppend(new ReadOnlySequence<byte>(batch));
        partition!.Post(append);
        Assert.Equal(ErrorCode.None, (await Eventually.CompletesAsync("the batch is acknowledged", append.Completion)).Error);
    }

    private IReadOnlyList<string> Files(string pattern) => Directory.Exists(Objects)
        ? [.. Directory.GetFiles(Objects, pattern, SearchOption.AllDirectories).Order(StringComparer.Ordinal)]
        : [];

    private sealed class AwaitedAppend : PartitionAppend
    {
        private readonly TaskCompletionSource<AppendResult> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

        [SetsRequiredMembers]
        public AwaitedAppend(ReadOnlySequence<byte> batch)
        {
            Assert.True(RecordBatchHeader.TryRead(batch, out RecordBatchHeader header));
            Header = header;
            Batch = batch;
            Acknowledgement = Acknowledgement.All;
        }

        public Task<AppendResult> Completion => _completion.Task;

        protected override void OnTaken()
        {
            // The batch is an array of its own.
        }

        protected override void OnCompleted(in AppendResult result) => _completion.SetResult(result);
    }
}
