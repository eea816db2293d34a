using GrainStream.Runtime.Ports;

namespace GrainStream.Storage.FileSystem.Objects;

/// <summary>
/// Gives listings page by page. Where a page ended is a name, so any process can go on from it; this one moreover keeps the walks of the last few listings, so that a folder of
/// 100,000 files is read and sorted once and not for each page. Thread-safe; blocks.
/// </summary>
internal sealed class ObjectListings(ObjectFiles files, int pageSize)
{
    // Beyond listings that go on at the same time, which are one or two.
    private const int MostKept = 4;

    private readonly Lock _gate = new();
    private readonly List<(string Key, IEnumerator<string> Walk)> _kept = [];

    public ObjectPage List(string prefix, bool byFolder, string? continuation)
    {
        List<StoredObject> objects = [];
        List<string> folders = [];
        IEnumerator<string> walk = TakeKept(KeyOf(prefix, byFolder, continuation)) ?? new ObjectWalk(files.Root, prefix, byFolder).From(continuation).GetEnumerator();
        string last = "";
        while (objects.Count + folders.Count < pageSize)
        {
            if (!walk.MoveNext())
            {
                walk.Dispose();
                return new ObjectPage(objects, folders, null);
            }

            last = walk.Current;
            if (last.EndsWith('/'))
            {
                folders.Add(last);
            }
            else if (FileStatus.OfPath(files.PathOf(last)) is { } status)
            {
                objects.Add(new StoredObject(last, status.Length));
            }
        }

        Keep(KeyOf(prefix, byFolder, last), walk);
        return new ObjectPage(objects, folders, last);
    }

    private static string KeyOf(string prefix, bool byFolder, string? continuation) => continuation is null ? "" : $"{prefix}|{byFolder}|{continuation}";

    private IEnumerator<string>? TakeKept(string key)
    {
        lock (_gate)
        {
            int index = _kept.FindIndex(kept => kept.Key == key);
            if (index < 0)
            {
                return null;
            }

            IEnumerator<string> walk = _kept[index].Walk;
            _kept.RemoveAt(index);
            return walk;
        }
    }

    private void Keep(string key, IEnumerator<string> walk)
    {
        lock (_gate)
        {
            _kept.Add((key, walk));
            if (_kept.Count > MostKept)
            {
                _kept.RemoveAt(0);
            }
        }
    }
}
