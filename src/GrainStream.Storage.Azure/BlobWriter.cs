using System.Globalization;
using System.Text;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Specialized;
using GrainStream.Runtime.Ports;

namespace GrainStream.Storage.Azure;

/// <summary>
/// The three requests that write blobs, sent through the SDK's own pipeline, which signs them, tries them again and times them out. The SDK's methods for them would load a library of
/// checksums that not every feed has (docs/decisions/0006-azure-packages.md).
/// </summary>
internal sealed class BlobWriter(BlobContainerClient container)
{
    // Known to the service since 2021 and to every Azurite of these years; https://learn.microsoft.com/rest/api/storageservices/versioning-for-the-azure-storage-services.
    private const string ServiceVersion = "2021-08-06";
    private const int Created = 201;

    private readonly HttpPipeline _pipeline = Pipelines.Of(container.GetParentBlobServiceClient());

    /// <summary>Put Blob: a whole blob, if the condition holds.</summary>
    public async Task<ObjectVersion> PutAsync(string name, ReadOnlyMemory<byte> content, ObjectVersion? expected, CancellationToken cancellationToken)
    {
        using HttpMessage message = NewMessage(name, content);
        message.Request.Headers.Add("x-ms-blob-type", "BlockBlob");
        AddCondition(message.Request, expected);
        return await SendAsync(message, cancellationToken);
    }

    /// <summary>Put Block: stages a block.</summary>
    public async Task StageAsync(string name, string block, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        using HttpMessage message = NewMessage(name, content);
        message.Request.Uri.AppendQuery("comp", "block");
        message.Request.Uri.AppendQuery("blockid", block, escapeValue: true);
        await SendAsync(message, cancellationToken);
    }

    /// <summary>Put Block List: makes a blob of staged blocks, if there is none.</summary>
    public async Task<ObjectVersion> CommitAsync(string name, IEnumerable<string> blocks, CancellationToken cancellationToken)
    {
        StringBuilder list = new("<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>");
        foreach (string block in blocks)
        {
            // Base64 has no character that XML escapes.
            list.Append("<Uncommitted>").Append(block).Append("</Uncommitted>");
        }

        using HttpMessage message = NewMessage(name, Encoding.UTF8.GetBytes(list.Append("</BlockList>").ToString()));
        message.Request.Uri.AppendQuery("comp", "blocklist");
        message.Request.Headers.Add("Content-Type", "application/xml");
        AddCondition(message.Request, null);
        return await SendAsync(message, cancellationToken);
    }

    private HttpMessage NewMessage(string name, ReadOnlyMemory<byte> content)
    {
        HttpMessage message = _pipeline.CreateMessage();
        Request request = message.Request;
        request.Method = RequestMethod.Put;

        // With the SAS, where there is one.
        request.Uri.Reset(container.GetBlobClient(name).Uri);
        request.Headers.Add("x-ms-version", ServiceVersion);

        // Named here since the signature of an account key covers it.
        request.Headers.Add("Content-Length", content.Length.ToString(CultureInfo.InvariantCulture));
        request.Content = RequestContent.Create(content);
        return message;
    }

    private static void AddCondition(Request request, ObjectVersion? expected)
    {
        if (expected is { } version)
        {
            request.Headers.Add("If-Match", version.Value);
        }
        else
        {
            request.Headers.Add("If-None-Match", "*");
        }
    }

    private async Task<ObjectVersion> SendAsync(HttpMessage message, CancellationToken cancellationToken)
    {
        await _pipeline.SendAsync(message, cancellationToken);
        return message.Response.Status == Created
            ? BlobObjectStore.VersionOf(message.Response.Headers.ETag ?? default)
            : throw new RequestFailedException(message.Response);
    }

    // The SDK shows its pipeline to derived classes only.
    private sealed class Pipelines : BlobServiceClient
    {
        public static HttpPipeline Of(BlobServiceClient service) => GetHttpPipeline(service);
    }
}
