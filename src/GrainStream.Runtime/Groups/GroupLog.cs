using GrainStream.Core.Groups;
using GrainStream.Runtime.Ports;
using Microsoft.Extensions.Logging;

namespace GrainStream.Runtime.Groups;

/// <summary>Log lines about groups, ids 1200-1299.</summary>
internal static partial class GroupLog
{
    [LoggerMessage(1200, LogLevel.Information, "Group {Group} created, log id {LogId}.")]
    public static partial void Created(ILogger logger, string group, Guid logId);

    [LoggerMessage(1201, LogLevel.Information, "Group {Group} (log id {LogId}) deleted.")]
    public static partial void Deleted(ILogger logger, string group, Guid logId);

    [LoggerMessage(1203, LogLevel.Critical,
        "Group {Group}: its machine failed in a way that must not happen. Requests under way are refused, and it is rebuilt from its log.")]
    public static partial void MachineFailed(ILogger logger, string group, Exception failure);

    [LoggerMessage(1204, LogLevel.Error,
        "Group {Group}: the journal does not take what has happened ({Status}). It is refused, and the group is rebuilt from its log.")]
    public static partial void EventsRefused(ILogger logger, string group, JournalAppendStatus status);

    [LoggerMessage(1205, LogLevel.Critical,
        "Group {Group} cannot be rebuilt from its log and is not available; others are. It is tried again when clients ask.")]
    public static partial void LoadFailed(ILogger logger, string group, Exception cause);

    [LoggerMessage(1206, LogLevel.Error, "The group {Group} could not be created: {Message}")]
    public static partial void CreateRefused(ILogger logger, string group, string message);

    [LoggerMessage(1207, LogLevel.Information, "{Groups} groups loaded in {ElapsedMs} ms; {Failed} of them are not available.")]
    public static partial void AllLoaded(ILogger logger, int groups, long elapsedMs, int failed);

    /// <summary>A rebalance in one line.</summary>
    public static void Rebalanced(ILogger logger, string group, Rebalance rebalance)
    {
        if (logger.IsEnabled(LogLevel.Information))
        {
            Rebalanced(logger, group, rebalance.Generation, rebalance.MemberCount, rebalance.Reason, rebalance.MovesText());
        }
    }

    [LoggerMessage(1202, LogLevel.Information, "Group {Group} is at generation {Generation} with {Members} members, because {Reason}: {Moves}.")]
    private static partial void Rebalanced(ILogger logger, string group, int generation, int members, string reason, string moves);
}
