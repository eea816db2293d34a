using System.Buffers;
using GrainStream.Protocol.Messages;
using GrainStream.Protocol.Tests.Records;
using GrainStream.Protocol.Wire;
using Xunit.Abstractions;

namespace GrainStream.Protocol.Tests.Messages;

public class RoundTripTests(ITestOutputHelper output)
{
    private const int MessagesPerVersion = 40;

    public static TheoryData<string> Messages => new(DeclaredMessage.All.Select(message => message.Type.Name));

    [Theory]
    [MemberData(nameof(Messages))]
    public void What_was_written_is_read_back_at_every_version(string name)
    {
        DeclaredMessage declared = DeclaredMessage.Named(name);
        Random random = Seeds.NewRandom(output);
        var filler = new MessageFiller(random);
        foreach (short version in declared.Versions())
        {
            for (int i = 0; i < MessagesPerVersion; i++)
            {
                var message = (IKafkaMessage)filler.NewMessage(declared.Type, version);
                byte[] bytes = WriterOutput.Of(message, version);
                IKafkaMessage read = declared.Read(Sequences.CutAtRandom(bytes, random, 1 << random.Next(1, 10)), version);

                Assert.Null(MessageDifference.Between(message, read, $"version {version}: {name}"));
                Assert.Equal(bytes, WriterOutput.Of(read, version));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void A_message_of_defaults_survives_every_version(string name)
    {
        DeclaredMessage declared = DeclaredMessage.Named(name);
        foreach (short version in declared.Versions())
        {
            var message = (IKafkaMessage)Activator.CreateInstance(declared.Type)!;
            using var writer = new KafkaWriter();
            try
            {
                message.Write(writer, version);
            }
            catch (InvalidOperationException) when (HasNullThatCannotBeSaid(message, version))
            {
                continue;
            }

            IKafkaMessage read = declared.Read(new ReadOnlySequence<byte>(WriterOutput.ToArray(writer)), version);
            Assert.Null(MessageDifference.Between(message, read, $"version {version}: {name}"));
        }
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void A_value_that_a_version_lacks_is_dropped_if_ignorable_and_refused_otherwise(string name)
    {
        DeclaredMessage declared = DeclaredMessage.Named(name);
        Random random = Seeds.NewRandom(output);
        var filler = new MessageFiller(random);
        foreach (short version in declared.Versions())
        {
            foreach (DeclaredField field in DeclaredField.Of(declared.Type).Where(f => !f.IsIn(version)))
            {
                short other = declared.Versions().First(field.IsIn);
                var message = (IKafkaMessage)filler.NewMessage(declared.Type, version);
                object? defaultValue = field.Get(message);
                field.Set(message, filler.NewNonDefaultValue(field, defaultValue, other));
                if (field.IsIgnorable)
                {
                    byte[] bytes = WriterOutput.Of(message, version);
                    IKafkaMessage read = declared.Read(new ReadOnlySequence<byte>(bytes), version);
                    Assert.Null(MessageDifference.Between(defaultValue, field.Get(read), field.Name));
                }
                else
                {
                    var refusal = Assert.Throws<InvalidOperationException>(() => WriterOutput.Of(message, version));
                    Assert.Contains($"{name}.{field.Name}", refusal.Message, StringComparison.Ordinal);
                    Assert.Contains($"version {version}", refusal.Message, StringComparison.Ordinal);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void Versions_outside_the_declared_range_are_refused(string name)
    {
        DeclaredMessage declared = DeclaredMessage.Named(name);
        var message = (IKafkaMessage)Activator.CreateInstance(declared.Type)!;
        foreach (int version in (int[])[declared.LowestVersion - 1, declared.HighestVersion + 1])
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => WriterOutput.Of(message, (short)version));
            Assert.Throws<ArgumentOutOfRangeException>(() => declared.Read(ReadOnlySequence<byte>.Empty, (short)version));
        }
    }

    private static bool HasNullThatCannotBeSaid(object message, short version) =>
        DeclaredField.Of(message.GetType()).Any(field =>
            field.IsIn(version) && !field.IsNullableIn(version) && field.Get(message) is null or RecordSet { IsNull: true });
}
