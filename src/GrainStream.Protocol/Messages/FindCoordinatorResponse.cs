using GrainStream.Protocol.Schema;

namespace GrainStream.Protocol.Messages;

/// <summary>Coordinators.</summary>
[KafkaMessage(ApiKey.FindCoordinator, MessageKind.Response, "0-6", Flexible = "3+")]
public sealed partial class FindCoordinatorResponse
{
    /// <summary>Milliseconds for which the client should hold back because of a quota; 0 for none.</summary>
    [Field("1+", Ignorable = true)]
    public int ThrottleTimeMs { get; set; }

    [Field("0-3", Ignorable = true)]
    public ErrorCode ErrorCode { get; set; }

    /// <summary>For people; null if there is nothing to say.</summary>
    [Field("1-3", Nullable = "1-3", Ignorable = true)]
    public string? ErrorMessage { get; set; }

    /// <summary>-1 on errors.</summary>
    [Field("0-3", Ignorable = true)]
    public int NodeId { get; set; }

    [Field("0-3", Ignorable = true)]
    public string Host { get; set; } = "";

    /// <summary>-1 on errors.</summary>
    [Field("0-3", Ignorable = true)]
    public int Port { get; set; }

    /// <summary>One for each key.</summary>
    [Field("4+", Ignorable = true)]
    public Coordinator[] Coordinators { get; set; } = [];

    /// <summary>The coordinator of one key.</summary>
    [KafkaStruct]
    public sealed partial class Coordinator
    {
        [Field("4+")]
        public string Key { get; set; } = "";

        /// <summary>-1 on errors.</summary>
        [Field("4+")]
        public int NodeId { get; set; }

        [Field("4+")]
        public string Host { get; set; } = "";

        /// <summary>-1 on errors.</summary>
        [Field("4+")]
        public int Port { get; set; }

        [Field("4+")]
        public ErrorCode ErrorCode { get; set; }

        /// <summary>For people; null if there is nothing to say.</summary>
        [Field("4+", Nullable = "4+")]
        public string? ErrorMessage { get; set; }
    }
}
