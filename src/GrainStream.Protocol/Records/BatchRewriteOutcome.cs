namespace GrainStream.Protocol.Records;

/// <summary>What became of a batch whose records were looked through.</summary>
public enum BatchRewriteOutcome
{
    /// <summary>Every record stays: the batch is as it was, byte for byte.</summary>
    Unchanged,

    /// <summary>No record stays, and nothing of the batch.</summary>
    Dropped,

    /// <summary>Some records went, or the delete horizon was set: there is another batch in its place.</summary>
    Rewritten,

    /// <summary>The records cannot be read, so the batch stays as it was; <see cref="RewrittenBatch.Unfolding"/> says why.</summary>
    Unreadable,
}
