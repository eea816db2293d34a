using GrainStream.Core.Topics.Configs;
using GrainStream.Runtime.Tiering;

namespace GrainStream.Runtime;

/// <summary>What a broker needs to know when it starts.</summary>
public sealed record BrokerOptions
{
    public required BrokerIdentity Identity { get; init; }

    /// <summary>The server's broker settings, under Kafka's names.</summary>
    public BrokerConfig Settings { get; init; } = BrokerConfig.Default;

    /// <summary>How the log moves to the object store.</summary>
    public TieringOptions Tiering { get; init; } = new();

    /// <summary>Memory for reads from disk that are under way, all clients together. Default 32 MiB: some 30 readers of old data at a time.</summary>
    public long DiskReadBytes { get; init; } = 32 * 1024 * 1024;
}
