using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace GrainStream.Client;

/// <summary>Where a broker listens.</summary>
/// <param name="Host">Name, IPv4 address, or IPv6 address without brackets.</param>
/// <param name="Port">1 to 65535.</param>
public sealed record BrokerAddress(string Host, int Port)
{
    /// <summary>The port Kafka brokers listen on where nothing else is said.</summary>
    public const int DefaultPort = 9092;

    /// <summary>Reads <c>host</c>, <c>host:port</c> or <c>[address]:port</c>.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out BrokerAddress? address)
    {
        ArgumentNullException.ThrowIfNull(text);
        string trimmed = text.Trim();
        int portAt = trimmed.StartsWith('[') ? trimmed.IndexOf("]:", StringComparison.Ordinal) + 1 : trimmed.LastIndexOf(':');
        bool isBareIPv6 = !trimmed.StartsWith('[') && trimmed.Count(character => character == ':') > 1;
        string host = portAt > 0 && !isBareIPv6 ? trimmed[..portAt] : trimmed;
        int port = DefaultPort;
        address = null;
        if (portAt > 0 && !isBareIPv6 && !int.TryParse(trimmed[(portAt + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out port))
        {
            return false;
        }

        host = host.Trim('[', ']');
        if (host.Length == 0 || host.Any(char.IsWhiteSpace) || host.Contains('/', StringComparison.Ordinal) || port is < 1 or > 65535)
        {
            return false;
        }

        address = new BrokerAddress(host, port);
        return true;
    }

    /// <summary>Reads addresses separated by commas.</summary>
    /// <exception cref="FormatException">One of them is no address, or there is none.</exception>
    public static IReadOnlyList<BrokerAddress> ParseList(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<BrokerAddress> addresses = [];
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            addresses.Add(TryParse(part, out BrokerAddress? address)
                ? address
                : throw new FormatException($"\"{part}\" is no broker address. Write host:port, such as localhost:9092; several with commas between them."));
        }

        return addresses.Count > 0 ? addresses : throw new FormatException("There is no broker address. Write host:port, such as localhost:9092.");
    }

    public override string ToString() => Host.Contains(':', StringComparison.Ordinal)
        ? string.Create(CultureInfo.InvariantCulture, $"[{Host}]:{Port}")
        : string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");
}
