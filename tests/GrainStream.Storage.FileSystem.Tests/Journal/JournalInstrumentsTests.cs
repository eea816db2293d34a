using System.Diagnostics.Metrics;
using GrainStream.Storage.FileSystem.Tests.Support;

namespace GrainStream.Storage.FileSystem.Tests.Journal;

/// <summary>What operators can watch.</summary>
public sealed class JournalInstrumentsTests
{
    [Fact]
    public async Task Groups_frames_bytes_and_memory_are_counted()
    {
        var seen = new Dictionary<string, double>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == "GrainStream.Journal")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        int thread = Environment.CurrentManagedThreadId;
        void Note(Instrument instrument, double value)
        {
            // Other tests' journals run at the same time, on threads of their own.
            if (Environment.CurrentManagedThreadId == thread)
            {
                seen[instrument.Name] = seen.GetValueOrDefault(instrument.Name) + value;
            }
        }

        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => Note(instrument, value));
        listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => Note(instrument, value));
        listener.Start();
        var rig = new Rig();
        FileJournal journal = rig.Open();
        journal.Append(rig.Appender, 0, 0, 100);
        journal.Append(rig.Appender, 0, 1, 100);
        journal.Step();
        Assert.Equal(1, seen["grainstream.journal.groups"]);
        Assert.Equal(2, seen["grainstream.journal.frames"]);
        Assert.Equal(2 * 168, seen["grainstream.journal.bytes"]);
        Assert.Equal(2 * 168, seen["grainstream.journal.group.size"]);
        Assert.True(seen.ContainsKey("grainstream.journal.sync.duration"));
        listener.RecordObservableInstruments();
        Assert.True(seen["grainstream.journal.memory"] >= Rig.SmallOptions.SlabBytes);
        await journal.DisposeAsync();
    }
}
