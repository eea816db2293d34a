namespace GrainStream.Gateway.Http.Metrics;

/// <summary>Addition to a shared <see cref="double"/>, which the hardware has no instruction for.</summary>
internal static class AtomicDouble
{
    public static void Add(ref double target, double value)
    {
        double seen = Volatile.Read(ref target);
        while (true)
        {
            double before = Interlocked.CompareExchange(ref target, seen + value, seen);

            // Bit comparison: a NaN is never equal to itself and would loop for ever.
            if (BitConverter.DoubleToInt64Bits(before) == BitConverter.DoubleToInt64Bits(seen))
            {
                return;
            }

            seen = before;
        }
    }
}
