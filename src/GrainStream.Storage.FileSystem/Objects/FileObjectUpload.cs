using GrainStream.Runtime.Ports;
using GrainStream.Storage.FileSystem.Disk;
using Microsoft.Win32.SafeHandles;

namespace GrainStream.Storage.FileSystem.Objects;

/// <summary>A large object on its way into an unfinished file, block by block. One call at a time.</summary>
internal sealed class FileObjectUpload(FileObjectStore store, ObjectFiles files, BlockingThreads threads, string name, string path, SafeFileHandle handle) : IObjectUpload
{
    private enum State
    {
        Writing,
        Ended,
    }

    private DirectAppender? _direct = DirectAppender.TryOpen(path);
    private State _state;
    private long _length;

    /// <inheritdoc/>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> block, CancellationToken cancellationToken)
    {
        RequireWriting();
        await threads.RunAsync(
            () => FileErrors.Translate(path, () =>
            {
                Append(block.Span);
                files.StepDone?.Invoke("block written");
                return true;
            }),
            cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<ObjectVersion> CompleteAsync(CancellationToken cancellationToken)
    {
        RequireWriting();
        return await threads.RunAsync(
            () => FileErrors.Translate(store.PathOf(name), () =>
            {
                EndDirect();
                files.Seal(handle);
                ObjectVersion version = files.Create(path, name);
                _state = State.Ended;
                return version;
            }),
            cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_state == State.Ended)
        {
            return;
        }

        _state = State.Ended;
        await threads.RunAsync(
            () => FileErrors.Translate(path, () =>
            {
                EndDirect();
                ObjectFiles.Discard(path, handle);
                return true;
            }),
            CancellationToken.None);
    }

    /// <summary>Whole blocks go past the page cache, which cannot take what comes behind a part of one.</summary>
    private void Append(ReadOnlySpan<byte> block)
    {
        if (_direct is not null)
        {
            int written = _direct.Write(_length, block);
            _length += written;
            block = block[written..];
            if (block.IsEmpty)
            {
                return;
            }

            EndDirect();
        }

        RandomAccess.Write(handle, block, _length);
        _length += block.Length;
    }

    private void EndDirect()
    {
        _direct?.Dispose();
        _direct = null;
    }

    private void RequireWriting() => ObjectDisposedException.ThrowIf(_state == State.Ended, this);
}
