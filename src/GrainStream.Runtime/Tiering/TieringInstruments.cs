using System.Diagnostics.Metrics;
using GrainStream.Runtime.Ports;

namespace GrainStream.Runtime.Tiering;

/// <summary>What the node counts of its way to the object store: meter <c>GrainStream.Tiering</c>.</summary>
internal sealed class TieringInstruments : IDisposable
{
    public const string MeterName = "GrainStream.Tiering";

    private readonly Meter _meter;
    private readonly Counter<long> _uploadBytes;
    private readonly Counter<long> _uploadSegments;
    private readonly Histogram<double> _uploadDuration;
    private readonly Counter<long> _failures;
    private readonly Counter<long> _reclaimedBytes;
    private readonly Counter<long> _copiedBytes;
    private readonly Counter<double> _waits;
    private readonly Counter<long> _deletedObjects;
    private readonly Counter<long> _operations;
    private readonly Counter<long> _compactedBytes;
    private readonly Counter<long> _removedBytes;
    private readonly Histogram<double> _compactionDuration;

    public TieringInstruments(IMeterFactory? factory)
    {
        _meter = factory?.Create(MeterName) ?? new Meter(MeterName);
        _uploadBytes = _meter.CreateCounter<long>("grainstream.tiering.upload.size", "By", "Bytes of segments uploaded.");
        _uploadSegments = _meter.CreateCounter<long>("grainstream.tiering.upload.segments", "{segment}", "Segments uploaded, by reason.");
        _uploadDuration = _meter.CreateHistogram<double>("grainstream.tiering.upload.duration", "s", "Time from the first byte of a segment to its place in the manifest.");
        _failures = _meter.CreateCounter<long>("grainstream.tiering.failures", "{failure}", "Operations that failed and are tried again, by operation.");
        _reclaimedBytes = _meter.CreateCounter<long>("grainstream.tiering.journal.reclaimed", "By", "Bytes of journal files freed.");
        _copiedBytes = _meter.CreateCounter<long>("grainstream.tiering.journal.copied", "By", "Bytes copied within the journal to free files.");
        _waits = _meter.CreateCounter<double>("grainstream.tiering.throttle.duration", "s", "Time that produce requests have waited for room in the journal.");
        _deletedObjects = _meter.CreateCounter<long>("grainstream.tiering.deleted.objects", "{object}", "Objects deleted from the store.");
        _compactedBytes = _meter.CreateCounter<long>("grainstream.compaction.size", "By", "Bytes of batches that compaction has gone over.");
        _removedBytes = _meter.CreateCounter<long>("grainstream.compaction.removed", "By", "Bytes of batches that compaction has removed.");
        _compactionDuration = _meter.CreateHistogram<double>("grainstream.compaction.duration", "s", "Time of one pass over a partition.");
        _operations = _meter.CreateCounter<long>("grainstream.object_store.operations", "{operation}", "Calls of the object store, by operation and outcome.");
    }

    /// <summary>Begins to show sizes that are known by looking.</summary>
    public void Observe(Func<long> untieredBytes, Func<JournalUsage> journal)
    {
        _meter.CreateObservableGauge("grainstream.tiering.lag", untieredBytes, "By", "Bytes of batches that are in no segment yet.");
        _meter.CreateObservableGauge("grainstream.journal.used", () => journal().End - journal().Start, "By", "Bytes of the journal that are kept.");
        _meter.CreateObservableGauge("grainstream.journal.capacity", () => journal().CapacityBytes, "By", "Bytes that the journal may take.");
    }

    public void SegmentUploaded(long bytes, string reason, TimeSpan duration)
    {
        _uploadBytes.Add(bytes);
        _uploadSegments.Add(1, new KeyValuePair<string, object?>("reason", reason));
        _uploadDuration.Record(duration.TotalSeconds);
    }

    public void Failed(string operation) => _failures.Add(1, new KeyValuePair<string, object?>("operation", operation));

    public void Reclaimed(long bytes) => _reclaimedBytes.Add(bytes);

    public void Copied(long bytes) => _copiedBytes.Add(bytes);

    public void ProducerWaited(TimeSpan duration) => _waits.Add(duration.TotalSeconds);

    public void ObjectsDeleted(long count) => _deletedObjects.Add(count);

    public void Compacted(long before, long after, TimeSpan duration)
    {
        _compactedBytes.Add(before);
        _removedBytes.Add(before - after);
        _compactionDuration.Record(duration.TotalSeconds);
    }

    /// <param name="operation">put, read, list and so on.</param>
    /// <param name="outcome">ok, fenced, unavailable, corrupt, cancelled or error.</param>
    public void StoreCalled(string operation, string outcome) =>
        _operations.Add(1, new KeyValuePair<string, object?>("operation", operation), new KeyValuePair<string, object?>("outcome", outcome));

    public void Dispose() => _meter.Dispose();
}
