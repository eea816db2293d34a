using GrainStream.Protocol.Schema;

namespace GrainStream.Protocol.Messages;

/// <summary>The versions that a broker answers.</summary>
/// <remarks>
/// Its header is never flexible, and a request of an unknown version is answered in version 0 (KIP-511), since the client cannot know
/// better yet.
/// </remarks>
[KafkaMessage(ApiKey.ApiVersions, MessageKind.Response, "0-4", Flexible = "3+")]
public sealed partial class ApiVersionsResponse
{
    [Field]
    public ErrorCode ErrorCode { get; set; }

    /// <summary>Versions of each request that the broker answers.</summary>
    [Field]
    public ApiVersion[] ApiKeys { get; set; } = [];

    /// <summary>Milliseconds for which the client should hold back because of a quota; 0 for none.</summary>
    [Field("1+", Ignorable = true)]
    public int ThrottleTimeMs { get; set; }

    /// <summary>Features of the cluster and the levels this broker knows (KIP-584).</summary>
    [Field("3+", Tag = 0, Ignorable = true)]
    public SupportedFeatureKey[] SupportedFeatures { get; set; } = [];

    /// <summary>Grows with each change of the finalized features; -1 if unknown.</summary>
    [Field("3+", Tag = 1, Ignorable = true)]
    public long FinalizedFeaturesEpoch { get; set; } = -1;

    /// <summary>Levels in force in the whole cluster.</summary>
    [Field("3+", Tag = 2, Ignorable = true)]
    public FinalizedFeatureKey[] FinalizedFeatures { get; set; } = [];

    /// <summary>Set by controllers.</summary>
    [Field("3+", Tag = 3, Ignorable = true)]
    public bool ZkMigrationReady { get; set; }

    /// <summary>Versions of one request, both ends inclusive.</summary>
    [KafkaStruct]
    public sealed partial class ApiVersion
    {
        [Field]
        public ApiKey ApiKey { get; set; }

        [Field]
        public short MinVersion { get; set; }

        [Field]
        public short MaxVersion { get; set; }
    }

    /// <summary>A feature that the broker knows.</summary>
    [KafkaStruct]
    public sealed partial class SupportedFeatureKey
    {
        [Field("3+")]
        public string Name { get; set; } = "";

        [Field("3+")]
        public short MinVersion { get; set; }

        [Field("3+")]
        public short MaxVersion { get; set; }
    }

    /// <summary>A feature in force.</summary>
    [KafkaStruct]
    public sealed partial class FinalizedFeatureKey
    {
        [Field("3+")]
        public string Name { get; set; } = "";

        [Field("3+")]
        public short MaxVersionLevel { get; set; }

        [Field("3+")]
        public short MinVersionLevel { get; set; }
    }
}
