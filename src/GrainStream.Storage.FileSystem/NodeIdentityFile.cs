using System.Text.Json;
using GrainStream.Runtime;
using GrainStream.Runtime.Ports;

namespace GrainStream.Storage.FileSystem;

/// <summary>
/// Who a data directory's node is, in its file <c>node.json</c>: written once when the directory is new, read ever after.
/// <code>{ "format": 1, "nodeId": 1, "clusterId": "22 characters, base64url" }</code>
/// </summary>
public static class NodeIdentityFile
{
    private const int Format = 1;
    private const string FileName = "node.json";

    /// <summary>The one node of a new directory; others come with clusters.</summary>
    private const int FirstNodeId = 1;

    /// <summary>Reads the identity; null if the directory has none. Changes nothing.</summary>
    /// <exception cref="CorruptDataException">The file is there and does not say who the node is.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static BrokerIdentity? Find(string dataDirectory)
    {
        string path = Path.Combine(dataDirectory, FileName);
        return File.Exists(path) ? Read(path) : null;
    }

    /// <summary>Reads the identity, or makes one.</summary>
    /// <exception cref="CorruptDataException">The file is there and does not say who the node is.</exception>
    /// <exception cref="StorageUnavailableException">The file can be neither read nor written.</exception>
    public static BrokerIdentity ReadOrCreate(string dataDirectory)
    {
        string path = Path.Combine(dataDirectory, FileName);
        try
        {
            Directory.CreateDirectory(dataDirectory);
            if (!File.Exists(path))
            {
                Create(path);
            }

            return Read(path);
        }
        catch (Exception cause) when (cause is UnauthorizedAccessException or (IOException and not CorruptDataException))
        {
            throw new StorageUnavailableException(
                $"The data directory '{dataDirectory}' cannot be used: {cause.Message} Give GrainStream:DataDirectory a directory this user may write to.",
                cause);
        }
    }

    private static BrokerIdentity Read(string path)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            JsonElement root = document.RootElement;
            if (root.GetProperty("format").GetInt32() == Format
                && root.GetProperty("nodeId").GetInt32() is >= 0 and int nodeId
                && root.GetProperty("clusterId").GetString() is { Length: > 0 } clusterId)
            {
                return new BrokerIdentity(nodeId, clusterId);
            }
        }
        catch (Exception cause) when (cause is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw Damaged(path, cause);
        }

        throw Damaged(path, null);
    }

    private static void Create(string path)
    {
        var identity = new BrokerIdentity(FirstNodeId, NewClusterId());
        string text = JsonSerializer.Serialize(new { format = Format, nodeId = identity.NodeId, clusterId = identity.ClusterId });

        // Renamed into place, so that a crash leaves either no file or a whole one.
        string written = $"{path}.{Guid.NewGuid():N}";
        using (FileStream file = File.Create(written))
        {
            file.Write(System.Text.Encoding.UTF8.GetBytes(text + "\n"));
            file.Flush(flushToDisk: true);
        }

        try
        {
            File.Move(written, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            // Another process began on the same directory at the same moment, and was first: its identity counts.
            File.Delete(written);
        }
    }

    /// <summary>16 random bytes as Kafka writes cluster ids: base64 with '-' and '_', unpadded.</summary>
    private static string NewClusterId() =>
        System.Buffers.Text.Base64Url.EncodeToString(Guid.NewGuid().ToByteArray());

    private static CorruptDataException Damaged(string path, Exception? cause) => new(
        $"The file '{path}' does not say who this node is. Restore it from a copy; if there is none, delete it: clients then see a new cluster id, " +
        "the data is not touched.",
        cause);
}
