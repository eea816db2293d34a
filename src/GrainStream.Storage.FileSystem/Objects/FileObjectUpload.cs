using GrainStream.Runtime.Ports;
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

    private State _state;
    private long _length;

    /// <inheritdoc/>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> block, CancellationToken cancellationToken)
    {
        RequireWriting();
        await threads.RunAsync(
            () => FileErrors.Translate(path, () =>
            {
                RandomAccess.Write(handle, block.Span, _length);
                _length += block.Length;
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
                ObjectFiles.Discard(path, handle);
                return true;
            }),
            CancellationToken.None);
    }

    private void RequireWriting() => ObjectDisposedException.ThrowIf(_state == State.Ended, this);
}
