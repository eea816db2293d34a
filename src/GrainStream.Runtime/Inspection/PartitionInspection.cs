using GrainStream.Core.Log.Tiering;
using GrainStream.Protocol;
using GrainStream.Runtime.Ports;

namespace GrainStream.Runtime.Inspection;

/// <summary>
/// Verifies everything that the object store holds of a partition: every byte of every segment, that they continue each other from the log start to the end,
/// and which objects are missing or not named by anything.
/// </summary>
public static class PartitionInspection
{
    /// <summary>Verifies a partition.</summary>
    /// <param name="store">Where its objects are.</param>
    /// <param name="partition">The partition. Nobody should change it meanwhile: what is being replaced would look missing.</param>
    /// <param name="progress">Shown the report of each segment; null for none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StorageUnavailableException">The store does not answer.</exception>
    public static async ValueTask<PartitionReport> VerifyAsync(
        IObjectReader store, PartitionId partition, Action<SegmentReport>? progress, CancellationToken cancellationToken)
    {
        ManifestReport head = await ManifestInspection.InspectAsync(store, partition, cancellationToken);
        var faults = new List<InspectionFault>(head.Faults);
        var named = new HashSet<string>(StringComparer.Ordinal) { head.Name };
        named.UnionWith((head.Manifest?.Pages ?? []).Select(page => PageName.Of(partition, page).ToString()));
        long segments = 0;
        long dataBytes = 0;
        long records = 0;
        foreach (SegmentEntry entry in head.Segments)
        {
            string name = SegmentName.Of(partition, entry).ToString();
            named.Add(name);
            SegmentReport report = await SegmentInspection.InspectAsync(store, name, entry, null, cancellationToken);
            progress?.Invoke(report);
            faults.AddRange(report.Faults);
            segments++;
            dataBytes += entry.DataLength;
            records += report.Records;
            CheckGaps(head.Manifest!, entry, report, faults);
        }

        CheckCoverage(head, faults);
        if (head.Manifest is { } manifest && head.Faults.Count == 0 && dataBytes != manifest.DataBytes)
        {
            faults.Add(new InspectionFault(head.Name, 0, $"the segments hold {dataBytes} bytes of batches; the manifest says {manifest.DataBytes}"));
        }

        return new PartitionReport(
            partition, head.Manifest, segments, dataBytes, records, await FindUnreferencedAsync(store, partition, named, cancellationToken), faults);
    }

    /// <summary>Compaction takes records out; where it has not been, every offset has one.</summary>
    private static void CheckGaps(Manifest manifest, in SegmentEntry entry, SegmentReport report, List<InspectionFault> faults)
    {
        if (report.Faults.Count == 0 && entry.BaseOffset >= manifest.CleanedEnd && report.Records != entry.EndOffset - entry.BaseOffset)
        {
            faults.Add(new InspectionFault(
                report.Name, 0, $"there are {report.Records} records for the offsets [{entry.BaseOffset}, {entry.EndOffset}), which were never compacted"));
        }
    }

    /// <summary>The codecs check head and pages each by itself; here the whole: no gap from S to T, across pages that cannot be read too.</summary>
    private static void CheckCoverage(ManifestReport head, List<InspectionFault> faults)
    {
        if (head.Manifest is not { } manifest)
        {
            return;
        }

        Offset next = manifest.LogStart;
        foreach (SegmentEntry entry in head.Segments)
        {
            if (entry.BaseOffset > next)
            {
                faults.Add(new InspectionFault(head.Name, 0, $"offsets [{next}, {entry.BaseOffset}) lie in no segment that can be found"));
            }

            next = entry.EndOffset;
        }

        if (next < manifest.End)
        {
            faults.Add(new InspectionFault(head.Name, 0, $"offsets [{next}, {manifest.End}) lie in no segment that can be found"));
        }
    }

    private static async ValueTask<List<string>> FindUnreferencedAsync(
        IObjectReader store, PartitionId partition, HashSet<string> named, CancellationToken cancellationToken)
    {
        var unreferenced = new List<string>();
        string? continuation = null;
        do
        {
            ObjectPage page = await store.ListAsync(PartitionFolder.Of(partition), byFolder: false, continuation, cancellationToken);
            unreferenced.AddRange(page.Objects.Select(found => found.Name).Where(name => !named.Contains(name)));
            continuation = page.Continuation;
        }
        while (continuation is not null);

        return unreferenced;
    }
}
