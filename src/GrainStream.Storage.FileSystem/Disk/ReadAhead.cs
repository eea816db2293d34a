namespace GrainStream.Storage.FileSystem.Disk;

/// <summary>
/// Reads a file front to back and has the next piece read by another thread while the last one is looked at. A read from elsewhere is served,
/// too, without that gain. One caller at a time.
/// </summary>
/// <param name="disk">The file.</param>
/// <param name="length">Bytes of it.</param>
/// <param name="pieceBytes">How much is read ahead; whole blocks.</param>
internal sealed class ReadAhead(IBlockReader disk, long length, int pieceBytes) : IBlockReader, IDisposable
{
    private readonly AlignedBuffer _piece = new(pieceBytes);
    private Task<int>? _reading;
    private long _start;

    public int Read(long offset, Span<byte> destination)
    {
        int count = 0;
        if (_reading is { } reading)
        {
            _reading = null;
            int ahead = reading.GetAwaiter().GetResult();
            if (offset == _start)
            {
                count = (int)Blocks.Down(Math.Min(ahead, destination.Length));
                _piece.Span[..count].CopyTo(destination);
            }
        }

        if (count < destination.Length)
        {
            count += disk.Read(offset + count, destination[count..]);
        }

        _start = offset + count;
        int next = (int)Math.Min(pieceBytes, Blocks.Down(length - _start));
        if (next > 0 && count == destination.Length)
        {
            long start = _start;
            _reading = Task.Run(() => disk.Read(start, _piece.Span[..next]));
        }

        return count;
    }

    public void Dispose()
    {
        // The memory may be freed only when nobody writes to it any more; what became of the read does not matter.
        if (_reading is { } reading)
        {
            Task.WhenAny(reading).GetAwaiter().GetResult();
        }

        _piece.Dispose();
    }
}
