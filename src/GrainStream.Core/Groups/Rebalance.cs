using System.Globalization;
using System.Text;

namespace GrainStream.Core.Groups;

/// <summary>A rebalance that is over: one line that an operator can read.</summary>
/// <param name="GroupId">The group.</param>
/// <param name="Type">Its protocol.</param>
/// <param name="Generation">Generation (classic) or group epoch (consumer) that it led to.</param>
/// <param name="Reason">Why it began, and who was the cause: "member a-1 (client a, /10.0.0.1) joined".</param>
/// <param name="MemberCount">Members now.</param>
/// <param name="Moves">Members whose partitions changed. Empty where the assignment is not for the broker to read.</param>
public sealed record Rebalance(
    string GroupId, GroupType Type, int Generation, string Reason, int MemberCount, IReadOnlyList<MemberMove> Moves)
{
    // More would make the line too long to read; the describe APIs have all of it.
    private const int MaxMembersTold = 10;
    private const int MaxPartitionsTold = 20;

    /// <summary>What moved, in words: <c>a-1 +orders-0,orders-1 -orders-2; b-1 +orders-2</c>; "nothing moved" if so.</summary>
    public string MovesText()
    {
        if (Moves.Count == 0)
        {
            return "nothing moved";
        }

        var text = new StringBuilder();
        foreach (MemberMove move in Moves.Take(MaxMembersTold))
        {
            text.Append(text.Length == 0 ? "" : "; ").Append(move.MemberId);
            Append(text, '+', move.Gained);
            Append(text, '-', move.Lost);
        }

        if (Moves.Count > MaxMembersTold)
        {
            text.Append(CultureInfo.InvariantCulture, $"; and {Moves.Count - MaxMembersTold} more members");
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, char sign, IReadOnlyList<PartitionName> partitions)
    {
        if (partitions.Count == 0)
        {
            return;
        }

        text.Append(' ').Append(sign).AppendJoin(',', partitions.Take(MaxPartitionsTold));
        if (partitions.Count > MaxPartitionsTold)
        {
            text.Append(CultureInfo.InvariantCulture, $" and {partitions.Count - MaxPartitionsTold} more");
        }
    }
}
