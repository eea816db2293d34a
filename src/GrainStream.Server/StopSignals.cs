using System.Runtime.InteropServices;

namespace GrainStream.Server;

/// <summary>
/// Ctrl+C and SIGTERM: the first stops in good order, a second one at once. Nothing acknowledged with acks=all is lost either way; after a
/// forced stop the next start replays the journal's end.
/// </summary>
/// <param name="stop">Begins to stop in good order; called once.</param>
/// <param name="force">Ends the process.</param>
/// <param name="time">Tells a second request from the same one signalled twice.</param>
internal sealed class StopSignals(Action stop, Action force, TimeProvider time) : IDisposable
{
    /// <summary>
    /// Signals closer together than this are one request: "timeout", shells and service managers signal a process and then its group.
    /// </summary>
    public static readonly TimeSpan SameRequest = TimeSpan.FromSeconds(0.5);

    private readonly Lock _gate = new();
    private PosixSignalRegistration[] _registrations = [];
    private long? _first;

    /// <summary>Takes the process's signals from now on.</summary>
    public void Listen() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, Take),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, Take),
        PosixSignalRegistration.Create(PosixSignal.SIGQUIT, Take),
    ];

    /// <summary>A signal arrived.</summary>
    public void Signal()
    {
        bool isFirst;
        lock (_gate)
        {
            isFirst = _first is null;
            if (!isFirst && time.GetElapsedTime(_first!.Value) < SameRequest)
            {
                return;
            }

            _first ??= time.GetTimestamp();
        }

        (isFirst ? stop : force)();
    }

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }
    }

    private void Take(PosixSignalContext context)
    {
        // Or the runtime would end the process when this returns.
        context.Cancel = true;
        Signal();
    }
}
