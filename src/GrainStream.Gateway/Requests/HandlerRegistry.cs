using GrainStream.Protocol;

namespace GrainStream.Gateway.Requests;

/// <summary>Every API this broker serves, each once; what ApiVersions tells clients is derived from here.</summary>
internal sealed class HandlerRegistry
{
    /// <exception cref="ArgumentException">An API has two handlers.</exception>
    public HandlerRegistry(IEnumerable<RequestHandler> handlers)
    {
        Handlers = [.. handlers.OrderBy(handler => handler.ApiKey)];
        ApiKey? twice = Handlers.GroupBy(handler => handler.ApiKey).Where(group => group.Count() > 1).Select(group => (ApiKey?)group.Key).FirstOrDefault();
        if (twice is not null)
        {
            throw new ArgumentException($"The API {twice} has two handlers.", nameof(handlers));
        }
    }

    /// <summary>By API key.</summary>
    public IReadOnlyList<RequestHandler> Handlers { get; }
}
