namespace GrainStream.Server.Options;

/// <summary>The declaration of a setting: what <c>--help</c> and the README say of it, and the reader checks.</summary>
/// <param name="Key">Name below <c>GrainStream:</c>.</param>
/// <param name="Default">The default as one would write it.</param>
/// <param name="Meaning">What it does, unit and range included.</param>
public abstract record Setting(string Key, string Default, string Meaning)
{
    /// <summary>Whether what is set must not be shown, not even where it is wrong.</summary>
    public bool IsSecret { get; init; }
}

/// <summary>A setting and how its text becomes a value.</summary>
public sealed record Setting<T>(string Key, string Default, string Meaning, Setting<T>.Parser Parse)
    : Setting(Key, Default, Meaning)
{
    /// <summary>False if the text is no such value; <paramref name="mend"/> then says what to write.</summary>
    public delegate bool Parser(string text, out T value, out string mend);
}
