using GrainStream.Protocol.Schema;

namespace GrainStream.Protocol.Messages;

/// <summary>The configuration for a <see cref="DescribeConfigsRequest"/>.</summary>
[KafkaMessage(ApiKey.DescribeConfigs, MessageKind.Response, "1-4", Flexible = "4+")]
public sealed partial class DescribeConfigsResponse
{
    /// <summary>Milliseconds for which the client should hold back because of a quota; 0 for none.</summary>
    [Field]
    public int ThrottleTimeMs { get; set; }

    [Field]
    public DescribeConfigsResult[] Results { get; set; } = [];

    /// <summary>Configuration of a topic or broker.</summary>
    [KafkaStruct]
    public sealed partial class DescribeConfigsResult
    {
        [Field]
        public ErrorCode ErrorCode { get; set; }

        /// <summary>Null if there is nothing to say.</summary>
        [Field(Nullable = "0+")]
        public string? ErrorMessage { get; set; }

        /// <summary>2 topic, 4 broker, 8 broker logger, 16 client metrics, 32 group.</summary>
        [Field]
        public sbyte ResourceType { get; set; }

        /// <summary>Topic name, or broker id; an empty broker id means all brokers.</summary>
        [Field]
        public string ResourceName { get; set; } = "";

        [Field]
        public DescribeConfigsResourceResult[] Configs { get; set; } = [];
    }

    /// <summary>A config.</summary>
    [KafkaStruct]
    public sealed partial class DescribeConfigsResourceResult
    {
        [Field]
        public string Name { get; set; } = "";

        /// <summary>Null if it has none, or is sensitive.</summary>
        [Field(Nullable = "0+")]
        public string? Value { get; set; }

        [Field]
        public bool ReadOnly { get; set; }

        /// <summary>1 topic, 2 broker, 3 default for all brokers, 4 static, 5 built-in default; -1 unknown.</summary>
        [Field]
        public sbyte ConfigSource { get; set; } = -1;

        [Field]
        public bool IsSensitive { get; set; }

        /// <summary>Values in order of precedence, the one in force first.</summary>
        [Field]
        public DescribeConfigsSynonym[] Synonyms { get; set; } = [];

        /// <summary>1 boolean, 2 string, 3 int, 4 short, 5 long, 6 double, 7 list, 8 class, 9 password; 0 unknown.</summary>
        [Field("3+", Ignorable = true)]
        public sbyte ConfigType { get; set; }

        /// <summary>Null unless asked for.</summary>
        [Field("3+", Nullable = "3+", Ignorable = true)]
        public string? Documentation { get; set; }
    }

    /// <summary>Where else the value could come from.</summary>
    [KafkaStruct]
    public sealed partial class DescribeConfigsSynonym
    {
        [Field]
        public string Name { get; set; } = "";

        /// <summary>Null if it has none, or is sensitive.</summary>
        [Field(Nullable = "0+")]
        public string? Value { get; set; }

        /// <summary>Like the config's own source.</summary>
        [Field]
        public sbyte Source { get; set; }
    }
}
