namespace GrainStream.Core.Groups.Events;

/// <summary>Types of group events. Values are on disk: never changed, never reused. 1 to 19 are the classic protocol's and the offsets', 20 to 39 the consumer protocol's.</summary>
public enum GroupEventType : short
{
    GroupReset = 1,
    ClassicGenerationStarted = 2,
    ClassicGenerationFormed = 3,
    StaticMemberReplaced = 4,
    OffsetsCommitted = 5,
    OffsetsRemoved = 6,
    ConsumerMemberChanged = 20,
    ConsumerMemberRemoved = 21,
    ConsumerMemberReplaced = 22,
    ConsumerGroupEpochBumped = 23,
    ConsumerTargetAssigned = 24,
    ConsumerMemberReconciled = 25,
}
