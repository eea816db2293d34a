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
    /// <summary>An object of a topic that no catalogue has ever heard of: not this node's to delete.</summary>
    public static readonly string OfUnknownTopic =
        new SegmentName(new PartitionId(new TopicId(Guid.Parse("00000000-0000-4000-8000-0000000000aa")), 0), new Offset(0), new LeaderEpoch(0), 80).ToString();

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

        Assert.Equal(named, store.Names.Where(static name => name != OfUnknownTopic));
    }
}
