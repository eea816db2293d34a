using GrainStream.Runtime;

namespace GrainStream.Server;

/// <summary><c>GET /healthz</c>: 200 while the broker serves and its journal lives, otherwise 503 and the reason, as text.</summary>
internal static class HealthEndpoint
{
    public static void MapHealth(this IEndpointRouteBuilder endpoints, Func<Broker> broker) =>
        endpoints.MapGet("/healthz", context =>
        {
            string? trouble = TroubleOf(broker().Failure);
            context.Response.StatusCode = trouble is null ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
            context.Response.ContentType = "text/plain; charset=utf-8";
            return context.Response.WriteAsync((trouble ?? "healthy") + "\n", context.RequestAborted);
        });

    /// <summary>Why the broker is not healthy; null if it is.</summary>
    /// <param name="failure">The broker's failure, completed once there is one.</param>
    public static string? TroubleOf(Task<Exception> failure) =>
        failure.IsCompletedSuccessfully ? "The journal has failed: " + failure.Result.Message : null;
}
