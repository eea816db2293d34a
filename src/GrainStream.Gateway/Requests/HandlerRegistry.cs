using GrainStream.Protocol;

namespace GrainStream.Gateway.Requests;

/// <summary>Every API this broker serves, each once; what ApiVersions tells clients is derived from here.</summary>
internal sealed class HandlerRegistry
{
    /// <exception cref="ArgumentException">An API has two handlers.</exception>
    public HandlerRegistry(IEnumerable<RequestHandler> handlers)
    {
        Handlers = [.. handlers.OrderBy(handler => handler.ApiKey)];
        foreach (IGrouping<ApiKey, RequestHandler> api in Handlers.GroupBy(handler => handler.ApiKey))
        {
            if (api.Count() > 1)
            {
                throw new ArgumentException($"The API {api.Key} has two handlers.", nameof(handlers));
            }
        }
    }

    /// <summary>By API key.</summary>
    public IReadOnlyList<RequestHandler> Handlers { get; }
}
