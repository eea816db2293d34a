namespace GrainStream.Protocol.Tests.Records;

/// <summary>Damages bytes the way networks, disks and wrong programs do.</summary>
internal static class Mutations
{
    /// <summary>
    /// A damaged copy: flipped bits, replaced bytes, extreme integers, cuts, insertions, repetitions, or random bytes altogether.
    /// </summary>
    public static byte[] Mutate(byte[] original, Random random)
    {
        List<byte> bytes = [.. original];
        int mutations = random.Next(1, 5);
        for (int i = 0; i < mutations; i++)
        {
            Apply(bytes, random);
        }

        return [.. bytes];
    }

    private static void Apply(List<byte> bytes, Random random)
    {
        if (bytes.Count == 0)
        {
            bytes.Add((byte)random.Next(256));
            return;
        }

        // Half of the damage goes to the front, where the head and the lengths are.
        int position = random.Next(random.Next(2) == 0 ? Math.Min(bytes.Count, 80) : bytes.Count);
        switch (random.Next(8))
        {
            case 0:
                bytes[position] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                bytes[position] = (byte)random.Next(256);
                break;
            case 2:
                bytes.RemoveRange(position, random.Next(bytes.Count - position + 1));
                break;
            case 3:
                bytes.RemoveRange(position, Math.Min(random.Next(1, 20), bytes.Count - position));
                break;
            case 4:
                bytes.InsertRange(position, RandomBytes(random, random.Next(1, 100)));
                break;
            case 5:
                bytes.InsertRange(position, bytes.GetRange(position, Math.Min(random.Next(1, 1_000), bytes.Count - position)));
                break;
            case 6:
                Overwrite(bytes, position, Extremes[random.Next(Extremes.Length)]);
                break;
            default:
                Overwrite(bytes, 0, RandomBytes(random, bytes.Count));
                break;
        }
    }

    private static readonly byte[][] Extremes =
    [
        [0x7F, 0xFF, 0xFF, 0xFF], [0x80, 0, 0, 0], [0xFF, 0xFF, 0xFF, 0xFF], [0, 0, 0, 0],
        [0xFE, 0xFF, 0xFF, 0xFF, 0x0F], [0xFF, 0xFF, 0xFF, 0xFF, 0x0F], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
    ];

    private static void Overwrite(List<byte> bytes, int position, byte[] with)
    {
        for (int i = 0; i < with.Length && position + i < bytes.Count; i++)
        {
            bytes[position + i] = with[i];
        }
    }

    private static byte[] RandomBytes(Random random, int count)
    {
        byte[] bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }
}
