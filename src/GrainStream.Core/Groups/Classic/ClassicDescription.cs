using GrainStream.Protocol;
using GrainStream.Protocol.Messages;

namespace GrainStream.Core.Groups.Classic;

/// <summary>Answers of DescribeGroups.</summary>
public static class ClassicDescription
{
    private const short FirstVersionWithNotFound = 6;

    /// <summary>For a group that is not there: GROUP_ID_NOT_FOUND from version 6 on (KIP-1043), a dead group before.</summary>
    public static DescribeGroupsResponse.DescribedGroup NotFound(string groupId, short version, string? reason = null) =>
        version < FirstVersionWithNotFound
            ? new() { GroupId = groupId, GroupState = nameof(GroupState.Dead) }
            : new()
            {
                GroupId = groupId,
                GroupState = nameof(GroupState.Dead),
                ErrorCode = ErrorCode.GroupIdNotFound,
                ErrorMessage = $"Group {groupId} is not a classic group.{(reason is null ? "" : $" {reason}")}",
            };
}
