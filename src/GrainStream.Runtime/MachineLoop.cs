using System.Collections.Concurrent;

namespace GrainStream.Runtime;

/// <summary>
/// Runs one machine: inputs are handled one at a time, in the order of <see cref="Post"/>. There is no thread of its own: whoever posts to
/// an idle loop runs it until it is empty, so an uncontended input costs no hop; others only leave their input behind.
/// </summary>
/// <remarks>
/// A poster that others keep feeding hands the loop to the thread pool after <see cref="InputsPerTurn"/> inputs, so no caller is held for long.
/// </remarks>
public sealed class MachineLoop<TInput>(IMachineHost<TInput> host) : IThreadPoolWorkItem
{
    /// <summary>Inputs one caller handles before it hands over: some hundred microseconds of work at most.</summary>
    private const int InputsPerTurn = 64;

    private readonly ConcurrentQueue<TInput> _inputs = new();
    private int _pending;

    /// <summary>Hands in one input. It has been handled on return only if the loop was idle.</summary>
    public void Post(TInput input)
    {
        _inputs.Enqueue(input);
        if (Interlocked.Increment(ref _pending) == 1)
        {
            Drain();
        }
    }

    void IThreadPoolWorkItem.Execute() => Drain();

    private void Drain()
    {
        int handled = 0;
        do
        {
            if (handled++ == InputsPerTurn)
            {
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
                return;
            }

            bool taken = _inputs.TryDequeue(out TInput? input);
            Core.Invariant.Require(taken, "a counted input is in the queue");
            host.Handle(input!);
        }
        while (Interlocked.Decrement(ref _pending) > 0);
    }
}
