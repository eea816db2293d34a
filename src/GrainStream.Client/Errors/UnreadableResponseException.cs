namespace GrainStream.Client.Errors;

/// <summary>A broker sent what is not the protocol, or record batches that are damaged.</summary>
public sealed class UnreadableResponseException : KafkaException
{
    internal UnreadableResponseException(string message, Exception? inner = null)
        : base(message, isRetriable: false, inner)
    {
    }
}
