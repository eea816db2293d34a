using GrainStream.Core.Groups;
using GrainStream.Protocol.Wire;

namespace GrainStream.Core.Tests.Groups.Consumer;

/// <summary>Whether what is stored is all there is.</summary>
internal static class ConsumerState
{
    /// <summary>The log's bytes give the same group, and so does a snapshot: also where a snapshot would leave the same out each time.</summary>
    public static void AssertDurable(GroupHost host)
    {
        Assert.Equal(GroupHost.Snapshot(host.Group), GroupHost.Snapshot(host.Replay(host.Log)));
        Group restored = host.Replay(host.Group.Snapshot().Select(GroupHost.Encode));
        Assert.Equal(Describe(host, host.Group), Describe(host, restored));
        Assert.Equal(host.Group.Type, restored.Type);
    }

    private static byte[] Describe(GroupHost host, Group group)
    {
        var step = new GroupStep(group, host.Now, host.Clock, host.Config, host.Topics, Guid.NewGuid);
        using var writer = new KafkaWriter();
        new Protocol.Messages.ConsumerGroupDescribeResponse { Groups = [group.DescribeConsumer(step, version: 1)] }.Write(writer, 1);
        return writer.WrittenSpan.ToArray();
    }
}
