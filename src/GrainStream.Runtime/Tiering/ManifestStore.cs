using System.Collections.Immutable;
using GrainStream.Core;
using GrainStream.Core.Log.Tiering;
using GrainStream.Protocol;
using GrainStream.Runtime.Ports;
using Microsoft.Extensions.Logging;

namespace GrainStream.Runtime.Tiering;

/// <summary>
/// Loads and changes partitions' manifests. A change is stored by a conditional put; whatever the store answers, in the end it is known whether the change
/// was made: what is stored says so by its operation id. Thread-safe; for one partition, one change at a time.
/// </summary>
/// <param name="store">Where the manifests are.</param>
/// <param name="time">Times the tries.</param>
/// <param name="logger">Told what had to be settled.</param>
public sealed class ManifestStore(IObjectStore store, TimeProvider time, ILogger logger)
{
    /// <summary>Manifests kept for readers: 4 MiB, a few hundred partitions with long histories.</summary>
    private const long ManifestCacheBytes = 4 * 1024 * 1024;

    /// <summary>Pages kept for readers: 8 MiB, four of the longest or a thousand of the shortest.</summary>
    private const long PageCacheBytes = 8 * 1024 * 1024;

    private readonly ByteBoundedCache<PartitionId, LoadedManifest> _manifests =
        new(ManifestCacheBytes, static loaded => 256 + (loaded.Manifest.Recent.Length * 64L) + (loaded.Manifest.Pages.Length * 56L));

    private readonly ByteBoundedCache<PageName, ManifestPage> _pages = new(PageCacheBytes, static page => 128 + (page.Segments.Length * 64L));

    /// <summary>Reads a partition's manifest from the store; null if it has none.</summary>
    /// <exception cref="CorruptDataException">What is stored is not the partition's manifest.</exception>
    /// <exception cref="StorageUnavailableException">The store does not answer.</exception>
    public async ValueTask<LoadedManifest?> LoadAsync(PartitionId partition, CancellationToken cancellationToken)
    {
        string name = ManifestName.Of(partition);
        for (int attempt = 1; ; attempt++)
        {
            if (await StoredObjects.ReadWholeAsync(store, name, cancellationToken) is not { } read)
            {
                _manifests.Remove(partition);
                return null;
            }

            if (ManifestCodec.TryDecode(read.Content, partition, out Manifest? manifest, out StoredFault fault))
            {
                return Remember(new LoadedManifest(manifest, read.Version));
            }

            if (attempt == StoredObjects.Tries)
            {
                throw StoredObjects.Damaged(store, name, fault);
            }
        }
    }

    /// <summary>The manifest as it was when this node last loaded or changed it; loaded if that is not at hand. For readers.</summary>
    /// <inheritdoc cref="LoadAsync" path="/exception"/>
    public ValueTask<LoadedManifest?> GetAsync(PartitionId partition, CancellationToken cancellationToken) =>
        _manifests.GetAsync(partition, this, static (id, self) => self.LoadAsync(id, CancellationToken.None), cancellationToken);

    /// <summary>Reads a page that a manifest names.</summary>
    /// <returns>The page; null if its object is gone, as it is some time after the manifest has let go of it.</returns>
    /// <exception cref="CorruptDataException">What is stored is not that page.</exception>
    /// <exception cref="StorageUnavailableException">The store does not answer.</exception>
    public ValueTask<ManifestPage?> FindPageAsync(PartitionId partition, PageRef page, CancellationToken cancellationToken) => _pages.GetAsync(
        PageName.Of(partition, page), (Store: this, Page: page), static (name, state) => state.Store.LoadPageAsync(name, state.Page), cancellationToken);

    /// <summary>Reads pages that a manifest names, to change it.</summary>
    /// <exception cref="CorruptDataException">A page is damaged or missing.</exception>
    /// <exception cref="StorageUnavailableException">The store does not answer.</exception>
    public async ValueTask<IReadOnlyList<ManifestPage>> ReadPagesAsync(
        PartitionId partition, ImmutableArray<PageRef> pages, CancellationToken cancellationToken)
    {
        var read = new List<ManifestPage>(pages.Length);
        foreach (PageRef page in pages)
        {
            read.Add(await FindPageAsync(partition, page, cancellationToken)
                ?? throw StoredObjects.Missing(store, PageName.Of(partition, page).ToString(), "the manifest"));
        }

        return read;
    }

