using System.Net.Sockets;

namespace GrainStream.Client.Connections;

/// <summary>Why a connection could not be made, for people.</summary>
internal static class ConnectDiagnosis
{
    public static string Describe(BrokerAddress address, Exception reason, TimeSpan timeout) => reason switch
    {
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } =>
            $"Broker {address} cannot be reached: nothing listens there. Is the broker running, and is this its address?",
        SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain } =>
            $"Broker {address} cannot be reached: the name {address.Host} is not known. Check the spelling, and the DNS or hosts file of this machine.",
        SocketException { SocketErrorCode: SocketError.NetworkUnreachable or SocketError.HostUnreachable } =>
            $"Broker {address} cannot be reached: there is no way to it from here. Check the network, VPN or container network.",
        OperationCanceledException =>
            $"Broker {address} cannot be reached: no answer within {timeout.TotalSeconds:0.#} s. A firewall may drop the packets, or the address may be wrong.",
        _ => $"Broker {address} cannot be reached: {reason.Message}.",
    };
}
