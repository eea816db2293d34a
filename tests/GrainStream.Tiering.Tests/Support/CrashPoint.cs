namespace GrainStream.Tiering.Tests.Support;

/// <summary>Where in a scenario the power goes.</summary>
/// <param name="Kind">What is about to happen, or has just happened.</param>
/// <param name="Number">The how-manieth of its kind, from 1.</param>
internal readonly record struct CrashPoint(CrashKind Kind, int Number)
{
    public override string ToString() => $"{Kind} {Number}";
}
