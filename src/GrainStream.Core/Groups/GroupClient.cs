namespace GrainStream.Core.Groups;

/// <summary>Who sends a request.</summary>
/// <param name="ClientId">As the client calls itself; empty if it does not.</param>
/// <param name="ClientHost">Its address, as Kafka writes it: <c>/10.1.2.3</c>.</param>
/// <param name="Version">The request's version: what the client understands depends on it.</param>
public sealed record GroupClient(string ClientId, string ClientHost, short Version);
