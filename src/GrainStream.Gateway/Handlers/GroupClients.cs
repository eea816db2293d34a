using System.Net;
using GrainStream.Core.Groups;
using GrainStream.Gateway.Requests;

namespace GrainStream.Gateway.Handlers;

/// <summary>Who sends a group's request.</summary>
internal static class GroupClients
{
    /// <summary>As groups note it.</summary>
    public static GroupClient Of(RequestContext context) => new(context.Header.ClientId ?? "", HostOf(context.RemoteEndPoint), context.Version);

    private static string HostOf(EndPoint? remote)
    {
        if (remote is not IPEndPoint { Address: var address })
        {
            return "";
        }

        return $"/{(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address)}";
    }
}
