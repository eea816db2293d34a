using System.Buffers.Binary;
using System.Security.Cryptography;
using Azure;
using Azure.Storage.Blobs;
using GrainStream.Runtime.Ports;

namespace GrainStream.Storage.Azure;

/// <summary>
/// A block blob on its way: each write stages one block, and the list of blocks, put on condition that there is no such blob, makes it. What is staged and never listed, the service
/// drops after a week. One call at a time.
/// </summary>
internal sealed class BlobUpload(BlobObjectStore store, BlobWriter writer, BlobClient blob, string name) : IObjectUpload
{
    // The service's limit; blocks of 8 MiB make 390 GiB.
    private const int MostBlocks = 50_000;

    private readonly List<string> _blocks = [];

    // Staged blocks are kept by name of blob and block; those of another upload of this name must not be mistaken for ours.
    private readonly byte[] _salt = RandomNumberGenerator.GetBytes(12);
    private bool _ended;

    /// <inheritdoc/>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> block, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_ended, this);
        cancellationToken.ThrowIfCancellationRequested();
        if (block.IsEmpty)
        {
            return;
        }

        if (_blocks.Count == MostBlocks)
        {
            throw new InvalidOperationException($"The upload of {name} has {MostBlocks} blocks, the most there can be; write larger ones.");
        }

        string id = NextId();
        await store.CallAsync(
            name,
            isConditionalPut: false,
            async () =>
            {
                await writer.StageAsync(name, id, block, cancellationToken);
                return true;
            },
            cancellationToken);
        _blocks.Add(id);
    }

    /// <inheritdoc/>
    public async ValueTask<ObjectVersion> CompleteAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_ended, this);
        cancellationToken.ThrowIfCancellationRequested();
        ObjectVersion version = await store.CallAsync(
            name,
            isConditionalPut: true,
            async () =>
            {
                try
                {
                    return await writer.CommitAsync(name, _blocks, cancellationToken);
                }
                catch (RequestFailedException error) when (error.Status == 400 && BlobErrors.CodeOf(error) == "InvalidBlockList")
                {
                    // Making the blob, by somebody else or by our own first try, has dropped the blocks that were staged for it.
                    if (!await blob.ExistsAsync(cancellationToken))
                    {
                        throw;
                    }

                    throw new FencedException($"{store.Location}/{name} is there already; the blocks staged for it are gone.");
                }
            },
            cancellationToken);
        _ended = true;
        return version;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _ended = true;
        return ValueTask.CompletedTask;
    }

    private string NextId()
    {
        Span<byte> id = stackalloc byte[16];
        _salt.CopyTo(id);
        BinaryPrimitives.WriteInt32BigEndian(id[12..], _blocks.Count);
        return Convert.ToBase64String(id);
    }
}
