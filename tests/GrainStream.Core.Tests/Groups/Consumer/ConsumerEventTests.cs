using System.Buffers;
using GrainStream.Core.Groups.Events;

namespace GrainStream.Core.Tests.Groups.Consumer;

/// <summary>The bytes of the consumer protocol's events: what was written once must be read for ever.</summary>
public sealed class ConsumerEventTests
{
    private static readonly Guid Topic = new("00112233-4455-6677-8899-aabbccddeeff");

    public static TheoryData<IGroupEvent, string> Fixtures => new()
    {
        {
            new ConsumerMemberChanged
            {
                MemberId = "m", InstanceId = "i", RackId = null, ClientId = "c", ClientHost = "/1", RebalanceTimeoutMs = 300_000, TopicNames = ["a", "b"], TopicPattern = "x.*",
                ServerAssignor = "range", ClassicSessionTimeoutMs = 10_000, ClassicProtocols = [new() { Name = "range", Metadata = [0, 1] }],
            },
            "00140000026D0269000263032F31000493E0030261026204782E2A0672616E676500002710020672616E67650300010000"
        },
        { new ConsumerMemberChanged { MemberId = "m", ClientId = "c", ClientHost = "/1", RebalanceTimeoutMs = 1, TopicNames = ["a"] }, "00140000026D00000263032F31000000010202610000FFFFFFFF0100" },
        { new ConsumerMemberRemoved { MemberId = "m" }, "00150000026D00" },
        { new ConsumerMemberReplaced { OldMemberId = "m", NewMemberId = "n" }, "00160000026D026E00" },
        { new ConsumerGroupEpochBumped { GroupEpoch = 7, AtMs = 1_700_000_000_000, TopicsDigest = -2 }, "00170000000000070000018BCFE56800FFFFFFFFFFFFFFFE00" },
        {
            new ConsumerTargetAssigned { AssignmentEpoch = 7, Members = [new() { MemberId = "m", Topics = [new() { TopicId = Topic, Partitions = [0, 2] }] }, new() { MemberId = "n" }] },
            "001800000000000703026D0200112233445566778899AABBCCDDEEFF0300000000000000020000026E010000"
        },
        {
            new ConsumerMemberReconciled
            {
                MemberId = "m", MemberEpoch = 7, PreviousMemberEpoch = 6, State = 1, Assigned = [new() { TopicId = Topic, Partitions = [0] }],
                PendingRevocation = [new() { TopicId = Topic, Partitions = [2] }],
            },
            "00190000026D0000000700000006010200112233445566778899AABBCCDDEEFF0200000000000200112233445566778899AABBCCDDEEFF02000000020000"
        },
        { new ConsumerMemberReconciled { MemberId = "m", MemberEpoch = -2, PreviousMemberEpoch = 6 }, "00190000026DFFFFFFFE0000000600010100" },
    };

    public static TheoryData<IGroupEvent> Contradictions =>
    [
        new ConsumerMemberChanged { MemberId = "" },
        new ConsumerMemberChanged { MemberId = "m", ClassicSessionTimeoutMs = 5 },
        new ConsumerMemberChanged { MemberId = "m", ClassicProtocols = [new() { Name = "range" }] },
        new ConsumerMemberChanged { MemberId = "m", TopicPattern = "" },
        new ConsumerMemberReplaced { OldMemberId = "m", NewMemberId = "m" },
        new ConsumerGroupEpochBumped { GroupEpoch = -1 },
        new ConsumerTargetAssigned { Members = [new() { MemberId = "m" }, new() { MemberId = "m" }] },
        new ConsumerTargetAssigned { Members = [new() { MemberId = "m", Topics = [new() { Partitions = [-1] }] }] },
        new ConsumerMemberReconciled { MemberId = "m", State = 3 },
        new ConsumerMemberReconciled { MemberId = "m", MemberEpoch = -3 },
    ];

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void An_event_has_the_bytes_it_always_had(IGroupEvent groupEvent, string bytes)
    {
        byte[] value = GroupHost.Encode(groupEvent);

        Assert.Equal(bytes, Convert.ToHexString(value));
        Assert.Equal(value, GroupHost.Encode(GroupHost.Decode(Convert.FromHexString(bytes))));
    }

    [Theory]
    [MemberData(nameof(Contradictions))]
    public void An_event_that_contradicts_itself_is_found_out(IGroupEvent groupEvent)
    {
        Assert.False(GroupEventCodec.TryDecode(new ReadOnlySequence<byte>(GroupHost.Encode(groupEvent)), out _, out string? error));
        Assert.Contains("contradicts itself", error, StringComparison.Ordinal);
    }
}
