using System.Diagnostics;
using System.Runtime.InteropServices;

namespace GrainStream.Server;

/// <summary>
/// Ctrl+C and SIGTERM: the first stops in good order, a second one at once. Nothing acknowledged is lost either way; after a forced
/// stop the next start replays the journal's end.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    // One request to stop often arrives as two signals: "timeout", shells and service managers signal a process and its group.
    private static readonly TimeSpan SameRequest = TimeSpan.FromSeconds(0.5);

    private readonly IHostApplicationLifetime _lifetime;
    private readonly PosixSignalRegistration[] _registrations;
    private readonly Lock _gate = new();
    private long? _first;

    public StopSignals(IHostApplicationLifetime lifetime)
    {
        _lifetime = lifetime;
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop),
            PosixSignalRegistration.Create(PosixSignal.SIGQUIT, Stop),
        ];
    }

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }
    }

    private void Stop(PosixSignalContext context)
    {
        // Or the runtime would end the process when this returns.
        context.Cancel = true;
        lock (_gate)
        {
            if (_first is null)
            {
                _first = Stopwatch.GetTimestamp();
                Console.Out.WriteLine("Stopping. A second signal stops at once.");
                _lifetime.StopApplication();
                return;
            }

            if (Stopwatch.GetElapsedTime(_first.Value) < SameRequest)
            {
                return;
            }
        }

        Console.Error.WriteLine("Stopped at once. What was acknowledged with acks=all is safe.");
        Environment.Exit((int)ExitCode.Forced);
    }
}
