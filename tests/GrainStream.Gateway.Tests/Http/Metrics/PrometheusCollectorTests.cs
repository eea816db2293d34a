using System.Diagnostics.Metrics;
using GrainStream.Gateway.Http.Metrics;
using Microsoft.Extensions.Logging.Abstractions;

namespace GrainStream.Gateway.Tests.Http.Metrics;

public sealed class PrometheusCollectorTests : IDisposable
{
    private readonly Meter _meter = new("test." + Guid.NewGuid());
    private readonly PrometheusCollector _collector;

    public PrometheusCollectorTests() =>
        _collector = new PrometheusCollector(meter => meter.Name == _meter.Name, NullLogger<PrometheusCollector>.Instance);

    public void Dispose()
    {
        _collector.Dispose();
        _meter.Dispose();
    }

    [Fact]
    public void Nothing_measured_writes_nothing()
    {
        _meter.CreateCounter<long>("unused");
        Assert.Equal("", _collector.Scrape());
    }

    [Fact]
    public void A_counter_adds_up_by_labels()
    {
        Counter<long> counter = _meter.CreateCounter<long>("requests", "{request}", "Requests answered.");
        counter.Add(1, new KeyValuePair<string, object?>("api.key", "Produce"), new("ok", true));
        counter.Add(2, new KeyValuePair<string, object?>("api.key", "Produce"), new("ok", true));
        counter.Add(5, new KeyValuePair<string, object?>("api.key", "Fetch"), new("ok", true));
        Assert.Equal(
            """
            # HELP requests_total Requests answered.
            # TYPE requests_total counter
            requests_total{api_key="Fetch",ok="true"} 5
            requests_total{api_key="Produce",ok="true"} 3

            """,
            _collector.Scrape());
    }

    [Fact]
    public void The_order_of_tags_does_not_make_another_series()
    {
        Counter<int> counter = _meter.CreateCounter<int>("c");
        counter.Add(1, new KeyValuePair<string, object?>("a", 1), new("b", 2));
        counter.Add(1, new KeyValuePair<string, object?>("b", 2), new("a", 1));
        Assert.Contains("c_total{a=\"1\",b=\"2\"} 2\n", _collector.Scrape());
    }

    [Fact]
    public void Tags_that_read_the_same_are_one_series()
    {
        Counter<int> counter = _meter.CreateCounter<int>("c");
        counter.Add(1, new KeyValuePair<string, object?>("a", 1));
        counter.Add(1, new KeyValuePair<string, object?>("a", "1"));
        Assert.Contains("c_total{a=\"1\"} 2\n", _collector.Scrape());
    }

    [Fact]
    public void Attributes_whose_names_fall_together_are_joined()
    {
        _meter.CreateCounter<int>("c").Add(1, new KeyValuePair<string, object?>("a.b", "dot"), new("a-b", "dash"));
        Assert.Contains("c_total{a_b=\"dash;dot\"} 1\n", _collector.Scrape());
    }

    [Fact]
    public void Label_values_and_help_are_escaped()
    {
        _meter.CreateCounter<int>("c", null, "one\\two\nthree \"four\"").Add(1, new KeyValuePair<string, object?>("path", "C:\\x\n\"y\""));
        Assert.Equal(
            "# HELP c_total one\\\\two\\nthree \"four\"\n# TYPE c_total counter\nc_total{path=\"C:\\\\x\\n\\\"y\\\"\"} 1\n",
            _collector.Scrape());
    }

    [Fact]
    public void An_up_down_counter_is_a_gauge_that_adds()
    {
        UpDownCounter<long> counter = _meter.CreateUpDownCounter<long>("connections");
        counter.Add(3);
        counter.Add(-1);
        Assert.Equal("# TYPE connections gauge\nconnections 2\n", _collector.Scrape());
    }

    [Fact]
    public void A_gauge_keeps_its_last_value_over_scrapes()
    {
        Gauge<double> gauge = _meter.CreateGauge<double>("level");
        gauge.Record(1.5);
        gauge.Record(0.25);
        _collector.Scrape();
        Assert.Equal("# TYPE level gauge\nlevel 0.25\n", _collector.Scrape());
    }

    [Fact]
    public void An_observable_counter_shows_what_it_reports_at_the_scrape()
    {
        long value = 10;
        _meter.CreateObservableCounter("ticks", () => value);
        Assert.Contains("ticks_total 10\n", _collector.Scrape());
        value = 12;
        Assert.Contains("ticks_total 12\n", _collector.Scrape());
    }

    [Fact]
    public void A_series_that_an_observable_instrument_stops_reporting_disappears()
    {
        List<Measurement<int>> reported = [new(1, new KeyValuePair<string, object?>("topic", "a")), new(2, new KeyValuePair<string, object?>("topic", "b"))];
        _meter.CreateObservableGauge("partitions", () => reported.ToArray());
        Assert.Contains("partitions{topic=\"a\"} 1", _collector.Scrape());
        reported.RemoveAt(0);
        Assert.Equal("# TYPE partitions gauge\npartitions{topic=\"b\"} 2\n", _collector.Scrape());
        reported.Clear();
        Assert.Equal("", _collector.Scrape());
    }

