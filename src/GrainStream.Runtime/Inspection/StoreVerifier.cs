using System.Text.Json;
using GrainStream.Core.Log.Tiering;
using GrainStream.Protocol;
using GrainStream.Runtime.Ports;
using GrainStream.Runtime.Tiering;

namespace GrainStream.Runtime.Inspection;

/// <summary>
/// Reads a whole object store and checks it: every checksum, and that nothing is missing between what follows each other, from the manifests over pages and
/// segments down to batches. Changes nothing, and may run beside a node. Single use.
/// </summary>
/// <param name="store">Only read.</param>
/// <param name="report">Told each finding as it is made.</param>
public sealed class StoreVerifier(IObjectReader store, Action<StoreFinding> report)
{
    private const string MarkerName = "cluster";

    /// <summary>Times that a partition is looked at which changes under the look.</summary>
    private const int MaxAttempts = 3;

    private readonly Dictionary<PartitionId, Dictionary<string, long>> _folders = [];
    private readonly List<StoredPartition> _partitions = [];
    private readonly List<PartitionId> _unreadable = [];
    private long _objects;
    private long _bytes;
    private long _unreferenced;
    private long _unreferencedBytes;

    /// <summary>Checks it all.</summary>
    /// <param name="clusterId">Whose it should be; null: anybody's.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="StorageUnavailableException">Its objects cannot even be listed.</exception>
    public async Task<StoreVerification> RunAsync(string? clusterId, CancellationToken cancellationToken)
    {
        await ListAsync(clusterId, cancellationToken);
        foreach ((PartitionId partition, Dictionary<string, long> objects) in _folders.OrderBy(folder => PartitionFolder.Of(folder.Key), StringComparer.Ordinal))
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                await VerifyAsync(partition, objects, cancellationToken);
            }
            catch (StorageUnavailableException cause)
            {
                _unreadable.Add(partition);
                report(new StoreFinding(StoreFindingKind.Unreadable, PartitionFolder.Of(partition), StoredObjectKind.Other, 0, cause.Message));
            }
        }

        return new StoreVerification(_partitions, _unreadable, _objects, _bytes, _unreferenced, _unreferencedBytes);
    }

    private async Task VerifyAsync(PartitionId partition, Dictionary<string, long> objects, CancellationToken cancellationToken)
    {
        PartitionReport found = await PartitionInspection.VerifyAsync(store, partition, null, cancellationToken);
        for (int attempt = 1; found.Faults.Count > 0 && attempt < MaxAttempts; attempt++)
        {
            // A running node may have replaced the manifest meanwhile, and deleted what it named before.
            ManifestReport now = await ManifestInspection.InspectAsync(store, partition, cancellationToken);
            if (now.Manifest?.Version == found.Manifest?.Version)
            {
                break;
            }

            found = await PartitionInspection.VerifyAsync(store, partition, null, cancellationToken);
        }

        string manifest = ManifestName.Of(partition);
        if (found.Manifest is null && !objects.ContainsKey(manifest))
        {
            // The first upload was cut short before the first manifest.
            ReportUnreferenced(objects);
            return;
        }

        foreach (InspectionFault fault in found.Faults)
        {
            report(new StoreFinding(
                StoreFindingKind.Damaged, fault.ObjectName, KindOf(fault.ObjectName), fault.Position, char.ToUpperInvariant(fault.Reason[0]) + fault.Reason[1..] + "."));
        }

        if (found.Manifest is { } read)
        {
            _partitions.Add(new StoredPartition(partition, read.LogStart, read.End, read.Pages.Length, found.Segments, found.DataBytes, found.Records));
            ReportUnreferenced(found.Unreferenced.Select(name => KeyValuePair.Create(name, objects.GetValueOrDefault(name))));
        }
        else
        {
            // Which objects its manifest would name is not known.
            _unreadable.Add(partition);
        }
    }

    private async Task ListAsync(string? clusterId, CancellationToken cancellationToken)
    {
        string? continuation = null;
        do
        {
            ObjectPage page = await store.ListAsync("", byFolder: false, continuation, cancellationToken);
            foreach (StoredObject found in page.Objects)
            {
                _objects++;
                _bytes += found.Length;
                if (found.Name == MarkerName)
                {
                    await CheckMarkerAsync(clusterId, cancellationToken);
                }
                else if (TryParse(found.Name, out PartitionId partition))
                {
                    if (!_folders.TryGetValue(partition, out Dictionary<string, long>? folder))
                    {
                        _folders.Add(partition, folder = new Dictionary<string, long>(StringComparer.Ordinal));
                    }

                    folder[found.Name] = found.Length;
                }
                else
                {
                    report(new StoreFinding(
                        StoreFindingKind.Foreign, found.Name, StoredObjectKind.Other, 0, $"An object of {found.Length} bytes whose name is none that the broker gives."));
                }
            }

            continuation = page.Continuation;
        }
        while (continuation is not null);
    }

    private async Task CheckMarkerAsync(string? clusterId, CancellationToken cancellationToken)
    {
        try
        {
            (byte[] Content, ObjectVersion Version)? read = await StoredObjects.ReadWholeAsync(store, MarkerName, cancellationToken);
            string? owner = read is { } marker ? ClusterOf(marker.Content) : null;
            if (owner is null)
            {
                Report(StoreFindingKind.Damaged, "It does not say which cluster the store belongs to.");
            }
            else if (clusterId is not null && owner != clusterId)
            {
                Report(StoreFindingKind.Damaged, $"The store belongs to the cluster {owner}, the data directory to {clusterId}.");
            }
        }
        catch (StorageUnavailableException cause)
        {
            Report(StoreFindingKind.Unreadable, cause.Message);
        }

        void Report(StoreFindingKind kind, string what) => report(new StoreFinding(kind, MarkerName, StoredObjectKind.Marker, 0, what));
    }

    private static string? ClusterOf(byte[] marker)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(marker);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("clusterId", out JsonElement id)
                && id.ValueKind == JsonValueKind.String ? id.GetString() : null;
        }
        catch (JsonException)
        {
            // Bytes that are no JSON name nobody, which is what the caller reports.
            return null;
        }
    }

    private void ReportUnreferenced(IEnumerable<KeyValuePair<string, long>> objects)
    {
        foreach ((string name, long length) in objects.OrderBy(found => found.Key, StringComparer.Ordinal))
        {
            _unreferenced++;
            _unreferencedBytes += length;
            report(new StoreFinding(StoreFindingKind.Unreferenced, name, KindOf(name), 0, $"No manifest names this object of {length} bytes."));
        }
    }

    private static StoredObjectKind KindOf(string name) =>
        SegmentName.TryParse(name, out _) ? StoredObjectKind.Segment
        : PageName.TryParse(name, out _) ? StoredObjectKind.Page
        : ManifestName.TryParse(name, out _) ? StoredObjectKind.Manifest
        : StoredObjectKind.Other;

    private static bool TryParse(string name, out PartitionId partition)
    {
        if (SegmentName.TryParse(name, out SegmentName segment))
        {
            partition = segment.Partition;
            return true;
        }

        if (PageName.TryParse(name, out PageName page))
        {
            partition = page.Partition;
            return true;
        }

        return ManifestName.TryParse(name, out partition);
    }
}
