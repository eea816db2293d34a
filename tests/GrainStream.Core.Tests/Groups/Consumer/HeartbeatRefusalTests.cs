using GrainStream.Core.Groups;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;

namespace GrainStream.Core.Tests.Groups.Consumer;

/// <summary>What a ConsumerGroupHeartbeat is refused for, with which error and which words.</summary>
public sealed class HeartbeatRefusalTests
{
    public static TheoryData<string, Action<ConsumerGroupHeartbeatRequest>, short, ErrorCode, string> Refusals => new()
    {
        { "no group", request => request.GroupId = "", 1, ErrorCode.InvalidRequest, "GroupId must not be empty" },
        { "empty instance", request => request.InstanceId = "", 1, ErrorCode.InvalidRequest, "InstanceId must not be empty" },
        { "empty rack", request => request.RackId = "", 1, ErrorCode.InvalidRequest, "RackId must not be empty" },
        { "join without id", request => request.MemberId = "", 1, ErrorCode.InvalidRequest, "MemberId must not be empty: from version 1" },
        { "join without time-out", request => request.RebalanceTimeoutMs = -1, 1, ErrorCode.InvalidRequest, "RebalanceTimeoutMs must be given" },
        { "join with partitions", request => request.Partitions = [new() { Partitions = [1] }], 1, ErrorCode.InvalidRequest, "TopicPartitions must be given and empty" },
        { "join with no word of partitions", request => request.Partitions = null, 1, ErrorCode.InvalidRequest, "TopicPartitions must be given and empty" },
        { "join without subscription", request => request.SubscribedTopicNames = null, 1, ErrorCode.InvalidRequest, "SubscribedTopicNames or SubscribedTopicRegex" },
        { "beat without id", request => (request.MemberEpoch, request.MemberId) = (3, ""), 0, ErrorCode.InvalidRequest, "MemberId must not be empty" },
        { "leave without id", request => (request.MemberEpoch, request.MemberId) = (-1, ""), 0, ErrorCode.InvalidRequest, "MemberId must not be empty" },
        { "pause of a dynamic member", request => request.MemberEpoch = -2, 1, ErrorCode.InvalidRequest, "MemberEpoch -2 is for static members" },
        { "no such epoch", request => request.MemberEpoch = -3, 1, ErrorCode.InvalidRequest, "MemberEpoch -3 means nothing" },
        { "unknown assignor", request => request.ServerAssignor = "sticky", 1, ErrorCode.UnsupportedAssignor, "Choose one of uniform, range" },
        { "broken regex", request => request.SubscribedTopicRegex = "a(b", 1, ErrorCode.InvalidRegularExpression, "SubscribedTopicRegex 'a(b' cannot be used" },
        { "regex with look-ahead", request => request.SubscribedTopicRegex = "(?=a)b", 1, ErrorCode.InvalidRegularExpression, "not part of RE2's syntax" },
        { "epoch of nobody", request => request.MemberEpoch = 4, 1, ErrorCode.UnknownMemberId, "Member m is not a member of group g" },
        { "leave of nobody", request => request.MemberEpoch = -1, 1, ErrorCode.UnknownMemberId, "Member m is not a member of group g" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void A_heartbeat_that_cannot_be_served_is_refused_in_clear_words(
        string what, Action<ConsumerGroupHeartbeatRequest> spoil, short version, ErrorCode error, string words)
    {
        var host = new GroupHost();
        Send(host, NewJoin("first"), 1);
        int events = host.Log.Count;
        ConsumerGroupHeartbeatRequest request = NewJoin("m");
        spoil(request);
        ConsumerGroupHeartbeatResponse response = Send(host, request, version);

        Assert.True(error == response.ErrorCode, $"{what}: {response.ErrorCode} {response.ErrorMessage}");
        Assert.Contains(words, response.ErrorMessage!, StringComparison.Ordinal);
        Assert.Null(response.MemberId);
        Assert.Equal(events, host.Log.Count);
    }

    [Fact]
    public void A_group_that_is_not_one_of_the_consumer_protocol_takes_no_heartbeats_but_joins()
    {
        ConsumerGroupHeartbeatRequest request = NewJoin("m");
        request.MemberEpoch = 2;

        Assert.Equal(ErrorCode.UnknownMemberId, Send(new GroupHost(), request, 1).ErrorCode);
    }

    [Fact]
    public void A_group_with_members_cannot_be_deleted_and_a_deleted_one_takes_nobody()
    {
        var host = new GroupHost();
        Send(host, NewJoin("m"), 1);
        ErrorCode first = ErrorCode.None;
        host.Do(step => host.Group.Delete(step, error => first = error));
        ConsumerGroupHeartbeatRequest leave = NewJoin("m");
        leave.MemberEpoch = -1;
        Send(host, leave, 1);
        ErrorCode second = ErrorCode.UnknownServerError;
        host.Do(step => host.Group.Delete(step, error => second = error));

        Assert.Equal(ErrorCode.NonEmptyGroup, first);
        Assert.Equal(ErrorCode.None, second);
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, Send(host, NewJoin("m"), 1).ErrorCode);
    }

    private static ConsumerGroupHeartbeatRequest NewJoin(string member) =>
        new() { GroupId = "g", MemberId = member, RebalanceTimeoutMs = 1000, SubscribedTopicNames = ["orders"], Partitions = [] };

    private static ConsumerGroupHeartbeatResponse Send(GroupHost host, ConsumerGroupHeartbeatRequest request, short version)
    {
        ConsumerGroupHeartbeatResponse? response = null;
        host.Do(step => host.Group.ConsumerHeartbeat(step, request, new GroupClient("c", "/1", version), answer => response = answer));
        return response!;
    }
}
