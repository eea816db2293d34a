using GrainStream.Protocol;

namespace GrainStream.Core.Log;

/// <summary>
/// Which leader epoch began at which offset, oldest first; both strictly increasing. Immutable: a partition swaps it, so any thread may
/// read the one it got. Epochs change rarely, hence a plain array. Follows Kafka's LeaderEpochFileCache (KIP-101).
/// </summary>
internal sealed class LeaderEpochs
{
    public static readonly LeaderEpochs None = new([]);

    private readonly EpochStart[] _entries;

    private LeaderEpochs(EpochStart[] entries) => _entries = entries;

    /// <summary>All of them, oldest first.</summary>
    public IReadOnlyList<EpochStart> Entries => _entries;

    /// <summary>Those epochs, which must be in order.</summary>
    public static LeaderEpochs Of(IReadOnlyList<EpochStart> entries) => entries.Count == 0 ? None : new LeaderEpochs([.. entries]);

    /// <summary>Adds an epoch; one that began at or after <paramref name="start"/> had no records and is forgotten.</summary>
    public LeaderEpochs With(LeaderEpoch epoch, Offset start)
    {
        int kept = _entries.Length;
        while (kept > 0 && (_entries[kept - 1].Start >= start || _entries[kept - 1].Epoch >= epoch))
        {
            kept--;
        }

        return new LeaderEpochs([.. _entries.AsSpan(0, kept), new EpochStart(epoch, start)]);
    }

    /// <summary>Forgets epochs that end at or before <paramref name="logStart"/>; the one it falls in then begins there.</summary>
    public LeaderEpochs From(Offset logStart)
    {
        int dropped = 0;
        while (dropped + 1 < _entries.Length && _entries[dropped + 1].Start <= logStart)
        {
            dropped++;
        }

        if (_entries.Length == 0 || (dropped == 0 && _entries[0].Start >= logStart))
        {
            return this;
        }

        EpochStart[] entries = _entries[dropped..];
        if (entries[0].Start < logStart)
        {
            entries[0] = entries[0] with { Start = logStart };
        }

        return new LeaderEpochs(entries);
    }

    /// <summary>Where <paramref name="epoch"/> ends in a log that ends at <paramref name="logEnd"/>.</summary>
    public EpochEndOffset EndOf(LeaderEpoch epoch, Offset logEnd)
    {
        if (_entries.Length == 0 || epoch.Value < 0 || epoch > _entries[^1].Epoch)
        {
            return EpochEndOffset.Unknown;
        }

        if (epoch == _entries[^1].Epoch)
        {
            return new EpochEndOffset(epoch, logEnd);
        }

        int next = 0;
        while (_entries[next].Epoch <= epoch)
        {
            next++;
        }

        // Asked for an epoch before all we know: it ended where the first known one began.
        LeaderEpoch floor = next == 0 ? epoch : _entries[next - 1].Epoch;
        return new EpochEndOffset(floor, _entries[next].Start);
    }
}
