using System.Diagnostics.Metrics;
using System.Numerics;

namespace GrainStream.Gateway.Http.Metrics;

/// <summary>Reads the bucket bounds that a histogram's author advised.</summary>
internal static class HistogramBounds
{
    /// <summary>The advised bounds, ascending and without repeats; OpenTelemetry's defaults without advice.</summary>
    public static double[] Of(Instrument instrument)
    {
        double[]? advised = instrument switch
        {
            Histogram<double> histogram => Convert(histogram.Advice),
            Histogram<long> histogram => Convert(histogram.Advice),
            Histogram<int> histogram => Convert(histogram.Advice),
            Histogram<float> histogram => Convert(histogram.Advice),
            Histogram<short> histogram => Convert(histogram.Advice),
            Histogram<byte> histogram => Convert(histogram.Advice),
            Histogram<decimal> histogram => Convert(histogram.Advice),
            _ => null,
        };
        return advised ?? HistogramFamily.DefaultBounds;
    }

    private static double[]? Convert<T>(InstrumentAdvice<T>? advice)
        where T : struct, INumber<T> =>
        advice?.HistogramBucketBoundaries is { } bounds
            ? [.. bounds.Select(double.CreateSaturating).Where(double.IsFinite).Distinct().Order()]
            : null;
}
