namespace GrainStream.Core.Topics.Configs;

/// <summary>Type of a setting's value; the values are those of DescribeConfigs responses.</summary>
public enum ConfigType : sbyte
{
    Boolean = 1,
    String = 2,
    Int = 3,
    Short = 4,
    Long = 5,
    Double = 6,
    List = 7,
    Class = 8,
    Password = 9,
}
