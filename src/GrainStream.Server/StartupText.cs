using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using GrainStream.Server.Options;

namespace GrainStream.Server;

/// <summary>What the server prints when it is ready; made for people, and kept stable for scripts that look for an address.</summary>
internal static class StartupText
{
    public static string Of(ServerOptions options, IReadOnlyList<IPEndPoint> kafka, IReadOnlyList<IPEndPoint> http)
    {
        StringBuilder text = new();
        text.Append("GrainStream ").Append(ProductVersion.Text).Append('\n');
        foreach (IPEndPoint endPoint in kafka)
        {
            text.Append("  Kafka  ").Append(endPoint).Append('\n');
        }

        foreach (IPEndPoint endPoint in http)
        {
            text.Append("  HTTP   http://").Append(endPoint).Append("  /healthz /metrics\n");
        }

        text.Append("  Data   ").Append(options.Journal.DataDirectory).Append('\n');
        TimeSpan age = DateTime.Now - Process.GetCurrentProcess().StartTime;
        text.Append(CultureInfo.InvariantCulture, $"  Ready in {age.TotalSeconds:0.00} s. Ctrl+C stops it.\n");
        return text.ToString();
    }
}
