namespace GrainStream.Protocol.Schema;

/// <summary>
/// Declares a message: the generator adds <c>Read</c> and <c>Write</c> for each version to the class, which must be
/// <c>sealed partial</c>. Fields are the properties with a <see cref="FieldAttribute"/>, in the order of their declaration.
/// </summary>
/// <remarks>A version range is "3", "3-13" or, open-ended, "3+".</remarks>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class KafkaMessageAttribute : Attribute
{
    /// <summary>A request or response. <paramref name="versions"/> must be closed, such as "3-13".</summary>
    public KafkaMessageAttribute(ApiKey key, MessageKind kind, string versions)
    {
        Key = key;
        Kind = kind;
        Versions = versions;
    }

    /// <summary>A message without an API key; <paramref name="kind"/> must be <see cref="MessageKind.Data"/>.</summary>
    public KafkaMessageAttribute(MessageKind kind, string versions)
    {
        Kind = kind;
        Versions = versions;
    }

    /// <summary>Null for <see cref="MessageKind.Data"/>.</summary>
    public ApiKey? Key { get; }

    public MessageKind Kind { get; }

    /// <summary>Versions that can be read and written.</summary>
    public string Versions { get; }

    /// <summary>Versions with compact lengths and tagged fields (KIP-482), such as "9+"; "none" by default.</summary>
    public string Flexible { get; set; } = "none";
}
