namespace GrainStream.Core.Groups.Consumer.Assignors;

/// <summary>
/// Makes a valid assignment as even as it can be. From the member with most, it searches breadth first along "has a partition that this one could have"
/// for a member with at least two less, and passes one partition on along the way, so that only the two ends change in number. Shortest ways first, so
/// that few partitions move. Each step lowers the sum of squares, so it ends; when no way is left, no assignment is more even.
/// </summary>
internal sealed class Leveller
{
    private readonly Holdings[] _holdings;
    private readonly TopicClass[] _classes;
    private readonly int[] _cameFrom;
    private readonly int[] _cameBy;
    private readonly bool[] _isClassSeen;
    private readonly List<int> _seen = [];

    public Leveller(Holdings[] holdings, TopicClass[] classes)
    {
        _holdings = holdings;
        _classes = classes;
        _cameFrom = new int[holdings.Length];
        _cameBy = new int[holdings.Length];
        _isClassSeen = new bool[classes.Length];
    }

    public void Run()
    {
        bool[] isSettled = new bool[_holdings.Length];
        bool hasMoved = false;
        while (true)
        {
            int source = MostLoaded(isSettled);
            if (source < 0)
            {
                if (!hasMoved)
                {
                    return;
                }

                // A partition that moved may have opened a way to somebody for whom there was none.
                Array.Clear(isSettled);
                hasMoved = false;
            }
            else if (TryMoveFrom(source))
            {
                hasMoved = true;
            }
            else
            {
                // Whomever the source could reach has no more than it had, and can reach nobody else.
                foreach (int member in _seen)
                {
                    isSettled[member] = true;
                }
            }
        }
    }

    private int MostLoaded(bool[] isSettled)
    {
        int most = -1;
        for (int i = 0; i < _holdings.Length; i++)
        {
            if (!isSettled[i] && _holdings[i].Count > 1 && (most < 0 || _holdings[i].Count > _holdings[most].Count))
            {
                most = i;
            }
        }

        return most;
    }

    private bool TryMoveFrom(int source)
    {
        Array.Fill(_cameFrom, -1);
        Array.Clear(_isClassSeen);
        _seen.Clear();
        _seen.Add(source);
        _cameFrom[source] = source;
        int limit = _holdings[source].Count - 2;
        for (int levelStart = 0; levelStart < _seen.Count;)
        {
            int levelEnd = _seen.Count;
            int target = -1;
            for (int i = levelStart; i < levelEnd; i++)
            {
                Visit(_seen[i]);
            }

            for (int i = levelEnd; i < _seen.Count; i++)
            {
                int member = _seen[i];
                if (_holdings[member].Count <= limit && (target < 0 || _holdings[member].Count < _holdings[target].Count))
                {
                    target = member;
                }
            }

            if (target >= 0)
            {
                PassAlong(source, target);
                return true;
            }

            levelStart = levelEnd;
        }

        return false;
    }

    private void Visit(int member)
    {
        foreach (int topicClass in _holdings[member].Classes)
        {
            if (_isClassSeen[topicClass])
            {
                continue;
            }

            _isClassSeen[topicClass] = true;
            foreach (int subscriber in _classes[topicClass].Subscribers)
            {
                if (_cameFrom[subscriber] < 0)
                {
                    _cameFrom[subscriber] = member;
                    _cameBy[subscriber] = topicClass;
                    _seen.Add(subscriber);
                }
            }
        }
    }

    private void PassAlong(int source, int target)
    {
        for (int member = target; member != source; member = _cameFrom[member])
        {
            _holdings[_cameFrom[member]].PassTo(_holdings[member], _cameBy[member]);
        }
    }
}
