using System.Net;
using GrainStream.Gateway.Requests;

namespace GrainStream.Gateway.Handlers;

/// <summary>Where a client is told to find this node: as configured, or else where it is already.</summary>
internal sealed class AdvertisedListener(GatewayOptions options)
{
    /// <summary>Host and port for the client of a request.</summary>
    public (string Host, int Port) For(RequestContext context)
    {
        var reached = context.LocalEndPoint as IPEndPoint;
        return (options.AdvertisedHost ?? Text(reached), options.AdvertisedPort ?? reached?.Port ?? 0);
    }

    /// <summary>An IPv4 client of a dual-stack socket shows as an IPv6 address; it is told the IPv4 one.</summary>
    private static string Text(IPEndPoint? reached)
    {
        IPAddress address = reached?.Address ?? IPAddress.Loopback;
        return (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();
    }
}
