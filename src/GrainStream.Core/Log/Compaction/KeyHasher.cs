using System.Buffers.Binary;
using System.Numerics;

namespace GrainStream.Core.Log.Compaction;

/// <summary>
/// SipHash-2-4 with 128 bits of output (Aumasson and Bernstein, 2012, and their reference code). Thread-safe.
/// </summary>
/// <remarks>
/// Compaction takes equal hashes for equal keys, so two keys with one hash would cost one of them its value. By chance that is out of the
/// question (a billion keys: about 1 in 10^21). On purpose it is easy with hashes that have no secret (Murmur, xxHash) and possible with
/// Kafka's MD5; this one is keyed, and with a fresh random key for each pass nobody can prepare such keys. The framework has none of
/// these outside a package and cryptography.
/// </remarks>
/// <param name="low">First half of the secret.</param>
/// <param name="high">Second half of the secret.</param>
public readonly struct KeyHasher(ulong low, ulong high)
{
    /// <summary>The hash of <paramref name="key"/>.</summary>
    public KeyHash Hash(ReadOnlySpan<byte> key)
    {
        // The constants are "somepseudorandomlygeneratedbytes", and marks of the 128-bit variant.
        State state = new(
            low ^ 0x736f6d6570736575, high ^ 0x646f72616e646f6d ^ 0xee, low ^ 0x6c7967656e657261, high ^ 0x7465646279746573);
        ulong length = (ulong)key.Length << 56;
        while (key.Length >= sizeof(ulong))
        {
            state.Absorb(BinaryPrimitives.ReadUInt64LittleEndian(key));
            key = key[sizeof(ulong)..];
        }

        ulong last = length;
        for (int i = 0; i < key.Length; i++)
        {
            last |= (ulong)key[i] << (8 * i);
        }

        state.Absorb(last);
        ulong first = state.Squeeze(0, 0xee);
        return new KeyHash(first, state.Squeeze(0xdd, 0));
    }

    private struct State(ulong v0, ulong v1, ulong v2, ulong v3)
    {
        private ulong _v0 = v0;
        private ulong _v1 = v1;
        private ulong _v2 = v2;
        private ulong _v3 = v3;

        public void Absorb(ulong word)
        {
            _v3 ^= word;
            Round();
            Round();
            _v0 ^= word;
        }

        public ulong Squeeze(ulong markOfV1, ulong markOfV2)
        {
            _v1 ^= markOfV1;
            _v2 ^= markOfV2;
            Round();
            Round();
            Round();
            Round();
            return _v0 ^ _v1 ^ _v2 ^ _v3;
        }

        private void Round()
        {
            _v0 += _v1;
            _v1 = BitOperations.RotateLeft(_v1, 13) ^ _v0;
            _v0 = BitOperations.RotateLeft(_v0, 32);
            _v2 += _v3;
            _v3 = BitOperations.RotateLeft(_v3, 16) ^ _v2;
            _v0 += _v3;
            _v3 = BitOperations.RotateLeft(_v3, 21) ^ _v0;
            _v2 += _v1;
            _v1 = BitOperations.RotateLeft(_v1, 17) ^ _v2;
            _v2 = BitOperations.RotateLeft(_v2, 32);
        }
    }
}
