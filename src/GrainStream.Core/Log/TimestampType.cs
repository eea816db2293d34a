namespace GrainStream.Core.Log;

/// <summary>Who sets the timestamps of a topic's records (topic config message.timestamp.type).</summary>
public enum TimestampType
{
    /// <summary>The producer; the broker checks that they are near its own time.</summary>
    CreateTime,

    /// <summary>The broker, when it appends.</summary>
    LogAppendTime,
}
