using System.IO.Pipelines;
using GrainStream.Core.Groups;
using GrainStream.Core.Groups.Events;
using GrainStream.Protocol;
using GrainStream.Protocol.Records;
using GrainStream.Runtime.Partitions;
using GrainStream.Runtime.Ports;
using GrainStream.Runtime.Reading;

namespace GrainStream.Runtime.Groups;

/// <summary>Rebuilds a group's machine from its log, through the path that consumers read on.</summary>
internal static class GroupLoader
{
    /// <summary>Most bytes read at a time; a larger batch is read whole.</summary>
    private const int ReadBytes = 1 << 20;

    /// <summary>Reads a log that nobody appends to meanwhile, all of it on stable storage.</summary>
    /// <exception cref="CorruptDataException">It holds what no group can have written.</exception>
    /// <exception cref="StorageUnavailableException">It cannot be read.</exception>
    public static async Task<LoadedGroup> LoadAsync(string name, Partition log, LogReader reader, CancellationToken cancellationToken)
    {
        var replay = new Replaying(new Group(name), log.Id);
        long next = log.Log.LogStartOffset.Value;
        long end = log.Log.LogEndOffset.Value;
        while (next < end)
        {
            PartitionRead read = await reader.ReadAsync(
                log, new ReadRequest(next, -1, ReadBytes, AtLeastOne: true, MayWaitForMemory: true), cancellationToken);
            if (read.Error != ErrorCode.None || read.Records is null)
            {
                throw new StorageUnavailableException($"The group's log {log.Id} cannot be read at offset {next}: {read.Error}.");
            }

            using RecordsPayload records = read.Records;
            using var bytes = new MemoryStream(records.Length);
            PipeWriter output = PipeWriter.Create(bytes, new StreamPipeWriterOptions(leaveOpen: true));
            await records.SendAsync(output, cancellationToken);
            await output.CompleteAsync();
            next = replay.Take(bytes.GetBuffer().AsSpan(0, (int)bytes.Length), next);
        }

        return replay.Finish();
    }

    private sealed class Replaying(Group machine, PartitionId log)
    {
        private long _snapshotBytes;
        private long _bytes;

        /// <summary>Applies whole batches; returns the offset after them.</summary>
        public long Take(ReadOnlySpan<byte> batches, long expected)
        {
            while (!batches.IsEmpty)
            {
                if (!RecordBatchHeader.TryRead(batches, out RecordBatchHeader header) || header.TotalSize > batches.Length || header.BaseOffset != expected)
                {
                    throw new CorruptDataException($"The group's log {log} does not hold a batch at offset {expected}.");
                }

                Apply(header, batches[..header.TotalSize]);
                expected = header.NextOffset;
                batches = batches[header.TotalSize..];
            }

            return expected;
        }

        public LoadedGroup Finish() => new(machine, _snapshotBytes, _bytes);

        private void Apply(in RecordBatchHeader header, ReadOnlySpan<byte> batch)
        {
            bool isSnapshot = false;
            GroupBatches.Replay(log, header, batch, groupEvent =>
            {
                isSnapshot |= groupEvent is GroupReset;
                machine.Apply(groupEvent);
            });
            (_snapshotBytes, _bytes) = isSnapshot ? (header.TotalSize, 0) : (_snapshotBytes, _bytes + header.TotalSize);
        }
    }
}
