using GrainStream.Core.Log.Tiering;
using GrainStream.Protocol;

namespace GrainStream.Runtime.Tiering;

/// <summary>As much of a manifest as tells that retention has nothing to do, so that no manifest needs to be read for that. Immutable.</summary>
/// <param name="LogStart">The manifest's log start; the journal's may be ahead.</param>
/// <param name="End">T, by the manifest.</param>
/// <param name="DataBytes">Bytes of batches in segments.</param>
/// <param name="Oldest">The oldest segment; null if it has not been looked up.</param>
internal sealed record SegmentSummary(Offset LogStart, Offset End, long DataBytes, SegmentEntry? Oldest)
{
    /// <summary>What a manifest says. The oldest segment is known without another read while it is in the head, or was known before.</summary>
    public static SegmentSummary Of(Manifest manifest, SegmentSummary? before)
    {
        SegmentEntry? oldest = manifest is { Pages.IsEmpty: true, Recent.IsEmpty: false } ? manifest.Recent[0] : before?.Oldest;
        return new SegmentSummary(manifest.LogStart, manifest.End, manifest.DataBytes, oldest?.EndOffset > manifest.LogStart ? oldest : null);
    }
}
