namespace GrainStream.Protocol.Records;

/// <summary>Outcome of decompressing the records of a batch.</summary>
public enum DecompressionStatus
{
    /// <summary>All of the input was decompressed into the output.</summary>
    Done,

    /// <summary>The codec is not defined, or its library is missing; such batches are stored and served all the same.</summary>
    UnsupportedCodec,

    /// <summary>The output would exceed the bound; it was given up there.</summary>
    TooLarge,

    /// <summary>The input is not what the codec produces, or ends early.</summary>
    Malformed,
}
