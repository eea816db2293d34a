namespace GrainStream.Protocol.Schema;

/// <summary>
/// Declares a property as a field of a message. Its initialiser is the field's default: what is read where the version lacks the field.
/// </summary>
/// <remarks>
/// Types: <c>bool</c>, integers, enums, <c>double</c>, <c>string</c>, <c>Guid</c>, <c>byte[]</c> (copied when read),
/// <c>ReadOnlySequence&lt;byte&gt;</c> (borrowed), <see cref="Wire.RecordSet"/>, nested classes with a <see cref="KafkaStructAttribute"/>,
/// and arrays of all but sequences and record sets.
/// </remarks>
[AttributeUsage(AttributeTargets.Property)]
public sealed class FieldAttribute(string versions = "0+") : Attribute
{
    /// <summary>Versions that have the field. "0+" means all that the message has.</summary>
    public string Versions { get; } = versions;

    /// <summary>Versions in which the field may be null on the wire; "none" by default.</summary>
    public string Nullable { get; set; } = "none";

    /// <summary>Tag of the field in <see cref="TaggedVersions"/>; -1 if it is never tagged.</summary>
    public int Tag { get; set; } = -1;

    /// <summary>Versions in which the field is tagged: sent only if it differs from the default. Null is all <see cref="Versions"/>.</summary>
    public string? TaggedVersions { get; set; }

    /// <summary>
    /// Whether a value is silently left out where the version lacks the field. Otherwise writing anything but the default
    /// throws <see cref="InvalidOperationException"/>: the receiver would act on something else than was meant.
    /// </summary>
    public bool Ignorable { get; set; }
}
