using System.Buffers;

namespace GrainStream.Core.Topics;

/// <summary>Kafka's rules for topic names (org.apache.kafka.common.internals.Topic).</summary>
public static class TopicName
{
    /// <summary>Longest name; Kafka's limit, so that a name with a partition number fits a file name of 255.</summary>
    public const int MaxLength = 249;

    private static readonly SearchValues<char> Legal =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");

    /// <summary>Says what is wrong with a name and how to mend it; null if it is valid.</summary>
    public static string? Problem(string name)
    {
        if (name.Length == 0)
        {
            return "The topic name is empty. Give it 1 to 249 characters.";
        }

        if (name.Length > MaxLength)
        {
            return $"The topic name is {name.Length} characters long. Use at most {MaxLength}.";
        }

        if (name is "." or "..")
        {
            return $"The topic name '{name}' is not allowed. Use another.";
        }

        return name.AsSpan().ContainsAnyExcept(Legal)
            ? $"The topic name '{name}' has a character that is not allowed. Use letters a-z and A-Z, digits, '.', '_' and '-'."
            : null;
    }
}
