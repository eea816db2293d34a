using System.Buffers;
using System.Reflection;
using GrainStream.Protocol.Messages;
using GrainStream.Protocol.Wire;

namespace GrainStream.Protocol.Tests.Messages;

/// <summary>A message type found by reflection, with its codecs.</summary>
internal abstract class DeclaredMessage
{
    /// <summary>Those of the protocol, and those that the tests declare.</summary>
    public static readonly IReadOnlyList<DeclaredMessage> All =
        [.. Find(typeof(IKafkaMessage).Assembly), .. Find(typeof(DeclaredMessage).Assembly)];

    public abstract Type Type { get; }

    public abstract short LowestVersion { get; }

    public abstract short HighestVersion { get; }

    public static DeclaredMessage Named(string name) => All.Single(message => message.Type.Name == name);

    /// <summary>Reads a message; with <paramref name="whole"/>, nothing may be left.</summary>
    public abstract IKafkaMessage Read(ReadOnlySequence<byte> bytes, short version, bool whole = true);

    public IEnumerable<short> Versions()
    {
        for (short version = LowestVersion; version <= HighestVersion; version++)
        {
            yield return version;
        }
    }

    public override string ToString() => Type.Name;

    private static IEnumerable<DeclaredMessage> Find(Assembly assembly) =>
        from type in assembly.GetTypes()
        where !type.IsAbstract && typeof(IKafkaMessage).IsAssignableFrom(type)
        orderby type.Name
        select (DeclaredMessage)Activator.CreateInstance(typeof(Codec<>).MakeGenericType(type))!;

    private sealed class Codec<T> : DeclaredMessage
        where T : IKafkaMessage<T>
    {
        public override Type Type => typeof(T);

        public override short LowestVersion => T.LowestVersion;

        public override short HighestVersion => T.HighestVersion;

        public override IKafkaMessage Read(ReadOnlySequence<byte> bytes, short version, bool whole)
        {
            var reader = new KafkaReader(bytes);
            T message = T.Read(ref reader, version);
            if (whole)
            {
                reader.RequireEnd();
            }

            return message;
        }
    }
}
