using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace GrainStream.Core;

/// <summary>
/// Checks what must always hold. On in Release too: a machine that is wrong stops, loudly, and is rebuilt from its log,
/// instead of writing something it cannot take back. Costs a branch, and allocates nothing while the condition holds.
/// </summary>
public static class Invariant
{
    /// <summary>Throws <see cref="InvariantViolationException"/> unless <paramref name="condition"/> holds.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Require([DoesNotReturnIf(false)] bool condition, string message)
    {
        if (!condition)
        {
            Throw(message);
        }
    }

    /// <summary>As the other overload; the message is put together only when the condition fails.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Require(
        [DoesNotReturnIf(false)] bool condition,
        [InterpolatedStringHandlerArgument(nameof(condition))] ref InvariantMessage message)
    {
        if (!condition)
        {
            Throw(message.ToStringAndClear());
        }
    }

    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Throw(string message) => throw new InvariantViolationException(message);
}
