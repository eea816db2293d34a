using System.Buffers.Binary;
using GrainStream.Core.Log.Compaction;

namespace GrainStream.Core.Tests.Log.Compaction;

public sealed class KeyHasherTests
{
    /// <summary>From vectors.h of SipHash's reference code: the key is 00 01 .. 0f, the input 00 01 .. of that many bytes.</summary>
    [Theory]
    [InlineData(0, "a3817f04ba25a8e66df67214c7550293")]
    [InlineData(1, "da87c1d86b99af44347659119b22fc45")]
    [InlineData(2, "8177228da4a45dc7fca38bdef60affe4")]
    [InlineData(3, "9c70b60c5267a94e5f33b6b02985ed51")]
    public void It_is_SipHash_2_4_of_128_bits(int length, string expected)
    {
        byte[] bytes = [.. Enumerable.Range(0, 64).Select(number => (byte)number)];
        KeyHasher hasher = new(BinaryPrimitives.ReadUInt64LittleEndian(bytes), BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(8)));
        KeyHash hash = hasher.Hash(bytes.AsSpan(0, length));
        byte[] found = new byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(found, hash.Low);
        BinaryPrimitives.WriteUInt64LittleEndian(found.AsSpan(8), hash.High);
        Assert.Equal(expected, Convert.ToHexStringLower(found));
    }

    [Fact]
    public void Keys_of_every_length_and_every_secret_have_hashes_of_their_own()
    {
        HashSet<KeyHash> hashes = [];
        for (int length = 0; length < 100; length++)
        {
            Assert.True(hashes.Add(new KeyHasher(1, 2).Hash(new byte[length])));
            Assert.True(hashes.Add(new KeyHasher(1, 3).Hash(new byte[length])));
            Assert.True(hashes.Add(new KeyHasher(2, 2).Hash(new byte[length])));
        }
    }
}
