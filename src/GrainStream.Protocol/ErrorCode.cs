namespace GrainStream.Protocol;

/// <summary>Outcome of a request or of one part of it, as the wire carries it (Kafka 4.3's list).</summary>
public enum ErrorCode : short
{
    /// <summary>The broker failed in a way no other code describes.</summary>
    UnknownServerError = -1,

    None = 0,

    /// <summary>The offset lies outside what the partition holds.</summary>
    OffsetOutOfRange = 1,

    /// <summary>Checksum, length or layout of a batch is wrong.</summary>
    CorruptMessage = 2,

    UnknownTopicOrPartition = 3,
    InvalidFetchSize = 4,

    /// <summary>No leader yet, for instance of a topic being created; clients retry.</summary>
    LeaderNotAvailable = 5,

    /// <summary>This broker does not serve the partition; clients refresh their metadata.</summary>
    NotLeaderOrFollower = 6,

    RequestTimedOut = 7,
    BrokerNotAvailable = 8,
    ReplicaNotAvailable = 9,

    /// <summary>A batch exceeds <c>max.message.bytes</c>.</summary>
    MessageTooLarge = 10,

    StaleControllerEpoch = 11,
    OffsetMetadataTooLarge = 12,

    /// <summary>Used by clients only: the connection ended before the answer.</summary>
    NetworkException = 13,

    CoordinatorLoadInProgress = 14,
    CoordinatorNotAvailable = 15,
    NotCoordinator = 16,

    /// <summary>The topic name breaks the naming rules, or may not be used this way (INVALID_TOPIC_EXCEPTION).</summary>
    InvalidTopic = 17,

    /// <summary>A batch exceeds the segment size.</summary>
    RecordListTooLarge = 18,

    /// <summary>Refused: fewer in-sync replicas than <c>min.insync.replicas</c>.</summary>
    NotEnoughReplicas = 19,

    /// <summary>Written, but not on enough replicas in time.</summary>
    NotEnoughReplicasAfterAppend = 20,

    /// <summary><c>acks</c> is none of -1, 0, 1.</summary>
    InvalidRequiredAcks = 21,

    IllegalGeneration = 22,

    /// <summary>The member shares no protocol with the other members, or offers none.</summary>
    InconsistentGroupProtocol = 23,

    InvalidGroupId = 24,
    UnknownMemberId = 25,
    InvalidSessionTimeout = 26,
    RebalanceInProgress = 27,
    InvalidCommitOffsetSize = 28,
    TopicAuthorizationFailed = 29,
    GroupAuthorizationFailed = 30,
    ClusterAuthorizationFailed = 31,

    /// <summary>A record's timestamp is further from now than the topic allows.</summary>
    InvalidTimestamp = 32,

    UnsupportedSaslMechanism = 33,
    IllegalSaslState = 34,

    /// <summary>The broker does not know this version of the request.</summary>
    UnsupportedVersion = 35,

    TopicAlreadyExists = 36,
    InvalidPartitions = 37,
    InvalidReplicationFactor = 38,
    InvalidReplicaAssignment = 39,
    InvalidConfig = 40,
    NotController = 41,

    /// <summary>The request contradicts itself or breaks the protocol.</summary>
    InvalidRequest = 42,

    UnsupportedForMessageFormat = 43,
    PolicyViolation = 44,

    /// <summary>An idempotent producer skipped a sequence number.</summary>
    OutOfOrderSequenceNumber = 45,

    /// <summary>An idempotent producer repeated a sequence older than the broker remembers.</summary>
    DuplicateSequenceNumber = 46,

    /// <summary>The producer's epoch is older than the latest seen; it has been fenced.</summary>
    InvalidProducerEpoch = 47,

    InvalidTxnState = 48,

    /// <summary>The producer id is not the one assigned to the transactional id.</summary>
    InvalidProducerIdMapping = 49,

    InvalidTransactionTimeout = 50,

    /// <summary>An earlier operation of the same transactional id is still under way; clients retry.</summary>
    ConcurrentTransactions = 51,

    TransactionCoordinatorFenced = 52,
    TransactionalIdAuthorizationFailed = 53,
    SecurityDisabled = 54,

    /// <summary>Another part of the same request failed first.</summary>
    OperationNotAttempted = 55,

    /// <summary>The log cannot be written or read: a disk fault, or no space.</summary>
    KafkaStorageError = 56,

    LogDirNotFound = 57,
    SaslAuthenticationFailed = 58,

    /// <summary>The broker holds no state of this producer any more.</summary>
    UnknownProducerId = 59,

