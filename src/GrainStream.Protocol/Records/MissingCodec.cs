namespace GrainStream.Protocol.Records;

/// <summary>A codec that cannot be read for want of a library.</summary>
/// <param name="Codec">The codec.</param>
/// <param name="Library">The library that holds it.</param>
/// <param name="Remedy">How to install it.</param>
public sealed record MissingCodec(CompressionType Codec, string Library, string Remedy)
{
    public override string ToString() => $"compression {Codec} needs {Library}, which was not found; install it ({Remedy})";
}
