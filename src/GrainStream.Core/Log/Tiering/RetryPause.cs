namespace GrainStream.Core.Log.Tiering;

/// <summary>How long to leave a failing object store alone: doubling, without jitter, since only a few operations of a node run at a time.</summary>
public static class RetryPause
{
    /// <summary>After the first failure. The adapters have tried again by themselves before.</summary>
    public static readonly TimeSpan First = TimeSpan.FromSeconds(1);

    /// <summary>Never longer: this is how late a node may notice that the store is back.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    /// <summary>The pause after so many failures in a row, at least one.</summary>
    public static TimeSpan After(int failures)
    {
        double seconds = First.TotalSeconds * Math.Pow(2, Math.Clamp(failures - 1, 0, 30));
        return seconds < Longest.TotalSeconds ? TimeSpan.FromSeconds(seconds) : Longest;
    }
}
