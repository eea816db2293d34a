namespace GrainStream.Protocol.Schema;

/// <summary>
/// Declares a part of a message: a <c>sealed partial</c> class nested in the message, used by its fields. See <see cref="KafkaMessageAttribute"/>.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class KafkaStructAttribute : Attribute;
