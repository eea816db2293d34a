using GrainStream.Core.Topics.Configs;
using GrainStream.Runtime.Tiering;
using GrainStream.Storage.FileSystem;

namespace GrainStream.Server.Options;

/// <summary>The checked settings of a server. What each means is declared in <see cref="ServerSettings"/>.</summary>
public sealed record ServerOptions
{
    public required IReadOnlyList<ListenAddress> KafkaListen { get; init; }

    /// <summary>Null: each client is told the address it reached the server by.</summary>
    public required AdvertisedAddress? KafkaAdvertise { get; init; }

    /// <summary>Empty: no HTTP.</summary>
    public required IReadOnlyList<ListenAddress> HttpListen { get; init; }

    /// <summary>The journal, and with it the data directory (an absolute path).</summary>
    public required FileJournalOptions Journal { get; init; }

    /// <summary>Where the history is kept.</summary>
    public required StorageOptions Storage { get; init; }

    /// <summary>How the log moves to the object store.</summary>
    public required TieringOptions Tiering { get; init; }

    /// <summary>Broker settings and topic defaults under Kafka's names.</summary>
    public required BrokerConfig Broker { get; init; }
}
