using GrainStream.Core.Log;
using GrainStream.Protocol;
using GrainStream.Runtime.Partitions;
using GrainStream.Runtime.Reading;
using GrainStream.Runtime.Journal;
using Microsoft.Extensions.Logging.Abstractions;

namespace GrainStream.Runtime.Tests;

/// <summary>
/// Random appends, tiering, deletion, checkpoints, trims and crashes of three partitions on one journal of small files, against a model that
/// only remembers what was appended. The seed is in the test's name; a failing one reproduces.
/// </summary>
public sealed class ReplayModelTests
{
    private const int Partitions = 3;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 25)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task What_is_replayed_is_what_was_there_wherever_the_journal_was_trimmed(int seed)
    {
        var random = new Random(seed);
        using var node = new Node(random.Next(512, 6000));
        for (int step = 0; step < 400; step++)
        {
            node.Do(random);
            if (random.Next(25) == 0)
            {
                await node.CheckAsync();
            }

            if (random.Next(40) == 0)
            {
                node.Crash(random);
                await node.CheckAsync();
            }
        }

        Assert.True(node.Trims > 5, $"The journal was trimmed only {node.Trims} times.");
    }

    /// <summary>What is known to have happened to a partition, each with the number of frames that the journal then had.</summary>
    private sealed class Model
    {
        public List<(int Frame, string Value)> Records { get; private set; } = [];

        public List<(int Frame, long Offset)> LogStarts { get; private set; } = [];

        public List<(int Frame, long Offset)> TieredEnds { get; private set; } = [];

        public List<int> Sequences { get; private set; } = [];

        public long LogStart => LogStarts.Count > 0 ? LogStarts[^1].Offset : 0;

        public long TieredEnd => Math.Max(LogStart, TieredEnds.Count > 0 ? TieredEnds.Max(entry => entry.Offset) : 0);

        public void CutTo(int frames)
        {
            Records = [.. Records.Where(entry => entry.Frame < frames)];
            LogStarts = [.. LogStarts.Where(entry => entry.Frame < frames)];
            TieredEnds = [.. TieredEnds.Where(entry => entry.Frame < frames)];
            Sequences = [.. Sequences.Take(Records.Count)];
        }
    }

    private sealed class Node : IDisposable
    {
        private readonly RuntimeInstruments _instruments = new(null, static () => Partitions);
        private readonly HandDrivenJournal _journal;
        private readonly PartitionServices _services;
        private readonly LogReader _reader;
        private readonly Model[] _models = [new(), new(), new()];
        private Partition[] _partitions;

        public Node(int fileBytes)
        {
            _journal = new HandDrivenJournal { FileBytes = fileBytes / 8 * 8, IsSplit = true };
            _services = new PartitionServices(TimeProvider.System, NullLogger.Instance, _instruments) { Journal = _journal };
            _reader = new LogReader(_journal, 8 * 1024 * 1024, _instruments, NullLogger.Instance);
            _partitions = Start();
        }

        public int Trims { get; private set; }

        public void Dispose() => _instruments.Dispose();

        public void Do(Random random)
        {
            int which = random.Next(Partitions);
            Partition partition = _partitions[which];
            Model model = _models[which];
            switch (random.Next(12))
            {
                case 0 or 1 or 2:
                    _journal.Sync();
                    break;
                case 3 when random.Next(3) == 0:
                    Delete(random, partition, model);
                    break;
                case 4:
                    long end = random.NextInt64(model.TieredEnd, partition.Log.HighWatermark.Value + 1);
                    if (end > model.TieredEnd)
                    {
                        model.TieredEnds.Add((_journal.Frames.Count, end));
                    }

                    partition.Post(new TieredInput(new Offset(end)));
                    break;
                case 5 or 6:
                    Checkpoint(random, partition);
                    break;
                case 7:
                    Trim();
                    break;
                default:
                    Append(random, partition, model);
                    break;
            }
        }

        public async Task CheckAsync()
        {
            for (int i = 0; i < Partitions; i++)
            {
                PartitionLog log = _partitions[i].Log;
                Model model = _models[i];
                Assert.Equal(PartitionStatus.Open, _partitions[i].Status);
                Assert.Equal((model.LogStart, model.TieredEnd, model.Records.Count), (log.LogStartOffset.Value, log.TieredEnd.Value, log.LogEndOffset.Value));
                Assert.True((_partitions[i].OldestPosition ?? _journal.Start) >= _journal.Start);
                Assert.True((log.Index.FirstOffset ?? log.TieredEnd) <= log.TieredEnd);
                for (long offset = Math.Max(log.LogStartOffset.Value, log.Index.FirstOffset?.Value ?? log.TieredEnd.Value); offset < log.HighWatermark.Value; offset++)
                {
                    PartitionRead read = await _reader.ReadAsync(_partitions[i], new ReadRequest(offset, -1, 1, true, true), CancellationToken.None);
                    Assert.Equal([$"{offset}:{model.Records[(int)offset].Value}"], await PartitionFixture.SendAsync(read.Records!));
                }

                AssertDuplicatesAreKnown(_partitions[i], model);
            }
        }

        public void Crash(Random random)
        {
            int frames = random.Next(_journal.SyncedFrames, _journal.Frames.Count + 1);
            _journal.CrashTo(frames);
            foreach (Model model in _models)
            {
                model.CutTo(frames);
            }

            _partitions = Start();
            _journal.Sync();
            if (random.Next(2) == 0)
            {
                _journal.EvictedBelow = _journal.End.Value;
            }
        }

        private Partition[] Start()
        {
            var replay = new JournalReplay(1, Core.Topics.Configs.BrokerConfig.Default, new Core.Timestamp(0));
            _journal.ReplayTo(replay);
            return [.. Enumerable.Range(0, Partitions).Select(index =>
            {
                var id = new PartitionId(PartitionFixture.Topic, index);
                var partition = new Partition(id, "orders", AppendRules.Default, _services, replay.LogOf(id, "orders"));
                partition.BeginServing(new LeaderEpoch(0));
                return partition;
            })];
        }

        // One record each, by one idempotent producer per partition, so that the sequence is the offset.
        private void Append(Random random, Partition partition, Model model)
        {
            int sequence = model.Records.Count;
            string value = new((char)('a' + random.Next(26)), random.Next(1, 200));
            int frame = _journal.Frames.Count;
            partition.Post(new RecordedAppend(Batches.From(partition.Id.Index, 0, sequence, value)));
            model.Records.Add((frame, value));
            model.Sequences.Add(sequence);
        }

        private void Delete(Random random, Partition partition, Model model)
        {
            long offset = random.NextInt64(model.LogStart, partition.Log.HighWatermark.Value + 1);
            if (offset > model.LogStart)
            {
                model.LogStarts.Add((_journal.Frames.Count, offset));
            }

            partition.Post(new DeleteRecordsInput(offset));
        }

        private void Checkpoint(Random random, Partition partition)
        {
            _journal.Sync();
            JournalPosition below = random.Next(3) == 0 ? new JournalPosition(random.NextInt64(_journal.End.Value + 1)) : _journal.OldestFileEnd;
            RunToCopy[] runs = PartitionFixture.RunsBelow(_journal, partition, below);
            if (random.Next(8) == 0)
            {
                _journal.RefuseAfter = random.Next(runs.Length + 2);
            }

            partition.Post(new CheckpointInput(below, [.. runs.Where(_ => random.Next(20) != 0)]));
            _journal.RefuseAfter = null;
            _journal.Status = Ports.JournalAppendStatus.Appended;
        }

        private void Trim()
        {
            foreach (Partition partition in _partitions)
            {
                partition.Post(new CheckpointInput(_journal.OldestFileEnd, PartitionFixture.RunsBelow(_journal, partition, _journal.OldestFileEnd)));
            }

            _journal.Sync();
            JournalPosition below = _partitions.Min(partition => partition.OldestPosition) ?? _journal.End;
            Trims += _journal.Trim(below < _journal.End ? below : _journal.End);
        }

        private void AssertDuplicatesAreKnown(Partition partition, Model model)
        {
            int frames = _journal.Frames.Count;
            foreach (int sequence in model.Sequences.TakeLast(RememberedProducer.MaxBatches))
            {
                var again = new RecordedAppend(Batches.From(partition.Id.Index, 0, sequence, "again"), Acknowledgement.None);
                partition.Post(again);
                Assert.Equal((ErrorCode.None, sequence), (again.Result?.Error, again.Result?.BaseOffset));
            }

            Assert.Equal(frames, _journal.Frames.Count);
        }
    }
}
