using System.Runtime.InteropServices;

namespace GrainStream.Protocol.Records.Codecs;

/// <summary>
/// A shared library of the system that holds a codec, found by name when the process starts. It stays loaded. docs/decisions/0005 says why
/// the system's libraries are used.
/// </summary>
internal static class CodecLibrary
{
    /// <summary>Where Homebrew puts libraries, which macOS does not search by itself.</summary>
    private static readonly string[] Directories = ["", "/opt/homebrew/lib/", "/usr/local/lib/"];

    /// <summary>
    /// The functions of the first of the libraries that can be loaded and has them all, in the order asked; null if there is none.
    /// </summary>
    /// <param name="name">Name without prefix and ending: "lz4".</param>
    /// <param name="version">Version of its binary interface, part of the file's name on Unix: "1".</param>
    /// <param name="functions">Names of the functions that are needed.</param>
    public static nint[]? TryLoad(string name, string version, params ReadOnlySpan<string> functions)
    {
        foreach (string file in FilesOf(name, version))
        {
            if (!NativeLibrary.TryLoad(file, out nint library))
            {
                continue;
            }

            if (TryFind(library, functions) is { } found)
            {
                return found;
            }

            NativeLibrary.Free(library);
        }

        return null;
    }

    private static IEnumerable<string> FilesOf(string name, string version)
    {
        if (OperatingSystem.IsWindows())
        {
            return [$"lib{name}.dll", $"{name}.dll"];
        }

        return OperatingSystem.IsMacOS()
            ? Directories.SelectMany(directory => new[] { $"{directory}lib{name}.{version}.dylib", $"{directory}lib{name}.dylib" })
            : [$"lib{name}.so.{version}", $"lib{name}.so"];
    }

    private static nint[]? TryFind(nint library, ReadOnlySpan<string> functions)
    {
        nint[] found = new nint[functions.Length];
        for (int i = 0; i < functions.Length; i++)
        {
            if (!NativeLibrary.TryGetExport(library, functions[i], out found[i]))
            {
                return null;
            }
        }

        return found;
    }
}
