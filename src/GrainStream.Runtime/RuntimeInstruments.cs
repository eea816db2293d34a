using System.Diagnostics.Metrics;

namespace GrainStream.Runtime;

/// <summary>What the node counts of its partitions: meter <c>GrainStream.Runtime</c>.</summary>
public sealed class RuntimeInstruments : IDisposable
{
    public const string MeterName = "GrainStream.Runtime";

    private readonly Meter _meter;
    private readonly Counter<long> _records;
    private readonly Counter<long> _batches;
    private readonly Counter<long> _bytes;
    private readonly Counter<long> _readBytes;

    public RuntimeInstruments(IMeterFactory? factory, Func<int> partitionCount)
    {
        _meter = factory?.Create(MeterName) ?? new Meter(MeterName);
        _records = _meter.CreateCounter<long>("grainstream.log.append.records", "{record}", "Records appended to partitions.");
        _batches = _meter.CreateCounter<long>("grainstream.log.append.batches", "{batch}", "Record batches appended to partitions.");
        _bytes = _meter.CreateCounter<long>("grainstream.log.append.size", "By", "Bytes of record batches appended to partitions.");
        _readBytes = _meter.CreateCounter<long>("grainstream.log.read.size", "By", "Bytes of record batches handed to readers.");
        _meter.CreateObservableGauge("grainstream.partitions", partitionCount, "{partition}", "Partitions this node serves.");
    }

    public void BatchAppended(int records, int bytes)
    {
        _records.Add(records);
        _batches.Add(1);
        _bytes.Add(bytes);
    }

    /// <param name="bytes">Bytes read.</param>
    /// <param name="source"><c>memory</c> or <c>disk</c>.</param>
    public void BytesRead(int bytes, string source) => _readBytes.Add(bytes, new KeyValuePair<string, object?>("source", source));

    public void Dispose() => _meter.Dispose();
}
