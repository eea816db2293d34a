using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace GrainStream.Gateway.Http.Metrics;

/// <summary>
/// What the process takes from the machine, beyond the CPU time, memory and garbage collection that .NET's own
/// <c>System.Runtime</c> meter reports. Names of OpenTelemetry's semantic conventions.
/// </summary>
public sealed class ProcessInstruments : IDisposable
{
    public const string MeterName = "GrainStream.Process";

    private readonly Meter _meter = new(MeterName);

    /// <param name="time">Gives the process's age.</param>
    public ProcessInstruments(TimeProvider time)
    {
        DateTimeOffset started = Process.GetCurrentProcess().StartTime.ToUniversalTime();
        _meter.CreateObservableGauge("process.uptime", () => (time.GetUtcNow() - started).TotalSeconds, "s", "Time since the process started.");
        if (OperatingSystem.IsLinux())
        {
            _meter.CreateObservableUpDownCounter(
                "process.unix.file_descriptor.count",
                () => Directory.GetFiles("/proc/self/fd").Length,
                "{file_descriptor}",
                "File descriptors the process has open: journal files, client connections, and the runtime's own.");
        }
    }

    public void Dispose() => _meter.Dispose();
}
