using System.Globalization;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;

namespace GrainStream.Storage.Azure.Tests.Support;

/// <summary>The network under Azure's SDK, which breaks when a test says so: below the SDK's retries, so that what it makes of an answer is part of what is tested.</summary>
internal sealed class FaultyTransport : HttpPipelineTransport
{
    private readonly HttpClientTransport _network = new();
    private readonly Lock _gate = new();
    private readonly Queue<HttpFault?> _next = new();
    private readonly List<string> _requests = [];

    /// <summary>Every try of every request so far: method and query.</summary>
    public IReadOnlyList<string> Requests
    {
        get
        {
            lock (_gate)
            {
                return [.. _requests];
            }
        }
    }

    /// <summary>The fault of every request for which none was queued.</summary>
    public HttpFault? Always { get; set; }

    /// <summary>The next requests meet these; null: nothing happens to that one.</summary>
    public void Queue(params HttpFault?[] faults)
    {
        lock (_gate)
        {
            foreach (HttpFault? fault in faults)
            {
                _next.Enqueue(fault);
            }
        }
    }

    public override Request CreateRequest() => _network.CreateRequest();

    public override void Process(HttpMessage message) => throw new NotSupportedException("The store is asynchronous.");

    public override async ValueTask ProcessAsync(HttpMessage message)
    {
        HttpFault? fault;
        lock (_gate)
        {
            _requests.Add($"{message.Request.Method} {message.Request.Uri.Query}");
            fault = _next.TryDequeue(out HttpFault? queued) ? queued : Always;
        }

        if (fault is null or { TakesEffect: true })
        {
            await _network.ProcessAsync(message);
        }

        if (fault is not null)
        {
            await ApplyAsync(message, fault);
        }
    }

    private static async Task ApplyAsync(HttpMessage message, HttpFault fault)
    {
        switch (fault.Status)
        {
            case -1:
                await Task.Delay(Timeout.InfiniteTimeSpan, message.CancellationToken);
                break;
            case 0:
                // As HttpClientTransport reports it.
                throw new RequestFailedException("The connection broke.", new HttpRequestException("Connection reset by peer (injected)"));
            case { } status:
                message.Response = new MadeResponse(status, message.Request.ClientRequestId, HeadersOf(fault), new MemoryStream());
                break;
            default:
                using (MemoryStream body = new())
                {
                    await message.Response.ContentStream!.CopyToAsync(body, message.CancellationToken);
                    message.Response = new MadeResponse(
                        message.Response.Status, message.Request.ClientRequestId, [.. message.Response.Headers], new MemoryStream(fault.Body!(body.ToArray())));
                }

                break;
        }
    }

    private static List<HttpHeader> HeadersOf(HttpFault fault)
    {
        List<HttpHeader> headers = [new("x-ms-request-id", "made-by-test")];
        if (fault.ErrorCode is not null)
        {
            headers.Add(new HttpHeader("x-ms-error-code", fault.ErrorCode));
        }

        if (fault.RetryAfterSeconds is { } seconds)
        {
            headers.Add(new HttpHeader("Retry-After", seconds.ToString(CultureInfo.InvariantCulture)));
        }

        return headers;
    }
}
