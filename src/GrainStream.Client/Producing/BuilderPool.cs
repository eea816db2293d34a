using System.Collections.Concurrent;
using GrainStream.Protocol.Records;

namespace GrainStream.Client.Producing;

/// <summary>Builders of batches, kept for their buffers. Thread-safe.</summary>
internal sealed class BuilderPool(CompressionType compression) : IDisposable
{
    // As many batches of the usual size as the usual buffer holds.
    private const int MostKept = 32;

    private readonly ConcurrentBag<RecordBatchBuilder> _kept = [];

    public RecordBatchBuilder Take() => _kept.TryTake(out RecordBatchBuilder? builder) ? builder : new RecordBatchBuilder(compression);

    public void Return(RecordBatchBuilder builder)
    {
        if (_kept.Count < MostKept)
        {
            builder.Reset();
            _kept.Add(builder);
        }
        else
        {
            builder.Dispose();
        }
    }

    public void Dispose()
    {
        while (_kept.TryTake(out RecordBatchBuilder? builder))
        {
            builder.Dispose();
        }
    }
}
