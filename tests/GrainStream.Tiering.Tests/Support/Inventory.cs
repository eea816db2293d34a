using GrainStream.Core.Log.Tiering;
using GrainStream.Core.Topics;
using GrainStream.Protocol;
using GrainStream.Runtime.Tiering;
using GrainStream.TestKit.Objects;
using Microsoft.Extensions.Logging.Abstractions;

namespace GrainStream.Tiering.Tests.Support;

/// <summary>Compares what is in the store with what manifests name.</summary>
internal static class Inventory
{
    /// <summary>Every object is named by the manifest of a partition that there is.</summary>
    public static async Task AssertNothingUnnamedAsync(MemoryObjectStore store, TieredNode node)
    {
        var manifests = new ManifestStore(store, TimeProvider.System, NullLogger.Instance);
        var named = new SortedSet<string>(StringComparer.Ordinal) { "cluster" };
        foreach (Topic topic in node.Broker.Topics.Catalog.All)
        {
            for (int index = 0; index < topic.PartitionCount; index++)
            {
                var id = new PartitionId(topic.Id, index);
                if (await manifests.LoadAsync(id, CancellationToken.None) is not { } loaded)
                {
                    continue;
                }

                named.Add(ManifestName.Of(id));
                named.UnionWith(loaded.Manifest.Recent.Select(segment => SegmentName.Of(id, segment).ToString()));
                foreach (PageRef page in loaded.Manifest.Pages)
                {
                    named.Add(PageName.Of(id, page).ToString());
                    IReadOnlyList<ManifestPage> read = await manifests.ReadPagesAsync(id, [page], CancellationToken.None);
                    named.UnionWith(read[0].Segments.Where(segment => segment.EndOffset > loaded.Manifest.LogStart)
                        .Select(segment => SegmentName.Of(id, segment).ToString()));
                }
            }
        }

        Assert.Equal(named, store.Names);
    }
}
