namespace GrainStream.Core.Groups.Consumer;

/// <summary>The topics that a member wants: those it names, and those whose names match a pattern. Immutable; equal if it asks for the same.</summary>
/// <param name="Names">In ordinal order, each once. Topics that do not exist may be among them: they count from when they are created.</param>
/// <param name="Pattern">In the syntax of <see cref="TopicPattern"/>; null for none.</param>
internal sealed record TopicSubscription(IReadOnlyList<string> Names, string? Pattern)
{
    public static readonly TopicSubscription None = new([], null);

    /// <summary>The subscription to these names, in any order.</summary>
    public static TopicSubscription To(IEnumerable<string> names, string? pattern) =>
        new([.. names.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)], pattern);

    public bool Includes(string topic) =>
        Names.Contains(topic, StringComparer.Ordinal) || (Pattern is not null && TopicPattern.TryParse(Pattern, out TopicPattern? pattern, out _) && pattern.Matches(topic));

    public bool Equals(TopicSubscription? other) =>
        other is not null && Pattern == other.Pattern && (ReferenceEquals(Names, other.Names) || Names.SequenceEqual(other.Names, StringComparer.Ordinal));

    public override int GetHashCode() => HashCode.Combine(Pattern, Names.Count, Names.Count > 0 ? Names[0] : null);
}
