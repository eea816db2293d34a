namespace GrainStream.Cli.Inspection;

/// <summary>How bad a <see cref="Finding"/> is.</summary>
internal enum Severity
{
    /// <summary>Nothing is wrong; somebody may want to know.</summary>
    Note,

    /// <summary>It could not be read: nobody knows.</summary>
    Unknown,

    /// <summary>Stored bytes are wrong or missing.</summary>
    Damage,
}
