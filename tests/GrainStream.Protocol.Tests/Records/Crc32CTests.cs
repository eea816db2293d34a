using System.Buffers;
using GrainStream.Protocol.Records;

namespace GrainStream.Protocol.Tests.Records;

public sealed class Crc32CTests
{
    private const int Seed = 20260131;

    public static TheoryData<string, string, uint> PublishedVectors => new()
    {
        { "nothing", "", 0u },
        { "the digits (catalogue of parametrised CRC algorithms)", "313233343536373839", 0xE3069283u },
        { "RFC 3720 B.4: 32 bytes of zeroes", new string('0', 64), 0x8A9136AAu },
        { "RFC 3720 B.4: 32 bytes of ones", new string('F', 64), 0x62A8AB43u },
        { "RFC 3720 B.4: 32 bytes, 00 up to 1f", "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", 0x46DD794Eu },
        { "RFC 3720 B.4: 32 bytes, 1f down to 00", "1f1e1d1c1b1a191817161514131211100f0e0d0c0b0a09080706050403020100", 0x113FDB5Cu },
        {
            "RFC 3720 B.4: an iSCSI SCSI Read (10) command PDU",
            "01c000000000000000000000000000001400000000000400000000140000001828000000000000000200000000000000",
            0xD9963A56u
        },
    };

    [Theory]
    [MemberData(nameof(PublishedVectors))]
    public void Gives_the_published_values(string name, string hex, uint expected)
    {
        Assert.NotNull(name);
        byte[] data = Convert.FromHexString(hex);
        Assert.Equal(expected, Crc32C.Compute(data));
        Assert.Equal(expected, Crc32CPortable.Append(0, data));
        Assert.Equal(expected, Crc32C.AppendInterleaved(0, data));
        Assert.Equal(expected, Crc32C.AppendSingleLane(0, data));
    }

    [Fact]
    public void Every_implementation_agrees_with_the_definition_at_every_length_and_alignment()
    {
        byte[] data = RandomBytes(new Random(Seed), 1024);
        for (int start = 0; start < 9; start++)
        {
            for (int length = 0; length <= data.Length - start; length++)
            {
                AssertAllAgree(BitByBit(0, data.AsSpan(start, length)), 0, data.AsSpan(start, length));
            }
        }
    }

    [Fact]
    public void Every_implementation_agrees_around_the_lengths_where_lanes_change()
    {
        Random random = new(Seed);
        byte[] data = RandomBytes(random, 40_000);
        int[] lengths = [12_263, 12_288, 12_289, 12_543, 12_544, 24_576, 24_831, 24_833, 36_864, 39_991];
        foreach (int length in lengths)
        {
            uint crc = (uint)random.NextInt64(0, 1L << 32);
            ReadOnlySpan<byte> slice = data.AsSpan(random.Next(0, 8), length);
            AssertAllAgree(BitByBit(crc, slice), crc, slice);
        }
    }

    [Fact]
    public void A_sequence_gives_what_its_bytes_give_however_it_is_cut()
    {
        Random random = new(Seed);
        byte[] data = RandomBytes(random, 20_000);
        uint expected = Crc32C.Compute(data);
        for (int round = 0; round < 50; round++)
        {
            ReadOnlySequence<byte> sequence = Sequences.CutAtRandom(data, random, random.Next(1, 9_000));
            Assert.Equal(expected, Crc32C.Compute(sequence));
        }
    }

    [Fact]
    public void Combining_two_checksums_gives_that_of_the_joined_bytes()
    {
        Random random = new(Seed);
        byte[] data = RandomBytes(random, 70_000);
        for (int round = 0; round < 500; round++)
        {
            int length = random.Next(0, data.Length + 1);
            int cut = random.Next(0, length + 1);
            uint left = Crc32C.Compute(data.AsSpan(0, cut));
            uint right = Crc32C.Compute(data.AsSpan(cut, length - cut));
            Assert.Equal(Crc32C.Compute(data.AsSpan(0, length)), Crc32C.Combine(left, right, length - cut));
        }
    }

    [Fact]
    public void Combining_is_associative_over_lengths_no_buffer_can_have()
    {
        Random random = new(Seed);
        for (int round = 0; round < 500; round++)
        {
            uint a = (uint)random.NextInt64(0, 1L << 32);
            uint b = (uint)random.NextInt64(0, 1L << 32);
            uint c = (uint)random.NextInt64(0, 1L << 32);
            long lengthB = random.NextInt64(0, long.MaxValue / 2);
            long lengthC = random.NextInt64(0, long.MaxValue / 2);
            uint leftFirst = Crc32C.Combine(Crc32C.Combine(a, b, lengthB), c, lengthC);
            uint rightFirst = Crc32C.Combine(a, Crc32C.Combine(b, c, lengthC), lengthB + lengthC);
            Assert.Equal(leftFirst, rightFirst);
        }
    }

    [Fact]
    public void Combining_with_nothing_changes_nothing()
    {
        Assert.Equal(0x12345678u, Crc32C.Combine(0x12345678u, 0, 0));
        Assert.Equal(0x12345678u, Crc32C.Combine(0, 0x12345678u, 99));
        Assert.Throws<ArgumentOutOfRangeException>(() => Crc32C.Combine(1, 2, -1));
    }

    [Fact]
    public void The_portable_multiplication_agrees_with_the_processors()
    {
        Random random = new(Seed);
        for (int round = 0; round < 1_000; round++)
        {
            uint a = (uint)random.NextInt64(0, 1L << 32);
            uint b = (uint)random.NextInt64(0, 1L << 32);
            Assert.Equal(Crc32CPolynomial.CarrylessMultiplyPortable(a, b), Crc32CPolynomial.CarrylessMultiply(a, b));
        }
    }

    private static void AssertAllAgree(uint expected, uint crc, ReadOnlySpan<byte> data)
    {
        Assert.Equal(expected, Crc32C.Append(crc, data));
        Assert.Equal(expected, Crc32C.AppendInterleaved(crc, data));
        Assert.Equal(expected, Crc32C.AppendSingleLane(crc, data));
        Assert.Equal(expected, Crc32CPortable.Append(crc, data));
    }

    /// <summary>The definition, one bit at a time.</summary>
    private static uint BitByBit(uint crc, ReadOnlySpan<byte> data)
    {
        uint state = ~crc;
        foreach (byte value in data)
        {
            state ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                state = (state & 1) != 0 ? (state >> 1) ^ 0x82F63B78 : state >> 1;
            }
        }

        return ~state;
    }

    private static byte[] RandomBytes(Random random, int count)
    {
        byte[] data = new byte[count];
        random.NextBytes(data);
        return data;
    }
}
