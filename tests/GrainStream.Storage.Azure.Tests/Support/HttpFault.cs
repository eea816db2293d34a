namespace GrainStream.Storage.Azure.Tests.Support;

/// <summary>What happens to one HTTP request.</summary>
/// <param name="TakesEffect">Whether it reaches the service.</param>
/// <param name="Status">Answered instead of what the service says; 0: the connection breaks before an answer comes; -1: no answer ever comes; null: the service's answer.</param>
/// <param name="ErrorCode">With <paramref name="Status"/>.</param>
/// <param name="RetryAfterSeconds">With <paramref name="Status"/>.</param>
/// <param name="Body">What happens to the service's answer's body, if the answer is passed on.</param>
internal sealed record HttpFault(bool TakesEffect, int? Status, string? ErrorCode = null, int? RetryAfterSeconds = null, Func<byte[], byte[]>? Body = null)
{
    public static readonly HttpFault ConnectionRefused = new(TakesEffect: false, 0);

    public static readonly HttpFault ResponseLost = new(TakesEffect: true, 0);

    public static readonly HttpFault Silent = new(TakesEffect: false, -1);

    public static HttpFault Answer(int status, string? errorCode = null, int? retryAfterSeconds = null) => new(TakesEffect: false, status, errorCode, retryAfterSeconds);

    public static HttpFault ChangedBody(Func<byte[], byte[]> change) => new(TakesEffect: true, null, Body: change);
}
