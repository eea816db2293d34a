using GrainStream.Protocol.Schema;

namespace GrainStream.Core.Topics.Events;

/// <summary>Everything the catalogue holds: replaces whatever was known before, so that the events before it are no longer needed.</summary>
[KafkaMessage(MessageKind.Data, "0-1", Flexible = "0+")]
public sealed partial class CatalogSnapshot : ICatalogEvent
{
    /// <summary>The first producer id that was never reserved.</summary>
    [Field]
    public long NextProducerId { get; set; }

    /// <summary>Run-time settings of brokers, in order of id.</summary>
    [Field]
    public BrokerSettings[] Brokers { get; set; } = [];

    /// <summary>The topics, in order of name.</summary>
    [Field]
    public TopicState[] Topics { get; set; } = [];

    /// <summary>Topics and logs of groups that are deleted, but may still have objects in the store.</summary>
    [Field]
    public Guid[] DeletedTopicIds { get; set; } = [];

    /// <summary>The groups, in order of name. Version 1: a server that does not know groups must not take it for the whole catalogue.</summary>
    [Field("1+")]
    public GroupState[] Groups { get; set; } = [];

    /// <summary>Run-time settings of one broker.</summary>
    [KafkaStruct]
    public sealed partial class BrokerSettings
    {
        /// <summary>The broker, or <see cref="BrokerConfigsSet.AllBrokers"/>.</summary>
        [Field]
        public int BrokerId { get; set; }

        /// <summary>Names of the settings, in order.</summary>
        [Field]
        public string[] ConfigNames { get; set; } = [];

        /// <summary>Their values.</summary>
        [Field]
        public string[] ConfigValues { get; set; } = [];
    }

    /// <summary>One topic.</summary>
    [KafkaStruct]
    public sealed partial class TopicState
    {
        [Field]
        public Guid TopicId { get; set; }

        [Field]
        public string Name { get; set; } = "";

        [Field]
        public int Partitions { get; set; }

        /// <summary>Names of the topic's own settings, in order.</summary>
        [Field]
        public string[] ConfigNames { get; set; } = [];

        /// <summary>Their values.</summary>
        [Field]
        public string[] ConfigValues { get; set; } = [];
    }

    /// <summary>One group.</summary>
    [KafkaStruct]
    public sealed partial class GroupState
    {
        /// <summary>Stands where a topic's id stands in the id of the group's log.</summary>
        [Field]
        public Guid LogId { get; set; }

        /// <summary>The group's name in the protocol.</summary>
        [Field]
        public string GroupId { get; set; } = "";
    }
}
