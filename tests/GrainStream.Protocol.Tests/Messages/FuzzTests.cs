using System.Buffers;
using GrainStream.Protocol.Messages;
using GrainStream.Protocol.Tests.Records;
using GrainStream.Protocol.Wire;
using Xunit.Abstractions;

namespace GrainStream.Protocol.Tests.Messages;

/// <summary>Whatever the bytes, reading ends in a message or in one kind of exception, and takes memory in proportion to them.</summary>
public class FuzzTests(ITestOutputHelper output)
{
    // The densest case is an array of structures of two bytes each, for which an object and its place in the array take about fifty.
    private const int AllocatedPerByte = 48;

    // Room for the message itself and for the exception with its text and stack trace.
    private const int AllocatedAtAll = 32 * 1024;

    public static TheoryData<string> Messages => new(DeclaredMessage.All.Select(message => message.Type.Name));

    [Theory]
    [MemberData(nameof(Messages))]
    public void A_message_cut_short_anywhere_is_refused(string name)
    {
        DeclaredMessage declared = DeclaredMessage.Named(name);
        var filler = new MessageFiller(Seeds.NewRandom(output));
        foreach (short version in declared.Versions())
        {
            byte[] bytes = WriterOutput.Of((IKafkaMessage)filler.NewMessage(declared.Type, version), version);
            for (int length = 0; length < Math.Min(bytes.Length, 1000); length++)
            {
                bool isRead = TryRead(declared, version, bytes[..length]);
                Assert.False(isRead, $"Version {version} was read from {length} of {bytes.Length} bytes.");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void A_message_with_a_changed_byte_does_no_harm(string name)
    {
        DeclaredMessage declared = DeclaredMessage.Named(name);
        Random random = Seeds.NewRandom(output);
        var filler = new MessageFiller(random);
        foreach (short version in declared.Versions())
        {
            byte[] bytes = WriterOutput.Of((IKafkaMessage)filler.NewMessage(declared.Type, version), version);
            for (int i = 0; i < Math.Min(bytes.Length, 300); i++)
            {
                byte original = bytes[i];
                foreach (byte other in (byte[])[0x00, 0x7F, 0xFF, (byte)random.Next(256)])
                {
                    bytes[i] = other;
                    TryRead(declared, version, bytes);
                }

                bytes[i] = original;
            }
        }
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void Random_bytes_do_no_harm(string name)
    {
        DeclaredMessage declared = DeclaredMessage.Named(name);
        Random random = Seeds.NewRandom(output);
        foreach (short version in declared.Versions())
        {
            for (int i = 0; i < 200; i++)
            {
                byte[] bytes = new byte[random.Next(200)];
                random.NextBytes(bytes);
                if (random.Next(2) == 0)
                {
                    // Small numbers get further than random ones: lengths and counts that fit.
                    bytes = [.. bytes.Select(value => (byte)(value & 3))];
                }

                TryRead(declared, version, bytes);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void A_long_run_of_one_byte_does_no_harm(string name)
    {
        DeclaredMessage declared = DeclaredMessage.Named(name);
        foreach (short version in declared.Versions())
        {
            foreach (byte value in (byte[])[0x00, 0x01, 0x02, 0x03, 0x7F, 0x80, 0xFF])
            {
                byte[] bytes = new byte[100_000];
                Array.Fill(bytes, value);
                TryRead(declared, version, bytes);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void A_count_of_two_billion_in_a_short_message_is_refused_before_anything_is_allocated(string name)
    {
        DeclaredMessage declared = DeclaredMessage.Named(name);
        var filler = new MessageFiller(Seeds.NewRandom(output));
        byte[][] claims = [[0x7F, 0xFF, 0xFF, 0xFF], [0xFF, 0xFF, 0xFF, 0xFF, 0x0F], [0x80, 0x80, 0x80, 0x80, 0x08]];
        foreach (short version in declared.Versions())
        {
            byte[] bytes = WriterOutput.Of((IKafkaMessage)filler.NewMessage(declared.Type, version), version);
            for (int i = 0; i < Math.Min(bytes.Length, 200); i++)
            {
                foreach (byte[] claim in claims)
                {
                    TryRead(declared, version, [.. bytes[..i], .. claim, .. bytes[i..Math.Min(bytes.Length, i + 20)]]);
                }
            }
        }
    }

    /// <summary>Reads in one segment and in many, which must agree. Any other exception, or too much memory, fails the test.</summary>
    private static bool TryRead(DeclaredMessage declared, short version, byte[] bytes)
    {
        bool isRead = TryRead(declared, version, new ReadOnlySequence<byte>(bytes));
        Assert.Equal(isRead, TryRead(declared, version, Sequences.CutEvery(bytes, Math.Max(3, bytes.Length / 100))));
        return isRead;
    }

    private static bool TryRead(DeclaredMessage declared, short version, ReadOnlySequence<byte> bytes)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        bool isRead = true;
        try
        {
            declared.Read(bytes, version, whole: false);
        }
        catch (MalformedMessageException malformed)
        {
            isRead = false;
            Assert.InRange(malformed.Position, 0, bytes.Length);
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(
            allocated <= AllocatedAtAll + (AllocatedPerByte * (long)bytes.Length),
            $"{declared} version {version} allocated {allocated} bytes for {bytes.Length}: {Convert.ToHexString(bytes.ToArray())}");
        return isRead;
    }
}
