namespace GrainStream.Core.Tests.Groups.Churn;

/// <summary>Something that must never happen has happened.</summary>
internal sealed class ChurnViolationException(string message) : Exception(message);
