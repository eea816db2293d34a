namespace GrainStream.Gateway.Handlers;

/// <summary>
/// What a client may do, as a bit field of Kafka's AclOperation codes (KIP-430). There is no authorization, so it is everything that
/// exists for the
/// kind of resource, as with a Kafka broker without an authorizer.
/// </summary>
internal static class AuthorizedOperations
{
    /// <summary>The field's value when it was not asked for.</summary>
    public const int NotAskedFor = int.MinValue;

    /// <summary>Read, Write, Create, Delete, Alter, Describe, DescribeConfigs, AlterConfigs.</summary>
    public const int Topic = Read | Write | Create | Delete | Alter | Describe | DescribeConfigs | AlterConfigs;

    /// <summary>Create, Alter, Describe, ClusterAction, DescribeConfigs, AlterConfigs, IdempotentWrite.</summary>
    public const int Cluster = Create | Alter | Describe | ClusterAction | DescribeConfigs | AlterConfigs | IdempotentWrite;

    /// <summary>Read, Delete, Describe, DescribeConfigs, AlterConfigs.</summary>
    public const int Group = Read | Delete | Describe | DescribeConfigs | AlterConfigs;

    private const int Read = 1 << 3;
    private const int Write = 1 << 4;
    private const int Create = 1 << 5;
    private const int Delete = 1 << 6;
    private const int Alter = 1 << 7;
    private const int Describe = 1 << 8;
    private const int ClusterAction = 1 << 9;
    private const int DescribeConfigs = 1 << 10;
    private const int AlterConfigs = 1 << 11;
    private const int IdempotentWrite = 1 << 12;
}
