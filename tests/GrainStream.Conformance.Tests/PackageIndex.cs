using System.Text;
using GrainStream.TestKit;

namespace GrainStream.Conformance.Tests;

/// <summary>
/// Real input: Debian's package index, as lines <c>key TAB line</c> where the key is the name of the package that the line describes.
/// Lines of every length, many keys of very different frequency, all kinds of text.
/// </summary>
public static class PackageIndex
{
    /// <summary>Bytes of index that a round trip takes, unless all of it is asked for with <c>./test.sh --full</c>.</summary>
    public const int CutBytes = 2_500_000;

    private static readonly Lazy<Task<byte[]>> Keyed = new(LoadAsync);

    /// <summary>The keyed lines.</summary>
    public static Task<byte[]> LinesAsync() => Keyed.Value;

    private static async Task<byte[]> LoadAsync()
    {
        byte[] index = await IndexAsync();
        bool whole = Environment.GetEnvironmentVariable("GRAINSTREAM_CONFORMANCE_FULL") == "1";
        return AddKeys(index.AsSpan(0, whole ? index.Length : Math.Min(CutBytes, index.Length)));
    }

    // test.sh prepares a file and says where it comes from; otherwise it is asked of apt here.
    private static async Task<byte[]> IndexAsync()
    {
        string? prepared = Environment.GetEnvironmentVariable("GRAINSTREAM_PACKAGE_INDEX");
        if (!string.IsNullOrEmpty(prepared))
        {
            return await File.ReadAllBytesAsync(prepared);
        }

        ClientResult available = (await ClientProcess.RunAsync("apt-cache", ["dumpavail"])).Required();
        return available.Output.Length >= CutBytes ? available.Output : await File.ReadAllBytesAsync("/var/lib/dpkg/status");
    }

    private static byte[] AddKeys(ReadOnlySpan<byte> index)
    {
        ReadOnlySpan<byte> marker = "Package: "u8;
        using MemoryStream keyed = new();
        byte[] key = [];
        while (index.Length > 0)
        {
            int end = index.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = end < 0 ? index : index[..end];
            index = end < 0 ? [] : index[(end + 1)..];
            if (line.StartsWith(marker))
            {
                key = line[marker.Length..].ToArray();
            }

            keyed.Write(key);
            keyed.WriteByte((byte)'\t');
            keyed.Write(line);
            keyed.WriteByte((byte)'\n');
        }

        return keyed.ToArray();
    }
}
