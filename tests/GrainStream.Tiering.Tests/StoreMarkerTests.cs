using System.Text;
using GrainStream.Runtime.Ports;
using GrainStream.Runtime.Tiering;
using GrainStream.TestKit.Objects;

namespace GrainStream.Tiering.Tests;

public sealed class StoreMarkerTests
{
    private readonly MemoryObjectStore _store = new();

    [Fact]
    public async Task A_new_store_is_marked_and_belongs_to_the_cluster_ever_after()
    {
        await new StoreMarker(_store, "ours").ClaimAsync(CancellationToken.None);
        await new StoreMarker(_store, "ours").ClaimAsync(CancellationToken.None);
        FencedException refused = await Assert.ThrowsAsync<FencedException>(() => new StoreMarker(_store, "theirs").ClaimAsync(CancellationToken.None));
        Assert.Contains("belongs to the cluster 'ours'", refused.Message, StringComparison.Ordinal);
        Assert.Equal(["cluster"], _store.Names);
    }

    [Fact]
    public async Task An_answer_that_got_lost_does_not_matter()
    {
        var faulty = new FaultyObjectStore(_store, TimeProvider.System).FaultAt(2, StoreFault.FencedByOwnRetry);
        await new StoreMarker(faulty, "ours").ClaimAsync(CancellationToken.None);
        Assert.Single(faulty.Fired);
    }

    [Theory]
    [InlineData("")]
    [InlineData("ours")]
    [InlineData("{}")]
    [InlineData("{ \"format\": 2, \"clusterId\": \"ours\" }")]
    [InlineData("{ \"format\": 1, \"clusterId\": 7 }")]
    public async Task A_marker_that_says_nothing_stops_the_start(string content)
    {
        await _store.PutAsync(StoreMarker.Name, Encoding.ASCII.GetBytes(content), null, CancellationToken.None);
        await Assert.ThrowsAsync<CorruptDataException>(() => new StoreMarker(_store, "ours").ClaimAsync(CancellationToken.None));
    }
}
