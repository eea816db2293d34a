using System.IO.Enumeration;

namespace GrainStream.Storage.FileSystem.Objects;

/// <summary>
/// Names below the store's directory in ordinal order, folder by folder: a folder counts as its name with '/', so that walking into it where it stands gives the order of
/// whole names. Only names are read (one call of the file system for hundreds); lengths are asked for by whoever shows them.
/// </summary>
/// <param name="root">The store's directory.</param>
/// <param name="prefix">Beginning of the names.</param>
/// <param name="byFolder">Whether folders are given instead of walked into.</param>
internal sealed class ObjectWalk(string root, string prefix, bool byFolder)
{
    /// <summary>The names after <paramref name="after"/>, folders ending in '/'.</summary>
    public IEnumerable<string> From(string? after)
    {
        int slash = prefix.LastIndexOf('/');
        return Walk(prefix[..(slash + 1)], after);
    }

    private IEnumerable<string> Walk(string folder, string? after)
    {
        foreach (string name in NamesIn(folder))
        {
            if (!name.StartsWith(prefix, StringComparison.Ordinal) && !prefix.StartsWith(name, StringComparison.Ordinal))
            {
                continue;
            }

            if (!name.EndsWith('/'))
            {
                if (IsAfter(name, after) && name.StartsWith(prefix, StringComparison.Ordinal))
                {
                    yield return name;
                }
            }
            else if (byFolder && name.Length > prefix.Length)
            {
                // A folder that a put has made or a deletion left, with nothing in it, is none.
                if (IsAfter(name, after) && HoldsObjects(name))
                {
                    yield return name;
                }
            }
            else if (IsAfter(name, after) || after!.StartsWith(name, StringComparison.Ordinal))
            {
                foreach (string below in Walk(name, after))
                {
                    yield return below;
                }
            }
        }
    }

    private static bool IsAfter(string name, string? after) => after is null || string.CompareOrdinal(name, after) > 0;

    private string[] NamesIn(string folder)
    {
        string path = Path.Combine(root, folder);
        try
        {
            string[] names = [.. new FileSystemEnumerable<string>(path, (ref entry) => string.Concat(folder, entry.FileName, entry.IsDirectory ? "/" : ""))
            {
                ShouldIncludePredicate = (ref entry) => entry.FileName[0] != '.',
            }];
            Array.Sort(names, StringComparer.Ordinal);
            return names;
        }
        catch (DirectoryNotFoundException)
        {
            // Nothing was put there, or the last object of it has been deleted.
            return [];
        }
    }

    private bool HoldsObjects(string folder)
    {
        string path = Path.Combine(root, folder);
        try
        {
            return new FileSystemEnumerable<bool>(path, (ref _) => true, new EnumerationOptions { RecurseSubdirectories = true })
            {
                ShouldIncludePredicate = (ref entry) => !entry.IsDirectory,
            }.Any();
        }
        catch (DirectoryNotFoundException)
        {
            return false;
        }
    }
}
