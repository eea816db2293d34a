namespace GrainStream.Core.Log.Tiering;

/// <summary>
/// What frees the journal's oldest file: large tails become segments, small ones are copied to the journal's end, so that ten thousand quiet partitions
/// cost a few megabytes of writing instead of twenty thousand object-store calls. Copying gives back less than it frees: what all partitions copy out of one
/// file is bounded by a share of the file, beyond which the largest are uploaded, whatever their size.
/// </summary>
public static class ReclaimPolicy
{
    /// <summary>
    /// A tail from this size on is uploaded. Writing 256 KiB to the journal again costs about what the calls of one upload cost (a tenth of a cent for
    /// a hundred of them), and a segment of that size is still read at a fair speed.
    /// </summary>
    public const long UploadTailBytes = 256 * 1024;

    /// <summary>A file gives back at least three quarters of what it held.</summary>
    private const int CopyShare = 4;

    /// <summary>In small journals tails count as large earlier, so that a few of them cannot use up the share.</summary>
    private const int TailShare = 16;

    /// <summary>What each candidate does, in their order.</summary>
    /// <param name="candidates">The partitions that need the file.</param>
    /// <param name="fileBytes">Bytes of the file.</param>
    public static ReclaimStep[] Plan(IReadOnlyList<ReclaimCandidate> candidates, long fileBytes)
    {
        long uploadFrom = Math.Min(UploadTailBytes, fileBytes / TailShare);
        var steps = new ReclaimStep[candidates.Count];
        List<int> copies = [];
        for (int i = 0; i < steps.Length; i++)
        {
            ReclaimCandidate candidate = candidates[i];
            if (candidate.FileBytes <= 0)
            {
                steps[i] = ReclaimStep.Checkpoint;
            }
            else if (candidate.TailBytes >= uploadFrom)
            {
                steps[i] = ReclaimStep.Upload;
            }
            else
            {
                steps[i] = ReclaimStep.Copy;
                copies.Add(i);
            }
        }

        // Largest tails last, so that they are what does not fit: they make the best segments of those there are.
        copies.Sort((left, right) => candidates[left].TailBytes.CompareTo(candidates[right].TailBytes));
        long copied = 0;
        foreach (int i in copies)
        {
            copied += candidates[i].FileBytes;
            if (copied > fileBytes / CopyShare)
            {
                steps[i] = ReclaimStep.Upload;
            }
        }

        return steps;
    }
}
