using GrainStream.Protocol;

namespace GrainStream.Core.Log;

/// <summary>What a partition decided about a request to delete the records before an offset. Nothing has changed yet.</summary>
/// <param name="Error">None or OFFSET_OUT_OF_RANGE.</param>
/// <param name="LogStartOffset">The log start to answer once it is durable; -1 if refused.</param>
/// <param name="IsChange">The log start moves: journal it, then call <see cref="PartitionLog.ApplyLogStart"/>.</param>
public readonly record struct LogStartDecision(ErrorCode Error, Offset LogStartOffset, bool IsChange);
