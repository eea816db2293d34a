using GrainStream.Protocol.Wire;
using Microsoft.Extensions.ObjectPool;

namespace GrainStream.Gateway.Connections;

/// <summary>Makes and takes back the writers that responses are encoded with, so that a quiet connection holds none.</summary>
internal sealed class KafkaWriterPolicy : PooledObjectPolicy<KafkaWriter>
{
    /// <inheritdoc/>
    public override KafkaWriter Create() => new();

    /// <inheritdoc/>
    public override bool Return(KafkaWriter obj)
    {
        obj.Reset();
        return true;
    }
}
