using System.Collections.Immutable;
using GrainStream.Core.Log.Tiering;
using GrainStream.Protocol;

namespace GrainStream.Core.Tests.Log.Tiering;

/// <summary>Random changes of a manifest against a model that is a plain list of segments. The seed is in the test's name.</summary>
public sealed class ManifestModelTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 16)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Random_changes_agree_with_a_plain_list(int seed)
    {
        var random = new Random(seed);
        var world = new World();
        for (int step = 0; step < 200; step++)
        {
            switch (random.Next(12))
            {
                case 0:
                    world.RaiseLogStart(random);
                    break;
                case 1 or 2:
                    world.Replace(random);
                    break;
                case 3:
                    world.Apply(world.Manifest.Touch(Entries.Stamp));
                    break;
                default:
                    world.Append(random, random.Next(4) == 0 ? random.Next(1, 700) : random.Next(1, 5));
                    break;
            }

            world.Check(random);
        }
    }

    [Fact]
    public void A_million_segments_leave_the_head_small_and_are_found()
    {
        var world = new World();
        var largest = 0;
        var written = 0L;
        for (int i = 0; i < 1_000_000; i += 100)
        {
            world.AppendCount(100);
            largest = Math.Max(largest, ManifestCodec.Encode(world.Manifest).Length);
            written += world.LastEdit!.NewPages.Sum(page => page.Segments.Length);
        }

        Assert.True(largest <= 21 * 1024, $"the head grew to {largest} bytes");
        Assert.Equal(1_000_000, world.Manifest.SegmentCount);
        Assert.True(written <= 3_000_000, $"{written} entries were written to pages, more than one for each level");
        world.Check(new Random(1));
    }

    [Fact]
    public void Segments_that_leave_a_gap_are_not_appended()
    {
        Manifest manifest = Entries.Empty();
        Assert.Throws<InvariantViolationException>(() => manifest.Append([Entries.Entry(1, 2)], Entries.Epochs, [], Entries.Stamp));
    }

    [Fact]
    public void A_log_start_beyond_the_end_takes_the_end_with_it()
    {
        Manifest manifest = Entries.Empty().Append([Entries.Entry(0, 10)], Entries.Epochs, [], Entries.Stamp).Manifest;
        ManifestEdit edit = manifest.RaiseLogStart(new Offset(15), Entries.Epochs, [], Entries.Stamp);
        Assert.Equal((15, 15), (edit.Manifest.LogStart.Value, edit.Manifest.End.Value));
        Assert.Single(edit.RemovedSegments);
        Assert.Equal(0, edit.Manifest.DataBytes);
    }

    /// <summary>A manifest, its stored pages, and the list it stands for.</summary>
    private sealed class World
    {
        private readonly Dictionary<PageRef, ManifestPage> _stored = [];
        private List<SegmentEntry> _model = [];

        public Manifest Manifest { get; private set; } = Entries.Empty();

        public ManifestEdit? LastEdit { get; private set; }

        public void Append(Random random, int count)
        {
            var added = ImmutableArray.CreateBuilder<SegmentEntry>();
            for (long next = Manifest.End.Value; added.Count < count;)
            {
                long end = next + random.Next(1, 20);
                added.Add(Entries.Entry(next, end, random.Next(0, 1000), random.Next(1_000_000)));
                next = end;
            }

            Append(added.ToImmutable());
        }

        public void AppendCount(int count) =>
            Append([.. Enumerable.Range(0, count).Select(i => Entries.Entry(Manifest.End.Value + (10 * i), Manifest.End.Value + (10 * i) + 10))]);

        public void RaiseLogStart(Random random)
        {
            var logStart = new Offset(random.NextInt64(Manifest.LogStart.Value, Manifest.LogStart.Value + ((Manifest.End - Manifest.LogStart) / 3) + 2));
            SegmentEntry[] gone = [.. _model.Where(segment => segment.EndOffset <= logStart)];
            Apply(Manifest.RaiseLogStart(logStart, Entries.Epochs, Load(Manifest.PagesToRaiseLogStart(logStart)), Entries.Stamp));
            Assert.True(gone.SequenceEqual(LastEdit!.RemovedSegments));
            _model = [.. _model.Skip(gone.Length)];
        }

        public void Replace(Random random)
        {
            if (_model.Count == 0)
            {
                return;
            }

            int first = random.Next(_model.Count);
            int count = Math.Min(_model.Count - first, random.Next(3) == 0 ? random.Next(1, 3000) : random.Next(1, 10));
            List<SegmentEntry> old = _model.GetRange(first, count);
            Offset from = old[0].BaseOffset;
            Offset to = old[^1].EndOffset;
            Offset middle = new(random.NextInt64(from.Value, to.Value));
            ImmutableArray<SegmentEntry> replacing = middle > from && random.Next(2) == 0
                ? [Entries.Entry(from.Value, middle.Value, 7), Entries.Entry(middle.Value, to.Value, 8)]
                : [Entries.Entry(from.Value, to.Value, 9)];
            Apply(Manifest.Replace(from, to, replacing, to, Load(Manifest.PagesToReplace(from, to)), Entries.Stamp));
            Assert.True(old.SequenceEqual(LastEdit!.RemovedSegments));
            _model.RemoveRange(first, count);
            _model.InsertRange(first, replacing);
        }

        public void Apply(ManifestEdit edit)
        {
            Assert.Equal(Manifest.Version + 1, edit.Manifest.Version);
            foreach (PageRef removed in edit.RemovedPages)
            {
                Assert.True(_stored.Remove(removed));
            }

            foreach (ManifestPage page in edit.NewPages)
            {
                Assert.DoesNotContain(_stored.Keys, stored => stored.Salt == page.Reference.Salt);
                byte[] content = ManifestPageCodec.Encode(Entries.Partition, page.Segments, out _);
                Assert.Equal(content.Length, ManifestPageCodec.SizeOf(page.Reference));
                Assert.True(ManifestPageCodec.TryDecode(content, Entries.Partition, page.Reference, out ManifestPage? decoded, out StoredFault fault), fault.Reason);
                _stored.Add(page.Reference, decoded);
            }

            Assert.True(
                ManifestCodec.TryDecode(ManifestCodec.Encode(edit.Manifest), Entries.Partition, out Manifest? read, out StoredFault wrong), wrong.Reason);
            Assert.Equal(ManifestCodec.Encode(edit.Manifest), ManifestCodec.Encode(read));
            Manifest = read;
            LastEdit = edit;
        }

        public void Check(Random random)
        {
            Assert.Equal(_stored.Keys.OrderBy(page => page.FirstOffset.Value), Manifest.Pages);
            SegmentEntry[] named = [.. Manifest.Pages.SelectMany(page => _stored[page].Segments), .. Manifest.Recent];
            Assert.True(_model.SequenceEqual(named.Where(segment => segment.EndOffset > Manifest.LogStart)), "the manifest names other segments than the list");
            Assert.Equal(_model.Sum(segment => segment.DataLength), Manifest.DataBytes);
            Assert.True(Manifest.Pages.Count(page => page.Level == 0) < 60);
            for (int i = 0; i < 5 && _model.Count > 0; i++)
            {
                SegmentEntry wanted = _model[random.Next(_model.Count)];
                var offset = new Offset(random.NextInt64(wanted.BaseOffset.Value, wanted.EndOffset.Value));
                Assert.Equal(wanted, Find(offset));
            }

            Assert.Equal((-1, -1), (Manifest.FindRecent(Manifest.End), Manifest.FindPage(Manifest.End)));
        }

        private SegmentEntry Find(Offset offset)
        {
            int recent = Manifest.FindRecent(offset);
            if (recent >= 0)
            {
                return Manifest.Recent[recent];
            }

            ManifestPage page = _stored[Manifest.Pages[Manifest.FindPage(offset)]];
            return page.Segments[page.Find(offset)];
        }

        private void Append(ImmutableArray<SegmentEntry> added)
        {
            Apply(Manifest.Append(added, Entries.Epochs, Load(Manifest.PagesToAppend(added.Length)), Entries.Stamp));
            Assert.Empty(LastEdit!.RemovedSegments);
            _model.AddRange(added);
        }

        private ManifestPage[] Load(ImmutableArray<PageRef> pages) => [.. pages.Select(page => _stored[page])];
    }
}
