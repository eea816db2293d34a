using GrainStream.Client.Clusters;
using GrainStream.Client.Connections;
using GrainStream.Client.Errors;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;

namespace GrainStream.Client.Administration;

/// <summary>Creates, describes, changes and deletes topics. Thread-safe.</summary>
public sealed class TopicAdmin
{
    private const sbyte TopicResource = 2;
    private const sbyte SetOperation = 0;
    private const sbyte DeleteOperation = 1;

    private readonly Cluster _cluster;

    internal TopicAdmin(Cluster cluster)
    {
        _cluster = cluster;
    }

    /// <summary>All topics, by name.</summary>
    public async Task<IReadOnlyList<TopicMetadata>> ListAsync(CancellationToken cancellation = default)
    {
        IReadOnlyList<TopicMetadata> topics = await _cluster.Retries.RunAsync(_cluster.Topics.AskAllAsync, cancellation);
        return [.. topics.OrderBy(topic => topic.Name, StringComparer.Ordinal)];
    }

    /// <summary>One topic as it is now; null if there is none of that name.</summary>
    public Task<TopicMetadata?> FindAsync(string name, CancellationToken cancellation = default) => _cluster.Retries.RunAsync(
        async stop =>
        {
            try
            {
                return await _cluster.Topics.AskAsync(name, stop);
            }
            catch (KafkaErrorException e) when (e.Error == ErrorCode.UnknownTopicOrPartition)
            {
                return null;
            }
        },
        cancellation);

    /// <summary>Creates a topic. Other brokers may take a moment to know it.</summary>
    /// <param name="topic">Name, size and settings.</param>
    /// <param name="validateOnly">Only ask whether it could be created.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <returns>Partitions that it has; -1 where brokers do not tell (before Kafka 2.4).</returns>
    /// <exception cref="KafkaErrorException">It was refused.</exception>
    public async Task<int> CreateAsync(NewTopic topic, bool validateOnly = false, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(topic);
        CreateTopicsRequest request = new()
        {
            TimeoutMs = TimeoutMs,
            ValidateOnly = validateOnly,
            Topics =
            [
                new CreateTopicsRequest.CreatableTopic
                {
                    Name = topic.Name,
                    NumPartitions = topic.Partitions,
                    ReplicationFactor = topic.ReplicationFactor,
                    Configs = [.. topic.Configs.Select(config => new CreateTopicsRequest.CreatableTopicConfig { Name = config.Key, Value = config.Value })],
                },
            ],
        };
        CreateTopicsResponse response = await ControlAsync<CreateTopicsRequest, CreateTopicsResponse>(
            _ => request,
            answer => (answer.Topics[0].ErrorCode, answer.Topics[0].ErrorMessage),
            $"Cannot create topic {topic.Name}",
            cancellation);
        _cluster.Topics.Forget(topic.Name);
        return response.Topics[0].NumPartitions;
    }

    /// <summary>Deletes a topic and its records.</summary>
    /// <exception cref="KafkaErrorException">It was refused, or there is none.</exception>
    public async Task DeleteAsync(string name, CancellationToken cancellation = default)
    {
        await ControlAsync<DeleteTopicsRequest, DeleteTopicsResponse>(
            version => version >= 6
                ? new DeleteTopicsRequest { Topics = [new DeleteTopicsRequest.DeleteTopicState { Name = name }], TimeoutMs = TimeoutMs }
                : new DeleteTopicsRequest { TopicNames = [name], TimeoutMs = TimeoutMs },
            answer => (answer.Responses[0].ErrorCode, answer.Responses[0].ErrorMessage),
            $"Cannot delete topic {name}",
            cancellation);
        _cluster.Topics.Forget(name);
    }

    /// <summary>Adds partitions. Records with keys may from then on go to other partitions than before.</summary>
    /// <param name="name">The topic.</param>
    /// <param name="total">How many it is to have in all; more than it has.</param>
    /// <param name="validateOnly">Only ask whether it could be done.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <exception cref="KafkaErrorException">It was refused.</exception>
    public async Task AddPartitionsAsync(string name, int total, bool validateOnly = false, CancellationToken cancellation = default)
    {
        CreatePartitionsRequest request = new()
        {
            TimeoutMs = TimeoutMs,
            ValidateOnly = validateOnly,
            Topics = [new CreatePartitionsRequest.CreatePartitionsTopic { Name = name, Count = total }],
        };
        await ControlAsync<CreatePartitionsRequest, CreatePartitionsResponse>(
            _ => request,
            answer => (answer.Results[0].ErrorCode, answer.Results[0].ErrorMessage),
            $"Cannot give topic {name} {total} partitions",
            cancellation);
        _cluster.Topics.Forget(name);
    }

