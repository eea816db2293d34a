using GrainStream.Core;
using GrainStream.Core.Log;
using GrainStream.Core.Log.Tiering;
using GrainStream.Core.Topics.Configs;
using GrainStream.Protocol;
using GrainStream.Runtime.Partitions;
using GrainStream.Runtime.Topics;

namespace GrainStream.Runtime.Tiering;

/// <summary>
/// Looks over a node's partitions and has those uploaded whose time has come. It looks whenever producers have appended enough for that to matter and when
/// the next partition comes of age: an idle node is not looked over. One loop calls it.
/// </summary>
internal sealed class UploadPlanner(TierServices services, PartitionTiers tiers, Uploader uploader, TierOperations operations, Action uploaded)
{
    /// <summary>Rates are taken over at least this long, so that one burst is not a rate.</summary>
    private static readonly TimeSpan RateWindow = TimeSpan.FromMilliseconds(500);

    private readonly UploadPolicy _policy = new()
    {
        MaxSegmentBytes = services.Options.MaxSegmentBytes,
        MemoryBytes = services.Options.JournalMemoryBytes,
    };

    private readonly List<Waiting> _waiting = [];
    private long _windowStart = services.Time.GetTimestamp();
    private long _windowBytes;
    private double _bytesPerSecond;

    /// <summary>Looks at every partition once and queues uploads.</summary>
    /// <param name="acceptedBytes">Bytes that producers have appended since the last call.</param>
    /// <returns>When to look again, at the latest; <see cref="long.MaxValue"/> if nothing waits for a time.</returns>
    public Timestamp Plan(long acceptedBytes)
    {
        Measure(acceptedBytes);
        Timestamp now = services.Now;
        long nextLook = long.MaxValue;
        long untiered = 0;
        _waiting.Clear();
        foreach (HostedTopic topic in tiers.Topics)
        {
            foreach (Partition partition in topic.Partitions)
            {
                if (partition.Log.TailBytes == 0 || partition.Status != PartitionStatus.Open)
                {
                    continue;
                }

                PartitionTier tier = tiers.Of(partition);
                if (!tier.IsUploadQueued)
                {
                    untiered += partition.Log.TailBytes;
                    _waiting.Add(new Waiting(tier, topic.Topic.Config, new UntieredTail(partition.Log.TailBytes, tier.WaitingSince(now))));
                }
            }
        }

        var load = new WriteLoad(_bytesPerSecond, untiered);
        foreach (Waiting waiting in _waiting)
        {
            if (waiting.Tier.IsResting(now))
            {
                nextLook = Math.Min(nextLook, waiting.Tier.RetryAt.UnixMs);
                continue;
            }

            UploadReason reason = _policy.Decide(waiting.Tail, waiting.Config.SegmentBytes, waiting.Config.SegmentMs, load, now);
            if (reason != UploadReason.None)
            {
                _ = UploadAsync(waiting.Tier, reason, _policy.TargetBytes(waiting.Config.SegmentBytes));
                continue;
            }

            long left = long.MaxValue - waiting.Tail.Since.UnixMs;
            nextLook = Math.Min(nextLook, waiting.Config.SegmentMs < left ? waiting.Tail.Since.UnixMs + waiting.Config.SegmentMs : long.MaxValue);
        }

        _waiting.Clear();
        return new Timestamp(nextLook);
    }

    /// <summary>Uploads what a partition has committed, in as many segments as it takes. An upload that is under way is waited for first.</summary>
    /// <param name="tier">The partition.</param>
    /// <param name="segmentBytes">Bytes of a segment, at most.</param>
    /// <param name="reason">Why, for people.</param>
    public Task<TierOutcome> UploadAllAsync(PartitionTier tier, long segmentBytes, string reason) => operations.RunAsync(
        tier,
        "upload",
        urgent: true,
        cancellationToken => uploader.UploadAsync(tier, new UploadOrder(tier.Log.HighWatermark, _policy.TargetBytes(segmentBytes), reason), cancellationToken));

    // Owned by the queue, which is waited for when the node stops; it answers for failures.
    private async Task UploadAsync(PartitionTier tier, UploadReason reason, long segmentBytes)
    {
        Offset planned = tier.Log.TieredEnd;
        tier.IsUploadQueued = true;
        try
        {
            // If another upload came first, what is left may have to wait for more; the next look decides.
            await operations.RunAsync(
                tier,
                "upload",
                urgent: reason != UploadReason.Age,
                cancellationToken => tier.Log.TieredEnd > planned
                    ? Task.CompletedTask
                    : uploader.UploadAsync(tier, OrderOf(tier, reason, segmentBytes), cancellationToken));
        }
        finally
        {
            tier.IsUploadQueued = false;
            uploaded();
        }
    }

    // Decided when its turn comes: by then there may be more.
    private static UploadOrder OrderOf(PartitionTier tier, UploadReason reason, long segmentBytes)
    {
        // A tail that fills a segment gives one; what is left grows on. Else all of it goes.
        Offset until = reason == UploadReason.Size ? tier.Log.TieredEnd + 1 : tier.Log.HighWatermark;
        return new UploadOrder(until, segmentBytes, Name(reason));
    }

    private static string Name(UploadReason reason) => reason switch
    {
        UploadReason.Size => "size",
        UploadReason.Age => "age",
        _ => "memory",
    };

    private void Measure(long acceptedBytes)
    {
        _windowBytes += acceptedBytes;
        TimeSpan elapsed = services.Time.GetElapsedTime(_windowStart);
        if (elapsed >= RateWindow)
        {
            _bytesPerSecond = _windowBytes / elapsed.TotalSeconds;
            _windowBytes = 0;
            _windowStart = services.Time.GetTimestamp();
        }
    }

    private readonly record struct Waiting(PartitionTier Tier, EffectiveTopicConfig Config, UntieredTail Tail);
}
