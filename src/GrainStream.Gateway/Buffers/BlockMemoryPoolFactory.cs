using System.Buffers;
using Microsoft.AspNetCore.Connections;

namespace GrainStream.Gateway.Buffers;

/// <summary>
/// Supplies Kestrel with large socket buffers in place of its own of 4 KiB, which would cost 256 receive calls for 1 MiB
/// (docs/decisions/0002).
/// </summary>
internal sealed class BlockMemoryPoolFactory(GatewayOptions options) : IMemoryPoolFactory<byte>
{
    private readonly BlockStore _store = new(options.BlockBytes, options.RetainedBlockBytes);

    /// <inheritdoc/>
    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => new BlockMemoryPool(_store);
}
