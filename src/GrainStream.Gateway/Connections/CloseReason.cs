namespace GrainStream.Gateway.Connections;

/// <summary>Why a connection ended; the tag of the metric and the first word of the log line.</summary>
internal enum CloseReason
{
    /// <summary>The client closed it, between two requests.</summary>
    ClosedByClient,

    /// <summary>The connection broke.</summary>
    ConnectionLost,

    /// <summary>The client closed it within a frame.</summary>
    TruncatedFrame,

    /// <summary>A frame's length is negative, too small for a request, or above the limit.</summary>
    InvalidFrameLength,

    /// <summary>A request's header or body does not decode.</summary>
    MalformedRequest,

    /// <summary>A request for an API this broker does not have.</summary>
    UnsupportedApi,

    /// <summary>A request of a version this broker does not have.</summary>
    UnsupportedVersion,

    /// <summary>The rest of a frame did not come in time.</summary>
    StalledRequest,

    /// <summary>The client did not read its responses in time.</summary>
    StalledResponse,

    /// <summary>No requests for longer than the limit.</summary>
    Idle,

    /// <summary>A request that gets no answer failed, such as a produce with acks=0; closing is the only way to say so.</summary>
    RefusedWithoutAnswer,

    /// <summary>A handler failed, and its answer could not say so.</summary>
    InternalError,

    /// <summary>Beyond the limit of connections.</summary>
    TooManyConnections,

    /// <summary>The node stops.</summary>
    Stopping,
}
