using System.Diagnostics.Metrics;

namespace GrainStream.Storage.FileSystem;

/// <summary>What a journal counts: meter <c>GrainStream.Journal</c>. One per journal.</summary>
public sealed class JournalInstruments : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "GrainStream.Journal";

    private readonly Meter _meter;
    private readonly Counter<long> _groups;
    private readonly Counter<long> _frames;
    private readonly Counter<long> _bytes;
    private readonly Histogram<long> _groupBytes;
    private readonly Histogram<double> _syncSeconds;

    /// <param name="factory">Whose meter to make, so that a listener can tell hosts apart; null for a meter of its own.</param>
    public JournalInstruments(IMeterFactory? factory = null)
    {
        _meter = factory?.Create(MeterName) ?? new Meter(MeterName);
        _groups = _meter.CreateCounter<long>("grainstream.journal.groups", "{group}", "Groups written and synced.");
        _frames = _meter.CreateCounter<long>("grainstream.journal.frames", "{frame}", "Frames made durable.");
        _bytes = _meter.CreateCounter<long>("grainstream.journal.bytes", "By", "Bytes of frames made durable.");
        _groupBytes = _meter.CreateHistogram<long>("grainstream.journal.group.size", "By", "Bytes of frames per group.");
        _syncSeconds = _meter.CreateHistogram<double>("grainstream.journal.sync.duration", "s", "Time that one sync took.");
    }

    /// <summary>Makes the memory gauge report; once.</summary>
    internal void ObserveMemory(Func<long> residentBytes) =>
        _meter.CreateObservableGauge(
            "grainstream.journal.memory", residentBytes, "By", "Native memory that holds recent journal bytes, free slabs included.");

    internal void GroupSynced(long bytes, int frames, TimeSpan syncDuration)
    {
        _groups.Add(1);
        _frames.Add(frames);
        _bytes.Add(bytes);
        _groupBytes.Record(bytes);
        _syncSeconds.Record(syncDuration.TotalSeconds);
    }

    public void Dispose() => _meter.Dispose();
}
