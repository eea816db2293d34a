namespace GrainStream.Client.Connections;

/// <summary>A request whose response has not come yet.</summary>
internal sealed class PendingResponse(int correlationId)
{
    private readonly TaskCompletionSource<ResponseFrame> _frame = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int CorrelationId { get; } = correlationId;

    public Task<ResponseFrame> Frame => _frame.Task;

    public void Complete(ResponseFrame frame)
    {
        if (!_frame.TrySetResult(frame))
        {
            frame.Dispose();
        }
    }

    public void Fail(Exception reason) => _frame.TrySetException(reason);

    /// <summary>Nobody waits any more; a response that comes all the same is dropped.</summary>
    public void Abandon()
    {
        if (!_frame.TrySetCanceled() && _frame.Task.IsCompletedSuccessfully)
        {
            _frame.Task.Result.Dispose();
        }
    }
}
