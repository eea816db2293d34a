using GrainStream.Core.Log;
using GrainStream.Protocol;

namespace GrainStream.Core.Tests.Log;

public sealed class TailIndexReplacementTests
{
    private readonly TailIndex _index = new();
    private long _offset;
    private long _position;

    [Fact]
    public void Copies_take_the_place_of_their_originals()
    {
        Fill(runs: 5);
        TailIndex replaced = _index.ReplacedBy([Copy(10, 30, at: 1000)], new Offset(0));
        Assert.Equal([(0, 0), (10, 1000), (30, 192), (40, 256)], Starts(replaced));
        Assert.Equal([(0, 0), (10, 64), (20, 128), (30, 192), (40, 256)], Starts(_index));
        Assert.Equal(0, replaced.FirstPosition?.Value);
    }

    [Fact]
    public void Copies_may_be_finer_or_coarser_than_their_originals_and_lie_apart()
    {
        Fill(runs: 5);
        TailIndex replaced = _index.ReplacedBy([Copy(0, 5, at: 1000), Copy(5, 10, at: 2000), Copy(30, 50, at: 3000)], new Offset(0));
        Assert.Equal([(0, 1000), (5, 2000), (10, 64), (20, 128), (30, 3000)], Starts(replaced));
        Assert.Equal(64, replaced.FirstPosition?.Value);
    }

    [Fact]
    public void What_lies_wholly_below_the_first_offset_needed_is_let_go()
    {
        Fill(runs: 5);
        Assert.Equal([(20, 128), (30, 192), (40, 256)], Starts(_index.ReplacedBy([], new Offset(25))));
        Assert.Equal([(25, 1000), (30, 192), (40, 256)], Starts(_index.ReplacedBy([Copy(25, 30, at: 1000)], new Offset(25))));
        Assert.Equal([(40, 2000)], Starts(_index.ReplacedBy([Copy(0, 10, at: 1000), Copy(40, 50, at: 2000)], new Offset(40))));
        Assert.Equal(0, _index.ReplacedBy([Copy(40, 50, at: 2000)], new Offset(50)).Count);
    }

    [Fact]
    public void Copies_of_what_has_been_trimmed_meanwhile_are_left_out()
    {
        Fill(runs: 5);
        _index.TrimBefore(new Offset(20));
        Assert.Equal([(20, 3000), (30, 192), (40, 256)], Starts(_index.ReplacedBy([Copy(0, 10, at: 1000), Copy(10, 20, at: 2000), Copy(20, 30, at: 3000)], new Offset(0))));
        _index.TrimBefore(new Offset(50));
        Assert.Equal(0, _index.ReplacedBy([Copy(0, 50, at: 1000)], new Offset(0)).Count);
    }

    [Fact]
    public void Copies_that_do_not_meet_the_runs_around_them_are_refused()
    {
        Fill(runs: 5);
        Assert.Throws<InvariantViolationException>(() => _index.With([Copy(10, 25, at: 1000)], new Offset(0)));
    }

    [Fact]
    public void The_first_frame_after_a_seal_begins_a_run_though_it_is_near()
    {
        Add(records: 10, startsRun: false);
        Add(records: 10, startsRun: false);
        Assert.Equal(1, _index.Count);
        _index.Seal();
        Add(records: 10, startsRun: false);
        Add(records: 10, startsRun: false);
        Assert.Equal([(0, 0), (20, 128)], Starts(_index));
    }

    [Fact]
    public void A_rebuilt_index_goes_on_behind_all_its_runs()
    {
        Fill(runs: 2);
        TailIndex rebuilt = TailIndex.Of(_index.With([Copy(0, 10, at: 1000)], new Offset(0)), new Offset(20));
        Assert.Throws<InvariantViolationException>(() =>
            rebuilt.Add(new Offset(20), new Offset(21), new JournalPosition(1056), 64, 50, -1, startsRun: false));
        rebuilt.Add(new Offset(20), new Offset(21), new JournalPosition(1064), 64, 50, -1, startsRun: false);
        Assert.Equal([(0, 1000), (10, 64), (20, 1064)], Starts(rebuilt));
    }

    /// <summary>Random trims, copies and appends against a list of runs.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Random_replacements_agree_with_a_list(int seed)
    {
        var random = new Random(seed);
        TailIndex index = _index;
        var model = new List<(long Base, long Position)>();
        for (int step = 0; step < 500; step++)
        {
            int records = random.Next(1, 10);
            index.Add(new Offset(_offset), new Offset(_offset + records), new JournalPosition(_position), 64, 50, -1, startsRun: true);
            model.Add((_offset, _position));
            _offset += records;
            _position += 64;
            if (random.Next(20) == 0)
            {
                Offset from = new(random.NextInt64(_offset + 1));
                var copies = new List<TailRun>();
                for (int run = 0; run < model.Count; run++)
                {
                    if (random.Next(3) == 0)
                    {
                        copies.Add(Copy(model[run].Base, run + 1 < model.Count ? model[run + 1].Base : _offset, _position));
                        model[run] = (model[run].Base, _position);
                        _position += 64;
                    }
                }

                while (model.Count > 0 && (model.Count > 1 ? model[1].Base : _offset) <= from.Value)
                {
                    model.RemoveAt(0);
                }

                index = index.ReplacedBy(copies, from);
            }

            Assert.Equal(model, Starts(index));
            Assert.Equal(model.Count == 0 ? null : model.Min(run => run.Position), index.FirstPosition?.Value);
            Assert.Equal(model.Count == 0 ? null : model[0].Base, index.FirstOffset?.Value);
        }
    }

    private static TailRun Copy(long from, long end, long at) =>
        new(new Offset(from), new Offset(end), new JournalPosition(at), new JournalPosition(at + 64), -1, 50);

    private static IEnumerable<(long Base, long Position)> Starts(TailIndex index) =>
        index.Runs().Select(run => (run.BaseOffset.Value, run.Start.Value));

    private void Fill(int runs)
    {
        for (int i = 0; i < runs; i++)
        {
            Add(records: 10, startsRun: true);
        }
    }

    private void Add(int records, bool startsRun)
    {
        _index.Add(new Offset(_offset), new Offset(_offset + records), new JournalPosition(_position), 64, 50, -1, startsRun);
        _offset += records;
        _position += 64;
    }
}
