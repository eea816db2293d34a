using System.Globalization;
using System.Text;
using GrainStream.Protocol;

namespace GrainStream.Client.Errors;

/// <summary>What error codes are called, mean, and ask for.</summary>
public static class ErrorCodes
{
    /// <summary>The name Kafka's documentation uses, such as <c>UNKNOWN_TOPIC_OR_PARTITION</c>.</summary>
    public static string Name(ErrorCode error)
    {
        if (!Enum.IsDefined(error))
        {
            return string.Create(CultureInfo.InvariantCulture, $"error {(short)error}");
        }

        if (error == ErrorCode.InvalidTopic)
        {
            return "INVALID_TOPIC_EXCEPTION";
        }

        StringBuilder name = new();
        foreach (char character in error.ToString())
        {
            if (char.IsUpper(character) && name.Length > 0)
            {
                name.Append('_');
            }

            name.Append(char.ToUpperInvariant(character));
        }

        return name.ToString();
    }

    /// <summary>Whether the same request may succeed later; Kafka's clients retry the same ones.</summary>
    public static bool IsRetriable(ErrorCode error) => error is
        ErrorCode.CorruptMessage or ErrorCode.UnknownTopicOrPartition or ErrorCode.LeaderNotAvailable or ErrorCode.NotLeaderOrFollower
        or ErrorCode.RequestTimedOut or ErrorCode.ReplicaNotAvailable or ErrorCode.NetworkException or ErrorCode.CoordinatorLoadInProgress
        or ErrorCode.CoordinatorNotAvailable or ErrorCode.NotCoordinator or ErrorCode.NotEnoughReplicas or ErrorCode.NotEnoughReplicasAfterAppend
        or ErrorCode.NotController or ErrorCode.ConcurrentTransactions or ErrorCode.KafkaStorageError or ErrorCode.FetchSessionIdNotFound
        or ErrorCode.InvalidFetchSessionEpoch or ErrorCode.ListenerNotFound or ErrorCode.FencedLeaderEpoch or ErrorCode.UnknownLeaderEpoch
        or ErrorCode.OffsetNotAvailable or ErrorCode.PreferredLeaderNotAvailable or ErrorCode.EligibleLeadersNotAvailable
        or ErrorCode.UnstableOffsetCommit or ErrorCode.ThrottlingQuotaExceeded or ErrorCode.UnknownTopicId or ErrorCode.InconsistentTopicId
        or ErrorCode.BrokerNotAvailable;

