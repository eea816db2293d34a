using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using GrainStream.Protocol;

namespace GrainStream.Core.Log.Tiering;

/// <summary>Where a partition's objects are: names that begin with <c>{topic id, 32 hex}/{partition}/</c>.</summary>
public static class PartitionFolder
{
    private const int TopicDigits = 32;

    public static string Of(PartitionId partition) =>
        string.Create(CultureInfo.InvariantCulture, $"{OfTopic(partition.Topic)}{partition.Index}/");

    /// <summary>Where the objects of all of a topic's partitions are.</summary>
    public static string OfTopic(TopicId topic) => $"{topic.Value:N}/";

    /// <summary>Reads a topic's folder, as a listing by folder gives it; false if it is none.</summary>
    public static bool TryParseTopic([NotNullWhen(true)] string? folder, out TopicId topic)
    {
        bool isTopic = Guid.TryParseExact(folder?.TrimEnd('/'), "N", out Guid id);
        topic = new TopicId(id);
        return isTopic && OfTopic(topic) == folder;
    }

    /// <summary>Takes a name apart; false if it lies in no partition's folder.</summary>
    internal static bool TryParse([NotNullWhen(true)] string? name, out PartitionId partition, out ReadOnlySpan<char> rest)
    {
        partition = default;
        rest = default;
        if (name is null || name.Length <= TopicDigits || name[TopicDigits] != '/' || !TryParseTopic(name[..(TopicDigits + 1)], out TopicId topic))
        {
            return false;
        }

        ReadOnlySpan<char> behind = name.AsSpan(TopicDigits + 1);
        int slash = behind.IndexOf('/');
        if (slash < 0 || !int.TryParse(behind[..slash], NumberStyles.None, CultureInfo.InvariantCulture, out int index))
        {
            return false;
        }

        partition = new PartitionId(topic, index);
        rest = behind[(slash + 1)..];
        return name.StartsWith(Of(partition), StringComparison.Ordinal);
    }
}
