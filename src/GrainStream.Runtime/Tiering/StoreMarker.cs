using System.Text;
using System.Text.Json;
using GrainStream.Runtime.Ports;

namespace GrainStream.Runtime.Tiering;

/// <summary>
/// The object that says whose store it is, so that two clusters cannot write to one container, and a node whose data directory was lost does not take its
/// old container's topics for deleted ones.
/// <code>cluster: { "format": 1, "clusterId": "22 characters, base64url" }</code>
/// </summary>
internal sealed class StoreMarker(IObjectStore store, string clusterId)
{
    /// <summary>Its name: no folder of a topic can have it.</summary>
    public const string Name = "cluster";

    private const int Format = 1;
    private const int MaxBytes = 512;

    /// <summary>Marks the store as this cluster's if nobody has, and makes sure that it is.</summary>
    /// <exception cref="FencedException">The store belongs to another cluster.</exception>
    /// <exception cref="StorageUnavailableException">The store does not answer.</exception>
    /// <exception cref="CorruptDataException">The marker is there and says nothing.</exception>
    public async Task ClaimAsync(CancellationToken cancellationToken)
    {
        string? owner = await ReadAsync(cancellationToken);
        if (owner is null)
        {
            byte[] content = JsonSerializer.SerializeToUtf8Bytes(new { format = Format, clusterId });
            try
            {
                await store.PutAsync(Name, content, null, cancellationToken);
            }
            catch (FencedException)
            {
                // Somebody was first, or an earlier try of this put: what is there now says who.
            }

            owner = await ReadAsync(cancellationToken);
        }

        if (owner != clusterId)
        {
            throw new FencedException(
                $"The object store at {store.Location} belongs to the cluster '{owner ?? "?"}', but this node is of the cluster '{clusterId}'. " +
                "Give this node a container or directory of its own (GrainStream:Storage), or restore the data directory that belongs to this one.");
        }
    }

    private async Task<string?> ReadAsync(CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[MaxBytes];
        if (await store.ReadAsync(Name, 0, buffer, cancellationToken) is not { } read)
        {
            return null;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(buffer.AsMemory(0, read.Bytes));
            if (document.RootElement.GetProperty("format").GetInt32() == Format
                && document.RootElement.GetProperty("clusterId").GetString() is { Length: > 0 } owner)
            {
                return owner;
            }
        }
        catch (Exception cause) when (cause is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw Damaged(buffer.AsSpan(0, read.Bytes), cause);
        }

        throw Damaged(buffer.AsSpan(0, read.Bytes), null);
    }

    private CorruptDataException Damaged(ReadOnlySpan<byte> found, Exception? cause) => new(
        $"The object '{Name}' in {store.Location} does not say which cluster the store belongs to: '{Encoding.ASCII.GetString(found)}'. Put back " +
        $"{{ \"format\": {Format}, \"clusterId\": \"...\" }} with the id from the data directory's node.json, if the store is this node's.",
        cause);
}
