using GrainStream.Protocol.Messages;

namespace GrainStream.Gateway.Requests;

/// <summary>A request whose header is read.</summary>
/// <param name="Header">The header.</param>
/// <param name="FrameBytes">Bytes of the frame.</param>
/// <param name="ReceivedAt">When it was dispatched, as a timestamp of the clock.</param>
internal readonly record struct IncomingRequest(RequestHeader Header, int FrameBytes, long ReceivedAt);
