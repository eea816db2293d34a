namespace GrainStream.Client.Errors;

/// <summary>Something between this client and the cluster went wrong. The message says where, what, and how it can be mended.</summary>
public abstract class KafkaException : Exception
{
    private protected KafkaException(string message, bool isRetriable, Exception? inner = null)
        : base(message, inner)
    {
        IsRetriable = isRetriable;
    }

    /// <summary>Whether the same call may succeed later without anybody changing anything. The client has then tried for as long as its options say.</summary>
    public bool IsRetriable { get; }
}
