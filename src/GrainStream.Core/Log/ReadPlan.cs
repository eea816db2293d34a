using GrainStream.Protocol;

namespace GrainStream.Core.Log;

/// <summary>
/// The runs to walk for one fetch, in order; for <c>foreach</c>, without allocating. A window may hold frames of other partitions and
/// frames before the fetch offset, so the plan is generous: the first run does not count towards its bytes, and the reader, who counts
/// the bytes of its own batches, stops as soon as it has enough.
/// </summary>
public readonly struct ReadPlan
{
    private readonly TailIndexSnapshot _index;
    private readonly long _firstRun;
    private readonly Offset _end;
    private readonly long _maxBytes;

    internal ReadPlan(TailIndexSnapshot index, long firstRun, Offset end, long maxBytes)
    {
        _index = index;
        _firstRun = firstRun;
        _end = end;
        _maxBytes = maxBytes;
    }

    public bool IsEmpty => _index.IsEmpty;

    public Enumerator GetEnumerator() => new(this);

    /// <summary>Walks a plan's runs.</summary>
    public struct Enumerator
    {
        private readonly ReadPlan _plan;
        private long _next;
        private long _remainingBytes;

        internal Enumerator(ReadPlan plan)
        {
            _plan = plan;
            _next = plan._firstRun;
            _remainingBytes = plan._maxBytes;
        }

        public RunEntry Current { get; private set; }

        public bool MoveNext()
        {
            bool isFirst = _next == _plan._firstRun;
            if (_next >= _plan._index.EndRun || (!isFirst && _remainingBytes <= 0))
            {
                return false;
            }

            RunEntry run = _plan._index[_next];
            if (run.BaseOffset >= _plan._end)
            {
                return false;
            }

            if (!isFirst)
            {
                _remainingBytes -= run.End - run.Start;
            }

            _next++;
            Current = run;
            return true;
        }
    }
}
