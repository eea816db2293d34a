namespace GrainStream.Protocol.Schema;

/// <summary>What a message is for.</summary>
public enum MessageKind
{
    /// <summary>Sent by a client; implements <see cref="Messages.IKafkaRequest{TSelf}"/>.</summary>
    Request,

    /// <summary>Sent by a broker; implements <see cref="Messages.IKafkaResponse{TSelf}"/>.</summary>
    Response,

    /// <summary>Stored in a record rather than sent on its own; has no API key.</summary>
    Data,
}
