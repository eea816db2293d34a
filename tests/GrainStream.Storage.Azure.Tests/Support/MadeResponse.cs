using System.Diagnostics.CodeAnalysis;
using Azure;
using Azure.Core;

namespace GrainStream.Storage.Azure.Tests.Support;

/// <summary>An HTTP answer made by hand.</summary>
internal sealed class MadeResponse(int status, string requestId, IReadOnlyList<HttpHeader> headers, Stream content) : Response
{
    public override int Status => status;

    public override string ReasonPhrase => "Made";

    public override Stream? ContentStream { get; set; } = content;

    public override string ClientRequestId { get; set; } = requestId;

    public override void Dispose() => ContentStream?.Dispose();

    protected override bool ContainsHeader(string name) => TryGetHeader(name, out _);

    protected override IEnumerable<HttpHeader> EnumerateHeaders() => headers;

    protected override bool TryGetHeader(string name, [NotNullWhen(true)] out string? value)
    {
        value = headers.Where(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(header => header.Value).FirstOrDefault();
        return value is not null;
    }

    protected override bool TryGetHeaderValues(string name, [NotNullWhen(true)] out IEnumerable<string>? values)
    {
        values = TryGetHeader(name, out string? value) ? [value] : null;
        return values is not null;
    }
}
