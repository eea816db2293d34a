namespace GrainStream.Client.Tests;

/// <summary>One broker for the tests of a class, which use topics of their own.</summary>
public sealed class ClusterFixture : IAsyncLifetime
{
    internal EmbeddedCluster Cluster { get; private set; } = null!;

    public async Task InitializeAsync() => Cluster = await EmbeddedCluster.StartAsync("group.initial.rebalance.delay.ms=0");

    public async Task DisposeAsync() => await Cluster.DisposeAsync();
}
