namespace GrainStream.Protocol.Records;

/// <summary>How the records of a batch are compressed: bits 0-2 of the batch's attributes. The head is never compressed.</summary>
public enum CompressionType : byte
{
    None = 0,
    Gzip = 1,
    Snappy = 2,
    Lz4 = 3,

    /// <summary>Zstandard (KIP-110); allowed from Produce 7 and Fetch 10 on.</summary>
    Zstd = 4,
}
