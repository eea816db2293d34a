namespace GrainStream.Client.Producing;

/// <summary>The bound on records that wait to be delivered. Who finds it full waits in line. Thread-safe.</summary>
internal sealed class BufferRoom(long capacityBytes)
{
    private readonly Queue<(long Bytes, TaskCompletionSource Turn)> _line = new();
    private readonly long _capacityBytes = capacityBytes;
    private long _free = capacityBytes;

    /// <summary>Takes room, at once or when there is some.</summary>
    /// <exception cref="ArgumentException">There will never be as much.</exception>
    public ValueTask TakeAsync(long wanted, CancellationToken cancellation)
    {
        if (wanted > _capacityBytes)
        {
            throw new ArgumentException($"A record of {wanted} bytes is larger than the producer's whole buffer of {_capacityBytes} bytes.");
        }

        lock (_line)
        {
            if (_line.Count == 0 && _free >= wanted)
            {
                _free -= wanted;
                return ValueTask.CompletedTask;
            }

            TaskCompletionSource turn = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _line.Enqueue((wanted, turn));
            return new ValueTask(WaitAsync(turn, wanted, cancellation));
        }
    }

    /// <summary>Gives room back.</summary>
    public void Return(long returned)
    {
        lock (_line)
        {
            _free += returned;
            while (_line.TryPeek(out (long Bytes, TaskCompletionSource Turn) first) && _free >= first.Bytes)
            {
                _line.Dequeue();

                // Who has given up waiting gets nothing.
                if (first.Turn.TrySetResult())
                {
                    _free -= first.Bytes;
                }
            }
        }
    }

    private async Task WaitAsync(TaskCompletionSource turn, long wanted, CancellationToken cancellation)
    {
        await using CancellationTokenRegistration registration = cancellation.Register(() =>
        {
            if (turn.TrySetCanceled(cancellation))
            {
                // Its place in the line may have held up others who need less.
                Return(0);
            }
        });
        await turn.Task;
    }
}
