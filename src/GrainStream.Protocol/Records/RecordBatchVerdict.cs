using System.Diagnostics.CodeAnalysis;

namespace GrainStream.Protocol.Records;

/// <summary>Whether a batch from a producer may be appended, and if not, what to answer.</summary>
/// <param name="Error"><see cref="ErrorCode.None"/> for a batch that may be appended.</param>
/// <param name="Reason">What is wrong, for the response's error message; null for a batch that may be appended.</param>
public readonly record struct RecordBatchVerdict(ErrorCode Error, string? Reason)
{
    public static readonly RecordBatchVerdict Valid = new(ErrorCode.None, null);

    [MemberNotNullWhen(false, nameof(Reason))]
    public bool IsValid => Error == ErrorCode.None;
}
