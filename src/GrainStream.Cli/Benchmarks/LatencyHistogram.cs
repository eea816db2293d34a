using System.Numerics;

namespace GrainStream.Cli.Benchmarks;

/// <summary>
/// Counts times by size in microseconds, to within one part in 64, in a fixed table: any number of them cost the same memory. Thread-safe.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int SubBits = 6;
    private const int SubCount = 1 << SubBits;

    private readonly long[] _counts = new long[64 * SubCount];
    private long _total;
    private long _sumMicroseconds;
    private long _maxMicroseconds;

    public long Count => Interlocked.Read(ref _total);

    public TimeSpan Mean => Count == 0 ? TimeSpan.Zero : TimeSpan.FromMicroseconds((double)Interlocked.Read(ref _sumMicroseconds) / Count);

    public TimeSpan Max => TimeSpan.FromMicroseconds(Interlocked.Read(ref _maxMicroseconds));

    public void Add(TimeSpan time)
    {
        long microseconds = Math.Max(0, (long)time.TotalMicroseconds);
        Interlocked.Increment(ref _counts[IndexOf((ulong)microseconds)]);
        Interlocked.Increment(ref _total);
        Interlocked.Add(ref _sumMicroseconds, microseconds);
        long max = Interlocked.Read(ref _maxMicroseconds);
        while (microseconds > max)
        {
            long seen = Interlocked.CompareExchange(ref _maxMicroseconds, microseconds, max);
            if (seen == max)
            {
                break;
            }

            max = seen;
        }
    }

    /// <summary>The time that a part of them do not exceed, such as 0.99.</summary>
    public TimeSpan Percentile(double part)
    {
        long wanted = (long)Math.Ceiling(part * Count);
        long seen = 0;
        for (int i = 0; i < _counts.Length; i++)
        {
            seen += _counts[i];
            if (seen >= wanted && seen > 0)
            {
                TimeSpan upper = TimeSpan.FromMicroseconds(UpperOf(i));
                return upper < Max ? upper : Max;
            }
        }

        return Max;
    }

    // Below 128 each number has its place; above, each power of two has 64 of them.
    private static int IndexOf(ulong value)
    {
        int shift = Math.Max(0, BitOperations.Log2(value | 1) - SubBits);
        return (shift * SubCount) + (int)(value >> shift);
    }

    private static double UpperOf(int index)
    {
        int shift = index < 2 * SubCount ? 0 : (index / SubCount) - 1;
        return Math.ScaleB(index - (shift * SubCount) + 1, shift) - 1;
    }
}
