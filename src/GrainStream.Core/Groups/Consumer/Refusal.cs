using GrainStream.Protocol;

namespace GrainStream.Core.Groups.Consumer;

/// <summary>Why a request is not served.</summary>
/// <param name="Error">For the client.</param>
/// <param name="Message">For people.</param>
internal sealed record Refusal(ErrorCode Error, string Message);