    /// <summary>A sentence that says what the error means.</summary>
    public static string Meaning(ErrorCode error) => error switch
    {
        ErrorCode.UnknownServerError => "The broker failed in a way it has no code for.",
        ErrorCode.OffsetOutOfRange => "The offset lies outside what the partition holds.",
        ErrorCode.CorruptMessage => "A record batch arrived damaged.",
        ErrorCode.UnknownTopicOrPartition => "The cluster has no such topic or partition.",
        ErrorCode.LeaderNotAvailable => "The partition has no leader at the moment.",
        ErrorCode.NotLeaderOrFollower => "The broker no longer leads the partition.",
        ErrorCode.RequestTimedOut => "The broker could not finish in time.",
        ErrorCode.MessageTooLarge => "The batch is larger than the topic's max.message.bytes.",
        ErrorCode.CoordinatorLoadInProgress => "The group's coordinator is still loading its state.",
        ErrorCode.CoordinatorNotAvailable => "The group's coordinator is not available.",
        ErrorCode.NotCoordinator => "The broker no longer coordinates the group.",
        ErrorCode.InvalidTopic => "The topic's name is not allowed, or the topic may not be used this way.",
        ErrorCode.NotEnoughReplicas or ErrorCode.NotEnoughReplicasAfterAppend => "Fewer replicas are in sync than min.insync.replicas asks for.",
        ErrorCode.IllegalGeneration => "The group has gone on to another generation without this member.",
        ErrorCode.InconsistentGroupProtocol => "The member shares no assignor or protocol with the group's other members.",
        ErrorCode.InvalidGroupId => "The group id is not allowed.",
        ErrorCode.UnknownMemberId => "The group does not know this member (any more).",
        ErrorCode.InvalidSessionTimeout => "The session time-out is outside what the broker allows.",
        ErrorCode.RebalanceInProgress => "The group is assigning partitions anew.",
        ErrorCode.TopicAuthorizationFailed or ErrorCode.GroupAuthorizationFailed or ErrorCode.ClusterAuthorizationFailed
            or ErrorCode.TransactionalIdAuthorizationFailed => "This client may not do that.",
        ErrorCode.UnsupportedVersion => "The broker does not know this version of the request.",
        ErrorCode.TopicAlreadyExists => "There is a topic of that name already.",
        ErrorCode.InvalidPartitions => "The number of partitions is not possible.",
        ErrorCode.InvalidReplicationFactor => "The replication factor is not possible with the brokers there are.",
        ErrorCode.InvalidConfig => "A setting is not known or its value is not allowed.",
        ErrorCode.InvalidRequest => "The request contradicts itself.",
        ErrorCode.OutOfOrderSequenceNumber => "The broker misses records that this producer sent before.",
        ErrorCode.InvalidProducerEpoch or ErrorCode.ProducerFenced => "Another producer has taken over this one's identity.",
        ErrorCode.KafkaStorageError => "The broker cannot read or write its storage.",
        ErrorCode.UnknownProducerId => "The broker has forgotten this producer.",
        ErrorCode.NonEmptyGroup => "The group has members.",
        ErrorCode.GroupIdNotFound => "There is no such group.",
        ErrorCode.FencedInstanceId => "Another member runs under the same group.instance.id.",
        ErrorCode.GroupSubscribedToTopic => "Members of the group are subscribed to the topic.",
        ErrorCode.InvalidRecord => "The broker refuses a record.",
        ErrorCode.GroupMaxSizeReached => "The group has as many members as it may.",
        ErrorCode.FencedMemberEpoch or ErrorCode.StaleMemberEpoch => "The member's epoch is not the group's.",
        ErrorCode.UnreleasedInstanceId => "Another member still holds this group.instance.id.",
        ErrorCode.UnsupportedAssignor => "The coordinator does not have this assignor.",
        ErrorCode.UnsupportedCompressionType => "The broker does not take this compression.",
        ErrorCode.OffsetMetadataTooLarge => "The note kept with an offset is too long.",
        ErrorCode.PolicyViolation => "A policy of the cluster forbids it.",
        _ => "",
    };

    /// <summary>A sentence that says what to do about it; null where that is plain or depends.</summary>
    public static string? Remedy(ErrorCode error) => error switch
    {
        ErrorCode.UnknownTopicOrPartition => "Check the name, or create the topic first.",
        ErrorCode.OffsetOutOfRange => "Records before the log start have been deleted; start from the earliest offset or another one that is there.",
        ErrorCode.MessageTooLarge => "Send smaller records or batches, compress them, or raise max.message.bytes of the topic.",
        ErrorCode.NotEnoughReplicas or ErrorCode.NotEnoughReplicasAfterAppend => "Bring the missing brokers back, or lower min.insync.replicas.",
        ErrorCode.InvalidSessionTimeout => "Choose one between group.min.session.timeout.ms and group.max.session.timeout.ms.",
        ErrorCode.NonEmptyGroup => "Stop its consumers first, or wait for their session time-outs.",
        ErrorCode.IllegalGeneration or ErrorCode.UnknownMemberId or ErrorCode.FencedMemberEpoch =>
            "It happens when processing takes longer than max.poll.interval.ms or the process stood still: process less at a time.",
        ErrorCode.FencedInstanceId or ErrorCode.UnreleasedInstanceId => "Give each running member a group.instance.id of its own.",
        ErrorCode.GroupSubscribedToTopic => "Stop its consumers first.",
        ErrorCode.TopicAuthorizationFailed or ErrorCode.GroupAuthorizationFailed or ErrorCode.ClusterAuthorizationFailed =>
            "Ask whoever runs the cluster for access.",
        ErrorCode.InvalidReplicationFactor => "Use -1 for the broker's default.",
        ErrorCode.KafkaStorageError => "Look at the broker's log.",
        _ => null,
    };
}