    /// <summary>
    /// Stores a change: first its pages, then the manifest. Tries until it is known what became of it; an unreachable store delays it, however long.
    /// </summary>
    /// <param name="before">What <paramref name="edit"/> was made from; null if the partition has no manifest yet.</param>
    /// <param name="edit">The change.</param>
    /// <param name="cancellationToken">Gives up; then the change may still be made, and the manifest must be loaded again.</param>
    /// <exception cref="FencedException">The partition has another owner or a later epoch: this node must stop serving it.</exception>
    /// <exception cref="CorruptDataException">What is stored is damaged, or the manifest is gone.</exception>
    public async ValueTask<ManifestCommit> CommitAsync(LoadedManifest? before, ManifestEdit edit, CancellationToken cancellationToken)
    {
        Manifest next = edit.Manifest;
        Invariant.Require(
            next.Version == (before?.Manifest.Version ?? 0) + 1, $"Version {next.Version} of a manifest cannot follow {before?.Manifest.Version ?? 0}.");
        byte[] content = ManifestCodec.Encode(next);
        foreach (ManifestPage page in edit.NewPages)
        {
            await PutPageAsync(next.Partition, page, cancellationToken);
        }

        string name = ManifestName.Of(next.Partition);
        ObjectVersion? expected = before?.Version;
        for (var delay = new RetryDelay(time); ; await delay.WaitAsync(cancellationToken))
        {
            try
            {
                ObjectVersion version = await store.PutAsync(name, content, expected, cancellationToken);
                return new ManifestCommit(true, Remember(new LoadedManifest(next, version)));
            }
            catch (Exception cause) when (cause is FencedException or StorageUnavailableException or CorruptDataException)
            {
                TieringLog.OutcomeUnknown(logger, name, cause);
            }

            LoadedManifest? stored = await ReadBackAsync(next.Partition, name, cancellationToken);
            if (stored?.Manifest.OperationId == next.OperationId)
            {
                return new ManifestCommit(true, stored);
            }

            if (stored?.Manifest.OperationId != before?.Manifest.OperationId)
            {
                return Overtaken(name, next, stored);
            }

            // Nothing has changed: the put did not happen. Its echo, should it come, finds another version than it expects.
            expected = stored?.Version;
        }
    }

    private ManifestCommit Overtaken(string name, Manifest next, LoadedManifest? stored)
    {
        if (stored is null)
        {
            throw StoredObjects.Missing(store, name, "this node");
        }

        Manifest current = stored.Manifest;
        if (current.Owner != next.Owner || current.Epoch > next.Epoch)
        {
            throw new FencedException(
                $"{store.Location}: {name} belongs to node {current.Owner} in epoch {current.Epoch}; this is node {next.Owner} in epoch {next.Epoch}.");
        }

        TieringLog.Overtaken(logger, name, current.Version);
        return new ManifestCommit(false, stored);
    }

    /// <summary>Loads the manifest, waiting for the store as long as it takes.</summary>
    private async ValueTask<LoadedManifest?> ReadBackAsync(PartitionId partition, string name, CancellationToken cancellationToken)
    {
        for (var delay = new RetryDelay(time); ; await delay.WaitAsync(cancellationToken))
        {
            try
            {
                return await LoadAsync(partition, cancellationToken);
            }
            catch (StorageUnavailableException cause)
            {
                TieringLog.ReadBackFailed(logger, name, cause);
            }
        }
    }

    /// <summary>Stores a page, unless an earlier try already has.</summary>
    private async ValueTask PutPageAsync(PartitionId partition, ManifestPage page, CancellationToken cancellationToken)
    {
        PageName name = PageName.Of(partition, page.Reference);
        byte[] content = ManifestPageCodec.Encode(partition, page.Segments, out _);
        for (var delay = new RetryDelay(time); ; await delay.WaitAsync(cancellationToken))
        {
            try
            {
                await store.PutAsync(name.ToString(), content, null, cancellationToken);
                _pages.Set(name, page);
                return;
            }
            catch (Exception cause) when (cause is FencedException or StorageUnavailableException or CorruptDataException)
            {
                TieringLog.OutcomeUnknown(logger, name.ToString(), cause);
            }

            try
            {
                if (await LoadPageAsync(name, page.Reference) is not null)
                {
                    return;
                }
            }
            catch (StorageUnavailableException cause)
            {
                TieringLog.ReadBackFailed(logger, name.ToString(), cause);
            }
        }
    }

    private async ValueTask<ManifestPage?> LoadPageAsync(PageName name, PageRef page)
    {
        for (int attempt = 1; ; attempt++)
        {
            int length = ManifestPageCodec.SizeOf(page);
            if (await StoredObjects.ReadWholeAsync(store, name.ToString(), length, CancellationToken.None) is not { } content)
            {
                return null;
            }

            if (ManifestPageCodec.TryDecode(content, name.Partition, page, out ManifestPage? decoded, out StoredFault fault))
            {
                return decoded;
            }

            if (attempt == StoredObjects.Tries)
            {
                throw StoredObjects.Damaged(store, name.ToString(), fault);
            }
        }
    }

    /// <summary>Keeps the newest for readers.</summary>
    private LoadedManifest Remember(LoadedManifest loaded)
    {
        if (!_manifests.TryGet(loaded.Manifest.Partition, out LoadedManifest? known) || known.Manifest.Version <= loaded.Manifest.Version)
        {
            _manifests.Set(loaded.Manifest.Partition, loaded);
        }

        return loaded;
    }
}
