namespace GrainStream.Server;

/// <summary>Why the server did not start or could not go on: what to tell the operator, and what to exit with.</summary>
public sealed record StartFailure(ExitCode Code, string Message);
