using System.Buffers;
using GrainStream.Protocol.Schema;
using GrainStream.Protocol.Wire;

namespace GrainStream.Protocol.Tests.Messages;

/// <summary>Every type of field, in places where the protocol's own messages do not have it.</summary>
[KafkaMessage(MessageKind.Data, "0-6", Flexible = "2+")]
public sealed partial class AllTypesMessage
{
    public enum Colour : byte
    {
        NotAField,
    }

    public enum Size : uint
    {
        Small,
        Large = 7,
    }

    [Field]
    public bool Flag { get; set; } = true;

    [Field("1+")]
    public sbyte Tiny { get; set; } = -7;

    [Field("0-3", Ignorable = true)]
    public ushort Port { get; set; } = 9092;

    [Field("2-4")]
    public uint Count { get; set; }

    [Field("3")]
    public long Big { get; set; } = long.MinValue;

    [Field]
    public double Ratio { get; set; } = 0.5;

    [Field("1+")]
    public Size Extent { get; set; } = Size.Large;

    [Field("1+")]
    public Guid Id { get; set; }

    [Field("1+", Nullable = "3+")]
    public string? Label { get; set; }

    [Field("1+")]
    public byte[] Blob { get; set; } = [];

    [Field("1+", Nullable = "1-4")]
    public byte[]? MaybeBlob { get; set; }

    [Field("2+", Ignorable = true)]
    public ReadOnlySequence<byte> Borrowed { get; set; }

    [Field("2+", Nullable = "3+")]
    public ReadOnlySequence<byte>? MaybeBorrowed { get; set; }

    [Field]
    public RecordSet Required { get; set; }

    [Field("1+", Nullable = "2+")]
    public RecordSet Optional { get; set; }

    [Field]
    public Inner Always { get; set; } = new();

    [Field("1+", Nullable = "1+")]
    public Inner? Sometimes { get; set; }

    [Field("1+", Nullable = "2+")]
    public Inner[]? Many { get; set; } = [];

    [Field]
    public string[] Names { get; set; } = [];

    [Field("0-4")]
    public byte[][] Blobs { get; set; } = [];

    [Field("1+")]
    public Size[] Sizes { get; set; } = [];

    [Field("1+")]
    public Guid[] Ids { get; set; } = [];

    [Field("2+", Tag = 0)]
    public int TaggedInt { get; set; } = 3;

    [Field("0+", Tag = 5, TaggedVersions = "4+", Nullable = "4+")]
    public string? LaterTagged { get; set; } = "later";

    [Field("3+", Tag = 2)]
    public Inner[] TaggedMany { get; set; } = [];

    [Field("3+", Tag = 3)]
    public Inner? TaggedOne { get; set; }

    [Field("5+", Tag = 4, Nullable = "5+")]
    public RecordSet TaggedRecords { get; set; }

    /// <summary>Not a field: a message may have members of its own.</summary>
    public Colour NotSent { get; set; }

    [KafkaStruct]
    public sealed partial class Inner
    {
        [Field]
        public int Number { get; set; }

        [Field("2+", Tag = 0, Nullable = "2+")]
        public byte[]? Extra { get; set; }

        [Field("4+")]
        public Deep[] Deeper { get; set; } = [];

        [KafkaStruct]
        public sealed partial class Deep
        {
            [Field("5+", Nullable = "5+")]
            public RecordSet Records { get; set; }

            [Field("6+", Tag = 1)]
            public bool Last { get; set; }
        }
    }
}
