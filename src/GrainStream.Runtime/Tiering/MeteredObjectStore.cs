using GrainStream.Runtime.Ports;

namespace GrainStream.Runtime.Tiering;

/// <summary>Counts the calls of an object store, by what was asked and how it ended. Does not own the store.</summary>
internal sealed class MeteredObjectStore(IObjectStore inner, TieringInstruments instruments) : IObjectStore
{
    public string Location => inner.Location;

    public ValueTask<ObjectVersion> PutAsync(string name, ReadOnlyMemory<byte> content, ObjectVersion? expected, CancellationToken cancellationToken) =>
        CountAsync("put", inner.PutAsync(name, content, expected, cancellationToken));

    public async ValueTask<IObjectUpload> CreateAsync(string name, CancellationToken cancellationToken) =>
        new Upload(this, await CountAsync("create", inner.CreateAsync(name, cancellationToken)));

    public ValueTask<ObjectRead?> ReadAsync(string name, long offset, Memory<byte> destination, CancellationToken cancellationToken) =>
        CountAsync("read", inner.ReadAsync(name, offset, destination, cancellationToken));

    public ValueTask<ObjectPage> ListAsync(string prefix, bool byFolder, string? continuation, CancellationToken cancellationToken) =>
        CountAsync("list", inner.ListAsync(prefix, byFolder, continuation, cancellationToken));

    public ValueTask<bool> DeleteAsync(string name, CancellationToken cancellationToken) => CountAsync("delete", inner.DeleteAsync(name, cancellationToken));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static string OutcomeOf(Exception failure) => failure switch
    {
        FencedException => "fenced",
        StorageUnavailableException => "unavailable",
        CorruptDataException => "corrupt",
        OperationCanceledException => "cancelled",
        _ => "error",
    };

    private async ValueTask<T> CountAsync<T>(string operation, ValueTask<T> call)
    {
        try
        {
            T result = await call;
            instruments.StoreCalled(operation, "ok");
            return result;
        }
        catch (Exception failure)
        {
            instruments.StoreCalled(operation, OutcomeOf(failure));
            throw;
        }
    }

    private sealed class Upload(MeteredObjectStore store, IObjectUpload inner) : IObjectUpload
    {
        public async ValueTask WriteAsync(ReadOnlyMemory<byte> block, CancellationToken cancellationToken) =>
            await store.CountAsync("write", Wrap(inner.WriteAsync(block, cancellationToken)));

        public ValueTask<ObjectVersion> CompleteAsync(CancellationToken cancellationToken) =>
            store.CountAsync("complete", inner.CompleteAsync(cancellationToken));

        public ValueTask DisposeAsync() => inner.DisposeAsync();

        private static async ValueTask<bool> Wrap(ValueTask call)
        {
            await call;
            return true;
        }
    }
}
