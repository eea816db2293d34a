using System.Buffers.Binary;

namespace GrainStream.Client.Producing;

/// <summary>The hash by which Kafka's Java clients choose the partition of a key (MurmurHash2 by Austin Appleby, 32 bit, with Kafka's seed).</summary>
internal static class Murmur2
{
    private const uint Seed = 0x9747b28c;
    private const uint Multiplier = 0x5bd1e995;
    private const int Shift = 24;

    /// <summary>The partition of a key.</summary>
    public static int PartitionOf(ReadOnlySpan<byte> key, int partitions) => (int)(Hash(key) & int.MaxValue) % partitions;

    /// <summary>The hash.</summary>
    public static uint Hash(ReadOnlySpan<byte> data)
    {
        uint hash = Seed ^ (uint)data.Length;
        while (data.Length >= sizeof(uint))
        {
            uint word = BinaryPrimitives.ReadUInt32LittleEndian(data) * Multiplier;
            word = (word ^ (word >> Shift)) * Multiplier;
            hash = (hash * Multiplier) ^ word;
            data = data[sizeof(uint)..];
        }

        if (data.Length > 0)
        {
            for (int i = data.Length - 1; i >= 0; i--)
            {
                hash ^= (uint)data[i] << (8 * i);
            }

            hash *= Multiplier;
        }

        hash = (hash ^ (hash >> 13)) * Multiplier;
        return hash ^ (hash >> 15);
    }
}
