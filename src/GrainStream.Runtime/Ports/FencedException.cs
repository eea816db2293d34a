namespace GrainStream.Runtime.Ports;

/// <summary>
/// The condition of a conditional put did not hold: the object is there already, or is no longer the version that was expected. Somebody else has
/// written it, or an earlier, unanswered try of the same put has: who cares reads it back and compares.
/// </summary>
public sealed class FencedException(string message, Exception? innerException = null) : IOException(message, innerException);