    ReassignmentInProgress = 60,
    DelegationTokenAuthDisabled = 61,
    DelegationTokenNotFound = 62,
    DelegationTokenOwnerMismatch = 63,
    DelegationTokenRequestNotAllowed = 64,
    DelegationTokenAuthorizationFailed = 65,
    DelegationTokenExpired = 66,
    InvalidPrincipalType = 67,
    NonEmptyGroup = 68,
    GroupIdNotFound = 69,
    FetchSessionIdNotFound = 70,
    InvalidFetchSessionEpoch = 71,
    ListenerNotFound = 72,
    TopicDeletionDisabled = 73,

    /// <summary>The leader epoch in the request is older than the broker's.</summary>
    FencedLeaderEpoch = 74,

    /// <summary>The leader epoch in the request is newer than the broker's.</summary>
    UnknownLeaderEpoch = 75,

    UnsupportedCompressionType = 76,
    StaleBrokerEpoch = 77,

    /// <summary>A new leader does not know its high watermark yet; clients retry.</summary>
    OffsetNotAvailable = 78,

    /// <summary>Join again with the member id given in the response.</summary>
    MemberIdRequired = 79,

    PreferredLeaderNotAvailable = 80,
    GroupMaxSizeReached = 81,

    /// <summary>Another member has registered with the same <c>group.instance.id</c>.</summary>
    FencedInstanceId = 82,

    EligibleLeadersNotAvailable = 83,
    ElectionNotNeeded = 84,
    NoReassignmentInProgress = 85,
    GroupSubscribedToTopic = 86,

    /// <summary>A record breaks a rule of the broker or topic, for instance has no key in a compacted topic.</summary>
    InvalidRecord = 87,

    /// <summary>Offsets are part of a transaction that has not ended.</summary>
    UnstableOffsetCommit = 88,

    ThrottlingQuotaExceeded = 89,

    /// <summary>A newer producer with the same transactional id has taken over.</summary>
    ProducerFenced = 90,

    ResourceNotFound = 91,

    /// <summary>The request names the same resource twice.</summary>
    DuplicateResource = 92,

    UnacceptableCredential = 93,
    InconsistentVoterSet = 94,
    InvalidUpdateVersion = 95,
    FeatureUpdateFailed = 96,
    PrincipalDeserializationFailure = 97,
    SnapshotNotFound = 98,
    PositionOutOfRange = 99,
    UnknownTopicId = 100,
    DuplicateBrokerRegistration = 101,
    BrokerIdNotRegistered = 102,

    /// <summary>The topic id differs from the id of the topic's log.</summary>
    InconsistentTopicId = 103,

    InconsistentClusterId = 104,
    TransactionalIdNotFound = 105,

    /// <summary>A fetch session mixes topic ids and names.</summary>
    FetchSessionTopicIdError = 106,

    IneligibleReplica = 107,
    NewLeaderElected = 108,

    /// <summary>Sent to follower replicas only: fetch from remote storage instead.</summary>
    OffsetMovedToTieredStorage = 109,

    /// <summary>The member must give up its partitions and join again.</summary>
    FencedMemberEpoch = 110,

    UnreleasedInstanceId = 111,
    UnsupportedAssignor = 112,
    StaleMemberEpoch = 113,

    /// <summary>A broker's request was sent to a controller, or the other way round.</summary>
    MismatchedEndpointType = 114,

    UnsupportedEndpointType = 115,
    UnknownControllerId = 116,

    /// <summary>A telemetry push names an unknown or outdated subscription.</summary>
    UnknownSubscriptionId = 117,

    TelemetryTooLarge = 118,
    InvalidRegistration = 119,

    /// <summary>The transaction must be aborted; the transactional id stays usable (KIP-890).</summary>
    TransactionAbortable = 120,

    /// <summary>A share group member acknowledged a record it does not hold.</summary>
    InvalidRecordState = 121,

    ShareSessionNotFound = 122,
    InvalidShareSessionEpoch = 123,

    /// <summary>The share coordinator has a newer state epoch.</summary>
    FencedStateEpoch = 124,

    InvalidVoterKey = 125,
    DuplicateVoter = 126,
    VoterNotFound = 127,
    InvalidRegularExpression = 128,

    /// <summary>The client must start again from its bootstrap servers (KIP-1102).</summary>
    RebootstrapRequired = 129,

    StreamsInvalidTopology = 130,
    StreamsInvalidTopologyEpoch = 131,
    StreamsTopologyFenced = 132,
    ShareSessionLimitReached = 133,
}
