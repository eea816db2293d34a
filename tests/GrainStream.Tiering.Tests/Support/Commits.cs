using GrainStream.Core.Groups.Offsets;
using GrainStream.Core.Topics;
using GrainStream.Protocol;

namespace GrainStream.Tiering.Tests.Support;

/// <summary>What groups do on a <see cref="TieredNode"/>: they keep offsets.</summary>
internal static class Commits
{
    /// <summary>Commits an offset, as a client that is no member.</summary>
    public static async Task<ErrorCode> CommitAsync(this TieredNode node, string group, string topic, int partition, long offset, string metadata = "")
    {
        if (!node.Broker.Topics.Catalog.TryFind(topic, out Topic? found))
        {
            return ErrorCode.UnknownTopicOrPartition;
        }

        node.History.Change(commits => commits.Sent((group, topic, partition), offset));
        var commit = new CommitOffsets("", -1, null, 8, null, [new OffsetToCommit(new PartitionId(found.Id, partition), new Offset(offset), -1, metadata)]);
        ErrorCode error = (await node.Broker.Groups.CommitAsync(group, commit))[0];
        if (error == ErrorCode.None)
        {
            node.History.Change(commits => commits.Acknowledged((group, topic, partition), offset));
        }

        return error;
    }

    /// <summary>Deletes a group.</summary>
    public static async Task DeleteGroupAsync(this TieredNode node, string group)
    {
        node.History.Change(commits => commits.MayBeDeleted(group));
        if (await node.Broker.Groups.DeleteAsync(group) == ErrorCode.None)
        {
            node.History.Change(commits => commits.Deleted(group));
        }
    }

    /// <summary>How far a group has come; -1 if nothing is known.</summary>
    public static async Task<long> CommittedAsync(this TieredNode node, string group, string topic, int partition)
    {
        Assert.True(node.Broker.Topics.Catalog.TryFind(topic, out Topic? found));
        FetchedOffsets fetched = await node.Broker.Groups.FetchOffsetsAsync(group, new FetchOffsets([new PartitionId(found.Id, partition)]));
        Assert.Equal(ErrorCode.None, fetched.Error);
        return fetched.Offsets[0].Committed?.Offset.Value ?? -1;
    }

    /// <summary>Compares all that groups have committed with the history.</summary>
    public static async Task CheckCommitsAsync(this TieredNode node)
    {
        foreach ((string Group, string Topic, int Partition) key in node.History.CommitKeys)
        {
            long found = await node.CommittedAsync(key.Group, key.Topic, key.Partition);
            node.History.Change(commits => commits.Check(key, found));
        }
    }
}
