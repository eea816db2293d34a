using GrainStream.Runtime;

namespace GrainStream.Server;

/// <summary><c>GET /healthz</c>: 200 while the broker can take and keep records, otherwise 503 and the reason, as text.</summary>
internal static class HealthEndpoint
{
    public static void MapHealth(this IEndpointRouteBuilder endpoints, Func<Broker> broker) =>
        endpoints.MapGet("/healthz", context =>
        {
            string? trouble = TroubleOf(broker());
            context.Response.StatusCode = trouble is null ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
            context.Response.ContentType = "text/plain; charset=utf-8";
            return context.Response.WriteAsync((trouble ?? "healthy") + "\n", context.RequestAborted);
        });

    private static string? TroubleOf(Broker broker) =>
        broker.Failure is { IsCompletedSuccessfully: true } failure ? "The journal has failed: " + failure.Result.Message : null;
}