    /// <summary>All settings that are in effect for a topic, by name.</summary>
    /// <exception cref="KafkaErrorException">It was refused, or there is no such topic.</exception>
    public async Task<IReadOnlyList<ConfigEntry>> DescribeConfigsAsync(string name, CancellationToken cancellation = default)
    {
        DescribeConfigsRequest request = new()
        {
            Resources = [new DescribeConfigsRequest.DescribeConfigsResource { ResourceType = TopicResource, ResourceName = name }],
        };
        DescribeConfigsResponse response = await CallAsync<DescribeConfigsRequest, DescribeConfigsResponse>(
            _ => request,
            answer => (answer.Results[0].ErrorCode, answer.Results[0].ErrorMessage),
            $"Cannot read the settings of topic {name}",
            cancellation);
        return [.. response.Results[0].Configs
            .Select(config => new ConfigEntry(config.Name, config.Value, (ConfigSource)Math.Max((sbyte)0, config.ConfigSource), config.ReadOnly, config.IsSensitive))
            .OrderBy(config => config.Name, StringComparer.Ordinal)];
    }

    /// <summary>Changes settings of a topic, all or none, and leaves the others as they are.</summary>
    /// <exception cref="KafkaErrorException">It was refused.</exception>
    public async Task AlterConfigsAsync(
        string name, IReadOnlyCollection<ConfigChange> changes, bool validateOnly = false, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(changes);
        IncrementalAlterConfigsRequest request = new()
        {
            ValidateOnly = validateOnly,
            Resources =
            [
                new IncrementalAlterConfigsRequest.AlterConfigsResource
                {
                    ResourceType = TopicResource,
                    ResourceName = name,
                    Configs = [.. changes.Select(change => new IncrementalAlterConfigsRequest.AlterableConfig
                    {
                        Name = change.Name,
                        Value = change.Value,
                        ConfigOperation = change.Value is null ? DeleteOperation : SetOperation,
                    })],
                },
            ],
        };
        await CallAsync<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse>(
            _ => request,
            answer => (answer.Responses[0].ErrorCode, answer.Responses[0].ErrorMessage),
            $"Cannot change the settings of topic {name}",
            cancellation);
    }

    /// <summary>Deletes the records of a partition before an offset.</summary>
    /// <param name="partition">Whose records.</param>
    /// <param name="before">First offset to keep; -1 for the end, which deletes all.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <returns>The partition's first offset from then on.</returns>
    /// <exception cref="KafkaErrorException">It was refused.</exception>
    public Task<long> DeleteRecordsAsync(TopicPartition partition, long before, CancellationToken cancellation = default)
    {
        DeleteRecordsRequest request = new()
        {
            TimeoutMs = TimeoutMs,
            Topics =
            [
                new DeleteRecordsRequest.DeleteRecordsTopic
                {
                    Name = partition.Topic,
                    Partitions = [new DeleteRecordsRequest.DeleteRecordsPartition { PartitionIndex = partition.Partition, Offset = before }],
                },
            ],
        };
        return _cluster.Retries.RunAsync(
            async stop =>
            {
                PartitionMetadata leader = await _cluster.Topics.LeaderOfAsync(partition, stop);
                BrokerConnection connection = await _cluster.ConnectAsync(leader.Leader, ConnectionUse.General, stop);
                DeleteRecordsResponse response = await connection.CallAsync<DeleteRecordsRequest, DeleteRecordsResponse>(request, stop);
                DeleteRecordsResponse.DeleteRecordsPartitionResult result = response.Topics[0].Partitions[0];
                if (result.ErrorCode == ErrorCode.None)
                {
                    return result.LowWatermark;
                }

                _cluster.Topics.Forget(partition.Topic);
                throw new KafkaErrorException(result.ErrorCode, ApiKey.DeleteRecords, $"Cannot delete records of {partition}", broker: connection.Address);
            },
            cancellation);
    }

    private int TimeoutMs => (int)_cluster.Options.RequestTimeout.TotalMilliseconds;

    private Task<TResponse> ControlAsync<TRequest, TResponse>(
        Func<short, TRequest> build, Func<TResponse, (ErrorCode Error, string? Message)> outcome, string about, CancellationToken cancellation)
        where TRequest : IKafkaRequest<TRequest>
        where TResponse : IKafkaResponse<TResponse> =>
        TryAsync(stop => _cluster.CallControllerAsync<TRequest, TResponse>(build, _cluster.Options.RequestTimeout, stop), outcome, TRequest.Key, about, cancellation);

    private Task<TResponse> CallAsync<TRequest, TResponse>(
        Func<short, TRequest> build, Func<TResponse, (ErrorCode Error, string? Message)> outcome, string about, CancellationToken cancellation)
        where TRequest : IKafkaRequest<TRequest>
        where TResponse : IKafkaResponse<TResponse> =>
        TryAsync(stop => _cluster.CallAnyAsync<TRequest, TResponse>(build, short.MaxValue, stop), outcome, TRequest.Key, about, cancellation);

    private Task<TResponse> TryAsync<TResponse>(
        Func<CancellationToken, Task<TResponse>> call,
        Func<TResponse, (ErrorCode Error, string? Message)> outcome,
        ApiKey api,
        string about,
        CancellationToken cancellation) => _cluster.Retries.RunAsync(
            async stop =>
            {
                TResponse response = await call(stop);
                (ErrorCode error, string? message) = outcome(response);
                if (error == ErrorCode.NotController)
                {
                    await _cluster.AskMetadataAsync([], mayCreate: false, stop);
                }

                return error == ErrorCode.None ? response : throw new KafkaErrorException(error, api, about, message);
            },
            cancellation);
}
