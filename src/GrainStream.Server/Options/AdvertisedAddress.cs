using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace GrainStream.Server.Options;

/// <summary>What the broker tells clients to connect to.</summary>
/// <param name="Host">A name or an address that clients can resolve and reach.</param>
/// <param name="Port">Null: the port the server listens on.</param>
public readonly record struct AdvertisedAddress(string Host, int? Port)
{
    /// <summary>Reads <c>broker.example.com:9092</c>, <c>broker.example.com</c>, <c>10.0.0.5:9092</c> or <c>[fd00::5]:9092</c>.</summary>
    public static bool TryParse(string text, out AdvertisedAddress address, out string mend)
    {
        address = default;
        mend = "";
        text = text.Trim();
        string host = text;
        int? port = null;
        int colon = text.LastIndexOf(':');
        bool bareIPv6 = IPAddress.TryParse(text, out IPAddress? whole) && whole.AddressFamily == AddressFamily.InterNetworkV6 && !text.Contains(']', StringComparison.Ordinal);
        if (!bareIPv6 && colon >= 0 && !text.EndsWith(']'))
        {
            host = text[..colon];
            if (!int.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number is < 1 or > IPEndPoint.MaxPort)
            {
                mend = $"\"{text[(colon + 1)..]}\" is not a port that clients can connect to. Ports are 1 to 65535; without one, the listening port is used.";
                return false;
            }

            port = number;
        }

        host = host.TrimStart('[').TrimEnd(']');
        if (Uri.CheckHostName(host) == UriHostNameType.Unknown)
        {
            mend = $"\"{host}\" is not a host name or an IP address. Write what clients can connect to, such as broker.example.com:9092.";
            return false;
        }

        if (IPAddress.TryParse(host, out IPAddress? ip) && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any)))
        {
            mend = $"Clients cannot connect to {host}, which means every address. Write the one name or address that they reach this machine by.";
            return false;
        }

        address = new AdvertisedAddress(host, port);
        return true;
    }
}
