using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace GrainStream.Gateway.Http.Metrics;

/// <summary><c>GET /metrics</c>: what a Prometheus server, or any agent that reads its format, scrapes.</summary>
public static class MetricsEndpoint
{
    /// <summary>Maps the end point; <paramref name="collector"/> stays the caller's to dispose.</summary>
    public static IEndpointConventionBuilder MapPrometheusMetrics(this IEndpointRouteBuilder endpoints, PrometheusCollector collector) =>
        endpoints.MapGet("/metrics", (HttpContext context) =>
        {
            context.Response.ContentType = PrometheusText.ContentType;
            return context.Response.WriteAsync(collector.Scrape(), context.RequestAborted);
        });
}
