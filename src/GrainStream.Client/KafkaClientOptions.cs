namespace GrainStream.Client;

/// <summary>How to reach a cluster, and how long to try.</summary>
public sealed record KafkaClientOptions
{
    /// <summary>Some brokers of the cluster, <c>host:port</c> with commas between them; the others are learned from these.</summary>
    public string BootstrapServers { get; init; } = "localhost:9092";

    /// <summary>Name under which the brokers' logs and quotas know this client.</summary>
    public string ClientId { get; init; } = "grainstream";

    /// <summary>How long a connection may take to be established; 10 seconds, as long as a lost packet may need to be sent again a few times.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long one request may wait for its response before the connection is given up; Kafka's default of 30 seconds.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a call goes on trying when brokers answer with errors that pass, such as a leader that is being elected. Zero tries once.</summary>
    public TimeSpan RetryTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Age at which what is known of topics and leaders is asked for again though nothing seemed wrong; Kafka's default of 5 minutes.</summary>
    public TimeSpan MetadataMaxAge { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Largest response that is accepted, in bytes: Kafka's limit of 100 MiB for a request, which responses respect too.</summary>
    public int MaxResponseBytes { get; init; } = 100 << 20;

    /// <summary>Whether producing to a topic that does not exist may create it, if the brokers are set up to.</summary>
    public bool AllowAutoTopicCreation { get; init; }

    /// <summary>Where time comes from; tests have their own.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
