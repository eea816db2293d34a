using Microsoft.Extensions.Logging;

namespace GrainStream.Runtime.Tiering;

/// <summary>Log lines about manifests and segments, ids 1200-1249.</summary>
internal static partial class TieringLog
{
    [LoggerMessage(1200, LogLevel.Warning, "What became of a put of {Object} is not known; it is read back.")]
    public static partial void OutcomeUnknown(ILogger logger, string @object, Exception cause);

    [LoggerMessage(1201, LogLevel.Warning, "Reading back {Object} failed; trying again.")]
    public static partial void ReadBackFailed(ILogger logger, string @object, Exception cause);

    [LoggerMessage(1202, LogLevel.Information,
        "Another change of {Object}, by an earlier run of this node, was stored first (version {Version}); going on from there.")]
    public static partial void Overtaken(ILogger logger, string @object, long version);
}
