namespace GrainStream.Protocol.Records;

/// <summary>A batch after its records were looked through.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Bytes">
/// The batch that takes its place: the one given where it is unchanged or unreadable, none where it is dropped. Valid until the rewriter's next use.
/// </param>
/// <param name="RecordsKept">Records in it; 0 where they cannot be read.</param>
/// <param name="RecordsRemoved">Records that went.</param>
/// <param name="Unfolding">Why the records cannot be read.</param>
public readonly record struct RewrittenBatch(
    BatchRewriteOutcome Outcome,
    ReadOnlyMemory<byte> Bytes,
    int RecordsKept = 0,
    int RecordsRemoved = 0,
    UnfoldStatus Unfolding = UnfoldStatus.Done);
