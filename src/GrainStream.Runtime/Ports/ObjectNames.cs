using System.Buffers;

namespace GrainStream.Runtime.Ports;

/// <summary>
/// What object names may look like, the same for every store: parts of lower-case ASCII letters, digits, '-', '_' and '.', separated by '/'. Lower case only, so that
/// a file system that ignores case keeps apart what a blob container does. A part begins with a letter, a digit or '_': names that begin with '.' are the stores' own.
/// A name must not also be a folder of other names.
/// </summary>
public static class ObjectNames
{
    /// <summary>Of a whole name: leaves room for a directory before it (PATH_MAX is 4096, Azure's blob names end at 1024).</summary>
    public const int MaxLength = 512;

    /// <summary>Of one part: leaves room for what a store appends to it while it writes (NAME_MAX is 255).</summary>
    public const int MaxPartLength = 200;

    private static readonly SearchValues<char> Allowed = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-_./");

    /// <summary>Passes a valid name.</summary>
    /// <exception cref="ArgumentException">It is not; the message says why.</exception>
    public static void Require(string name) => Check(name, nameof(name), wholeName: true);

    /// <summary>Passes a prefix that a listing can be asked for.</summary>
    /// <exception cref="ArgumentException">No name can begin so, or it is no folder where one is needed.</exception>
    public static void RequirePrefix(string prefix, bool byFolder)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        if (prefix.Length == 0)
        {
            return;
        }

        if (byFolder && !prefix.EndsWith('/'))
        {
            throw new ArgumentException($"The prefix \"{prefix}\" is no folder: it must be empty or end in '/'.", nameof(prefix));
        }

        Check(prefix, nameof(prefix), wholeName: false);
    }

    private static void Check(string name, string parameter, bool wholeName)
    {
        ArgumentException.ThrowIfNullOrEmpty(name, parameter);
        if (name.Length > MaxLength)
        {
            throw new ArgumentException($"The object name \"{name}\" is longer than {MaxLength}.", parameter);
        }

        if (name.AsSpan().ContainsAnyExcept(Allowed))
        {
            throw new ArgumentException($"The object name \"{name}\" has characters other than a-z, 0-9, '-', '_', '.' and '/'.", parameter);
        }

        // A prefix may end anywhere, in the middle of a part as well as after its '/'.
        ReadOnlySpan<char> checkedPart = wholeName || !name.EndsWith('/') ? name : name.AsSpan(0, name.Length - 1);
        foreach (Range part in checkedPart.Split('/'))
        {
            CheckPart(name, checkedPart[part], parameter);
        }

        if (wholeName && name.EndsWith('.'))
        {
            throw new ArgumentException($"The object name \"{name}\" ends in '.', which some stores drop.", parameter);
        }
    }

    private static void CheckPart(string name, ReadOnlySpan<char> part, string parameter)
    {
        if (part.IsEmpty || part[0] is '.' or '-')
        {
            throw new ArgumentException($"The object name \"{name}\" has a part that is empty or begins with '.' or '-'.", parameter);
        }

        if (part.Length > MaxPartLength)
        {
            throw new ArgumentException($"The object name \"{name}\" has a part longer than {MaxPartLength}.", parameter);
        }
    }
}
