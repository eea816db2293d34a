using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace GrainStream.Server.Options;

/// <summary>An address and port the server listens on. Port 0 takes any free one.</summary>
public readonly record struct ListenAddress(IPEndPoint EndPoint)
{
    /// <summary>True if it takes connections to every address of the machine, so that it does not say where clients can reach it.</summary>
    public bool IsWildcard => EndPoint.Address.Equals(IPAddress.Any) || EndPoint.Address.Equals(IPAddress.IPv6Any);

    /// <summary>Reads <c>127.0.0.1:9092</c>, <c>[::1]:9092</c> or <c>localhost:9092</c>. On failure <paramref name="mend"/> says how to write it.</summary>
    public static bool TryParse(string text, out ListenAddress address, out string mend)
    {
        address = default;
        mend = "";
        text = text.Trim();
        int colon = text.LastIndexOf(':');
        bool bareIPv6 = text.Count(c => c == ':') > 1 && !text.Contains(']', StringComparison.Ordinal);
        if (colon < 0 || bareIPv6 || text.EndsWith(']'))
        {
            mend = $"\"{text}\" has no port. Write address:port, such as 127.0.0.1:9092 or [::1]:9092; a comma separates several.";
            return false;
        }

        if (!int.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int port) || port > IPEndPoint.MaxPort)
        {
            mend = $"\"{text[(colon + 1)..]}\" in \"{text}\" is not a port. Ports are 1 to 65535, or 0 for any free one.";
            return false;
        }

        string host = text[..colon];
        if (host is "*" or "+" or "")
        {
            mend = $"\"{text}\" does not name an address. Write 0.0.0.0:{port} to listen on every IPv4 address, [::]:{port} for IPv6.";
            return false;
        }

        IPAddress? ip;
        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
        {
            ip = IPAddress.Loopback;
        }
        else if (!IPAddress.TryParse(host.Trim('[', ']'), out ip) || !IsWrittenOut(host, ip))
        {
            mend = $"\"{host}\" is not an IP address of this machine. Listen on an address, such as 0.0.0.0:{port}; "
                + "the name that clients use goes into GrainStream:Kafka:Advertise.";
            return false;
        }

        address = new ListenAddress(new IPEndPoint(ip, port));
        return true;
    }

    public override string ToString() => EndPoint.ToString();

    // .NET reads "1" as 0.0.0.1 and "10.1" as 10.0.0.1; in a setting these are slips.
    private static bool IsWrittenOut(string host, IPAddress ip) =>
        ip.AddressFamily == AddressFamily.InterNetworkV6 ? host.StartsWith('[') : host.Count(c => c == '.') == 3;
}
