using GrainStream.Core.Log.Tiering;
using GrainStream.Protocol;
using GrainStream.Runtime.Ports;
using GrainStream.Runtime.Tiering;

namespace GrainStream.Runtime.Inspection;

/// <summary>Reads a partition's manifest and its pages for people: says what is wrong instead of failing.</summary>
public static class ManifestInspection
{
    /// <summary>Reads head and pages.</summary>
    /// <exception cref="StorageUnavailableException">The store does not answer.</exception>
    public static async ValueTask<ManifestReport> InspectAsync(IObjectReader store, PartitionId partition, CancellationToken cancellationToken)
    {
        string name = ManifestName.Of(partition);
        var faults = new List<InspectionFault>();
        var pages = new List<ManifestPage>();
        Manifest? manifest = null;
        if (await StoredObjects.ReadWholeAsync(store, name, cancellationToken) is not { } head)
        {
            faults.Add(new InspectionFault(name, 0, "there is no such object"));
        }
        else if (!ManifestCodec.TryDecode(head.Content, partition, out manifest, out StoredFault fault))
        {
            faults.Add(new InspectionFault(name, fault.Position, fault.Reason));
        }

        foreach (PageRef reference in manifest?.Pages ?? [])
        {
            string pageName = PageName.Of(partition, reference).ToString();
            byte[]? content = await StoredObjects.ReadWholeAsync(store, pageName, ManifestPageCodec.SizeOf(reference), cancellationToken);
            if (content is null)
            {
                faults.Add(new InspectionFault(pageName, 0, "the manifest names this page, and there is no such object"));
            }
            else if (ManifestPageCodec.TryDecode(content, partition, reference, out ManifestPage? page, out StoredFault fault))
            {
                pages.Add(page);
            }
            else
            {
                faults.Add(new InspectionFault(pageName, fault.Position, fault.Reason));
            }
        }

        return new ManifestReport(name, manifest, pages, faults);
    }
}
