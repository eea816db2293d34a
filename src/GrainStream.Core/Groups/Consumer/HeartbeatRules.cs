using GrainStream.Core.Groups.Consumer.Assignors;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;

namespace GrainStream.Core.Groups.Consumer;

/// <summary>What must be true of a ConsumerGroupHeartbeat by itself.</summary>
internal static class HeartbeatRules
{
    /// <summary>Member epoch of who joins.</summary>
    public const int Join = 0;

    /// <summary>Member epoch of who leaves.</summary>
    public const int Leave = -1;

    /// <summary>Member epoch of a static member that leaves for a while.</summary>
    public const int LeaveForAWhile = -2;

    /// <summary>From here on the client makes its own member id (KIP-1082).</summary>
    private const short FirstVersionWithOwnId = 1;

    /// <summary>What is wrong with the request; null if nothing.</summary>
    public static Refusal? Check(ConsumerGroupHeartbeatRequest request, short version, GroupConfig config)
    {
        string? wrong =
            request.GroupId.Length == 0 ? "GroupId must not be empty: give the consumer a group.id."
            : request.InstanceId is { Length: 0 } ? "InstanceId must not be empty: leave group.instance.id out, or give it a value."
            : request.RackId is { Length: 0 } ? "RackId must not be empty: leave client.rack out, or give it a value."
            : request.MemberEpoch switch
            {
                Join => WrongWithJoin(request, version),
                > 0 or Leave => WrongWithMemberId(request),
                LeaveForAWhile => WrongWithMemberId(request)
                    ?? (request.InstanceId is null ? "MemberEpoch -2 is for static members: send the InstanceId, or leave with -1." : null),
                _ => $"MemberEpoch {request.MemberEpoch} means nothing: join with 0, leave with -1 or -2, otherwise send the epoch last received.",
            };
        return wrong is not null ? new Refusal(ErrorCode.InvalidRequest, wrong) : CheckAssignor(request, config) ?? CheckPattern(request);
    }

    private static string? WrongWithMemberId(ConsumerGroupHeartbeatRequest request) => request.MemberId.Length == 0 ? "MemberId must not be empty." : null;

    private static string? WrongWithJoin(ConsumerGroupHeartbeatRequest request, short version) =>
        version >= FirstVersionWithOwnId && request.MemberId.Length == 0 ? "MemberId must not be empty: from version 1 on the member makes its own id."
        : request.RebalanceTimeoutMs < 0 ? "RebalanceTimeoutMs must be given when joining."
        : request.Partitions is not { Length: 0 } ? "TopicPartitions must be given and empty when joining: a member that joins owns nothing."
        : request.SubscribedTopicNames is null && request.SubscribedTopicRegex is null ? "SubscribedTopicNames or SubscribedTopicRegex must be given when joining."
        : null;

    private static Refusal? CheckAssignor(ConsumerGroupHeartbeatRequest request, GroupConfig config) =>
        request.ServerAssignor is null || (config.ConsumerAssignors.Contains(request.ServerAssignor) && Assignor.TryFind(request.ServerAssignor, out _))
            ? null
            : new Refusal(
                ErrorCode.UnsupportedAssignor, $"There is no assignor {request.ServerAssignor}. Choose one of {string.Join(", ", config.ConsumerAssignors)}.");

    private static Refusal? CheckPattern(ConsumerGroupHeartbeatRequest request) =>
        string.IsNullOrEmpty(request.SubscribedTopicRegex) || TopicPattern.TryParse(request.SubscribedTopicRegex, out _, out string? error)
            ? null
            : new Refusal(ErrorCode.InvalidRegularExpression, $"SubscribedTopicRegex '{request.SubscribedTopicRegex}' cannot be used: {error}.");
}
