using GrainStream.Gateway.Http.Metrics;

namespace GrainStream.Gateway.Tests.Http.Metrics;

public sealed class PrometheusNameTests
{
    [Theory]
    [InlineData("grainstream.journal.sync.duration", "s", MetricType.Histogram, "grainstream_journal_sync_duration_seconds")]
    [InlineData("grainstream.journal.written", "By", MetricType.Counter, "grainstream_journal_written_bytes_total")]
    [InlineData("grainstream.requests", "{request}", MetricType.Counter, "grainstream_requests_total")]
    [InlineData("dotnet.gc.last_collection.memory.committed_size", "By", MetricType.Gauge, "dotnet_gc_last_collection_memory_committed_size_bytes")]
    [InlineData("disk.rate", "By/s", MetricType.Gauge, "disk_rate_bytes_per_second")]
    [InlineData("calls", "{call}/s", MetricType.Gauge, "calls_per_second")]
    [InlineData("cpu.utilisation", "1", MetricType.Gauge, "cpu_utilisation_ratio")]
    [InlineData("starts", "1", MetricType.Counter, "starts_total")]
    [InlineData("free", "%", MetricType.Gauge, "free_percent")]
    [InlineData("odd", "foo", MetricType.Gauge, "odd_foo")]
    [InlineData("plain", null, MetricType.Gauge, "plain")]
    public void The_unit_becomes_words_at_the_end_of_the_name(string name, string? unit, MetricType type, string expected) =>
        Assert.Equal(expected, PrometheusName.OfMetric(name, unit, type));

    [Theory]
    [InlineData("queue_bytes", "By", MetricType.Gauge, "queue_bytes")]
    [InlineData("sent_bytes_total", "By", MetricType.Counter, "sent_bytes_total")]
    [InlineData("sent.total", "By", MetricType.Counter, "sent_bytes_total")]
    public void Words_that_the_name_ends_in_already_are_not_repeated(string name, string unit, MetricType type, string expected) =>
        Assert.Equal(expected, PrometheusName.OfMetric(name, unit, type));

    [Theory]
    [InlineData("a..b--c", "a_b_c")]
    [InlineData("9lives", "_9lives")]
    [InlineData("größe", "gr_e")]
    public void Characters_that_Prometheus_refuses_become_one_underscore(string name, string expected) =>
        Assert.Equal(expected, PrometheusName.OfMetric(name, null, MetricType.Gauge));

    [Fact]
    public void A_label_may_not_contain_a_colon_while_a_metric_may()
    {
        Assert.Equal("a_b", PrometheusName.OfLabel("a:b"));
        Assert.Equal("a:b", PrometheusName.OfMetric("a:b", null, MetricType.Gauge));
    }
}
