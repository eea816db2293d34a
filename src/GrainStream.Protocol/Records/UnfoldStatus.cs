namespace GrainStream.Protocol.Records;

/// <summary>Whether the records of a stored batch can be read, and if not, why.</summary>
public enum UnfoldStatus
{
    /// <summary>They can.</summary>
    Done,

    /// <summary>The codec is not defined, or its library is missing (<see cref="RecordCodec.Missing"/>).</summary>
    UnsupportedCodec,

    /// <summary>Decompressed, they have more bytes than the reader takes.</summary>
    TooLarge,

    /// <summary>They are not what the head announces, though the checksum is right: the producer wrote them so.</summary>
    Malformed,

    /// <summary>The checksum is wrong: the batch was damaged since it was stored.</summary>
    WrongChecksum,

    /// <summary>The bytes are not one batch of magic 2.</summary>
    NotABatch,
}