    [Fact]
    public void A_histogram_counts_cumulatively_into_the_advised_buckets_bounds_included()
    {
        Histogram<double> histogram = _meter.CreateHistogram(
            "wait", "s", "Waiting.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.01, 0.1] });
        foreach (double value in new[] { 0.0005, 0.001, 0.002, 0.1, 7 })
        {
            histogram.Record(value, new KeyValuePair<string, object?>("disk", "a"));
        }

        Assert.Equal(
            """
            # HELP wait_seconds Waiting.
            # TYPE wait_seconds histogram
            wait_seconds_bucket{disk="a",le="0.001"} 2
            wait_seconds_bucket{disk="a",le="0.01"} 3
            wait_seconds_bucket{disk="a",le="0.1"} 4
            wait_seconds_bucket{disk="a",le="+Inf"} 5
            wait_seconds_sum{disk="a"} 7.1035
            wait_seconds_count{disk="a"} 5

            """,
            _collector.Scrape());
    }

    [Fact]
    public void A_histogram_without_advice_has_the_default_buckets_of_OpenTelemetry()
    {
        _meter.CreateHistogram<int>("size").Record(6);
        string text = _collector.Scrape();
        Assert.Contains("size_bucket{le=\"5\"} 0\n", text);
        Assert.Contains("size_bucket{le=\"10\"} 1\n", text);
        Assert.Contains("size_bucket{le=\"10000\"} 1\n", text);
    }

    [Fact]
    public void Tags_of_the_meter_and_the_instrument_are_labels_of_every_series()
    {
        using Meter tagged = new(_meter.Name, null, [new("node", 7)]);
        tagged.CreateCounter<int>("c", null, null, [new("kind", "x")]).Add(1, new KeyValuePair<string, object?>("a", "b"));
        Assert.Contains("c_total{a=\"b\",kind=\"x\",node=\"7\"} 1\n", _collector.Scrape());
    }

    [Fact]
    public void Of_two_instruments_with_one_name_and_different_types_the_first_is_exported()
    {
        _meter.CreateUpDownCounter<int>("same").Add(1);
        _meter.CreateHistogram<int>("same").Record(4);
        Assert.Equal("# TYPE same gauge\nsame 1\n", _collector.Scrape());
    }

    [Fact]
    public void A_failing_observable_instrument_does_not_hide_the_others()
    {
        _meter.CreateObservableGauge("bad", int () => throw new InvalidOperationException("no value"));
        _meter.CreateObservableGauge("good", () => 1);
        Assert.Equal("# TYPE good gauge\ngood 1\n", _collector.Scrape());
    }

    [Fact]
    public void Too_many_series_fall_together_in_one()
    {
        Counter<int> counter = _meter.CreateCounter<int>("c");
        for (int i = 0; i < 2100; i++)
        {
            counter.Add(1, new KeyValuePair<string, object?>("i", i));
        }

        string text = _collector.Scrape();
        Assert.Contains("c_total{otel_metric_overflow=\"true\"} 100\n", text);
        Assert.Equal(2001 + 1, text.Count(c => c == '\n'));
    }

    [Fact]
    public void Special_numbers_are_written_as_the_format_names_them()
    {
        Gauge<double> gauge = _meter.CreateGauge<double>("g");
        gauge.Record(double.PositiveInfinity, new KeyValuePair<string, object?>("v", "a"));
        gauge.Record(double.NegativeInfinity, new KeyValuePair<string, object?>("v", "b"));
        gauge.Record(double.NaN, new KeyValuePair<string, object?>("v", "c"));
        gauge.Record(1e21, new KeyValuePair<string, object?>("v", "d"));
        Assert.Equal("# TYPE g gauge\ng{v=\"a\"} +Inf\ng{v=\"b\"} -Inf\ng{v=\"c\"} NaN\ng{v=\"d\"} 1E+21\n", _collector.Scrape());
    }

    [Fact]
    public void Recording_a_known_series_allocates_nothing()
    {
        Counter<long> counter = _meter.CreateCounter<long>("c");
        Histogram<double> histogram = _meter.CreateHistogram<double>("h");
        KeyValuePair<string, object?> tag = new("api", "Produce");
        long least = long.MaxValue;
        for (int attempt = 0; attempt < 20; attempt++)
        {
            // The runtime may allocate on this thread while it compiles the code anew; what recording itself allocates shows in every attempt.
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 1000; i++)
            {
                counter.Add(1, tag);
                histogram.Record(i, tag);
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }

    [Fact]
    public void Sums_are_exact_when_many_threads_record()
    {
        Counter<long> counter = _meter.CreateCounter<long>("c");
        Histogram<double> histogram = _meter.CreateHistogram<double>("h");
        Parallel.For(0, 8, _ =>
        {
            for (int i = 0; i < 10_000; i++)
            {
                counter.Add(1);
                histogram.Record(0.5);
            }
        });
        string text = _collector.Scrape();
        Assert.Contains("c_total 80000\n", text);
        Assert.Contains("h_sum 40000\n", text);
        Assert.Contains("h_count 80000\n", text);
    }

    [Fact]
    public void The_runtime_s_own_meter_can_be_exported()
    {
        using PrometheusCollector runtime = new(meter => meter.Name == "System.Runtime", NullLogger<PrometheusCollector>.Instance);
        string text = runtime.Scrape();
        Assert.Contains("# TYPE dotnet_process_cpu_time_seconds_total counter\n", text);
        Assert.Contains("dotnet_process_memory_working_set_bytes ", text);
    }
}
