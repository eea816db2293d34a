namespace GrainStream.Storage.FileSystem;

/// <summary>
/// The unit of direct I/O here. 4096 covers every common logical block size (512 and 4096) and is the page size of x64.
/// </summary>
internal static class Blocks
{
    public const int Size = 4096;

    public static long Down(long value) => value & ~(Size - 1L);

    public static long Up(long value) => (value + Size - 1) & ~(Size - 1L);
}
