using System.Buffers;
using GrainStream.Protocol.Schema;
using GrainStream.Protocol.Wire;

namespace GrainStream.Protocol.Tests.Messages;

/// <summary>Compares messages field by field.</summary>
internal static class MessageDifference
{
    /// <summary>Path of the first field that differs, with both values; null if none does.</summary>
    public static string? Between(object? expected, object? actual, string path = "")
    {
        if (expected is null || actual is null)
        {
            return expected is null && actual is null ? null : $"{path}: {Show(expected)} but {Show(actual)}";
        }

        switch (expected, actual)
        {
            case (RecordSet left, RecordSet right):
                return left.IsNull == right.IsNull && BytesOf(left).AsSpan().SequenceEqual(BytesOf(right)) ? null : $"{path}: other bytes";
            case (ReadOnlySequence<byte> left, ReadOnlySequence<byte> right):
                return left.ToArray().AsSpan().SequenceEqual(right.ToArray()) ? null : $"{path}: other bytes";
            case (Array left, Array right) when left.Length != right.Length:
                return $"{path}: {left.Length} elements but {right.Length}";
            case (Array left, Array right):
                return First(Enumerable.Range(0, left.Length).Select(i => Between(left.GetValue(i), right.GetValue(i), $"{path}[{i}]")));
        }

        Type type = expected.GetType();
        if (type.IsDefined(typeof(KafkaStructAttribute), false) || type.IsDefined(typeof(KafkaMessageAttribute), false))
        {
            return First(DeclaredField.Of(type).Select(f => Between(f.Get(expected), f.Get(actual), $"{path}.{f.Name}")));
        }

        return expected.Equals(actual) ? null : $"{path}: {Show(expected)} but {Show(actual)}";
    }

    private static string? First(IEnumerable<string?> differences) => differences.FirstOrDefault(difference => difference is not null);

    private static byte[] BytesOf(RecordSet records) => records.Payload is BytesPayload payload ? payload.Bytes : records.Bytes.ToArray();

    private static string Show(object? value) => value?.ToString() ?? "null";
}
