namespace GrainStream.Storage.FileSystem.Disk;

/// <summary>Bytes that are read by whole blocks. Offsets, lengths and memory are multiples of <see cref="Blocks.Size"/> (direct I/O).</summary>
internal interface IBlockReader
{
    /// <summary>Reads until <paramref name="destination"/> is full or the file ends.</summary>
    int Read(long offset, Span<byte> destination);
}
