namespace GrainStream.Runtime.Reading.Segments;

/// <summary>
/// An object that a manifest names is not there. Retention or compaction may have replaced it since the manifest was read: look there again. If
/// the manifest still names it, it is missing.
/// </summary>
internal sealed class SegmentGoneException(string objectName) : Exception($"Object {objectName} is gone.")
{
    public string ObjectName { get; } = objectName;
}
