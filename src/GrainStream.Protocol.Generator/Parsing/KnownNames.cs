namespace GrainStream.Protocol.Generator.Parsing;

/// <summary>Names of the types that declarations and generated code use.</summary>
internal static class KnownNames
{
    public const string MessageAttribute = "GrainStream.Protocol.Schema.KafkaMessageAttribute";
    public const string StructAttribute = "GrainStream.Protocol.Schema.KafkaStructAttribute";
    public const string FieldAttribute = "GrainStream.Protocol.Schema.FieldAttribute";
    public const string RecordSet = "GrainStream.Protocol.Wire.RecordSet";
    public const string Reader = "global::GrainStream.Protocol.Wire.KafkaReader";
    public const string Writer = "global::GrainStream.Protocol.Wire.KafkaWriter";
    public const string ApiKey = "global::GrainStream.Protocol.ApiKey";
    public const string MessageInterface = "global::GrainStream.Protocol.Messages.IKafkaMessage";
    public const string RequestInterface = "global::GrainStream.Protocol.Messages.IKafkaRequest";
    public const string ResponseInterface = "global::GrainStream.Protocol.Messages.IKafkaResponse";
}
