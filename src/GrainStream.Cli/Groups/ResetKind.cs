namespace GrainStream.Cli.Groups;

/// <summary>Ways of saying where offsets are to be set.</summary>
internal enum ResetKind
{
    Earliest,
    Latest,
    Offset,
    Shift,
    Time,
}
