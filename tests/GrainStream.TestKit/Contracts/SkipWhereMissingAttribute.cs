namespace GrainStream.TestKit.Contracts;

/// <summary>On a class of contract tests: what they need of the machine.</summary>
[AttributeUsage(AttributeTargets.Class)]
public abstract class SkipWhereMissingAttribute : Attribute
{
    /// <summary>Why the tests cannot run here; null if they can.</summary>
    public abstract string? Reason { get; }
}
