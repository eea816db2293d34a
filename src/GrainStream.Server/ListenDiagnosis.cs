using System.Net.Sockets;
using GrainStream.Server.Options;

namespace GrainStream.Server;

/// <summary>Says why the server could not listen: Kestrel's exception names neither the setting nor what to do.</summary>
internal static class ListenDiagnosis
{
    /// <summary>Tries each address that is to be listened on. Null if all of them can be.</summary>
    public static string? Of(ServerOptions options) =>
        Of(ServerSettings.KafkaListen, options.KafkaListen) ?? Of(ServerSettings.HttpListen, options.HttpListen);

    private static string? Of(Setting setting, IEnumerable<ListenAddress> addresses) =>
        addresses.Select(address => Of(setting, address)).FirstOrDefault(diagnosis => diagnosis is not null);

    private static string? Of(Setting setting, ListenAddress address)
    {
        string name = $"{SettingsSection.Name}:{setting.Key}";
        try
        {
            using Socket socket = new(address.EndPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(address.EndPoint);
            socket.Listen();
            return null;
        }
        catch (SocketException exception)
        {
            return exception.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse =>
                    $"Another process listens on {address} ({name}). Stop it, or set {name} to another port; --{name}=127.0.0.1:0 takes any free one.",
                SocketError.AddressNotAvailable =>
                    $"{address} ({name}) is not an address of this machine. Use one that is, or 0.0.0.0 for all of them.",
                SocketError.AccessDenied =>
                    $"This user may not listen on {address} ({name}): ports below 1024 are reserved. Use a higher port.",
                SocketError.AddressFamilyNotSupported =>
                    $"This machine has no {address.EndPoint.AddressFamily} to listen on {address} ({name}).",
                _ => $"Cannot listen on {address} ({name}): {exception.Message}.",
            };
        }
    }
}
