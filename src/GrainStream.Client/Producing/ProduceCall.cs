using GrainStream.Client.Clusters;
using GrainStream.Client.Connections;
using GrainStream.Client.Errors;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;
using GrainStream.Protocol.Records;
using GrainStream.Protocol.Wire;

namespace GrainStream.Client.Producing;

/// <summary>The requests a producer makes.</summary>
internal sealed class ProduceCall(Cluster cluster, ProducerOptions options) : IDisposable
{
    /// <summary>The last version that names topics.</summary>
    private const short HighestVersion = 12;

    /// <summary>Brokers before it cannot read zstd (KIP-110).</summary>
    private const short FirstVersionWithZstd = 7;

    private readonly SemaphoreSlim _identityTurn = new(1, 1);
    private ProducerIdentity? _common;

    /// <summary>Sends one request with a batch for each of several partitions.</summary>
    /// <exception cref="KafkaException">There is no answer, or it refuses the request as a whole.</exception>
    public async Task<IReadOnlyDictionary<TopicPartition, ProduceOutcome>> SendAsync(
        int leader, List<(PartitionQueue Queue, ProducerBatch Batch)> batches)
    {
        BrokerConnection connection = await cluster.ConnectAsync(leader, ConnectionUse.Produce, CancellationToken.None);
        short version = connection.Versions.Choose<ProduceRequest, ProduceResponse>(HighestVersion);
        if (options.Compression == CompressionType.Zstd && version < FirstVersionWithZstd)
        {
            throw new UnsupportedApiException(ApiKey.Produce, $"Broker {connection.Address} is too old for zstd (it offers Produce up to {version}); choose lz4 or snappy.");
        }

        ProduceRequest request = new()
        {
            Acks = (short)options.Acks,
            TimeoutMs = (int)cluster.Options.RequestTimeout.TotalMilliseconds,
            TopicData = [.. batches.GroupBy(batch => batch.Batch.Partition.Topic).Select(topic => new ProduceRequest.TopicProduceData
            {
                Name = topic.Key,
                PartitionData = [.. topic.Select(batch => new ProduceRequest.PartitionProduceData
                {
                    Index = batch.Batch.Partition.Partition,
                    Records = new RecordSet(new BatchPayload(batch.Batch.Bytes)),
                })],
            })],
        };
        if (options.Acks == Acks.None)
        {
            await connection.SendOneWayAsync(request, version, CancellationToken.None);
            return batches.ToDictionary(batch => batch.Batch.Partition, _ => new ProduceOutcome(-1, null));
        }

        using ResponseFrame frame = await connection.SendAsync(request, version, cluster.Options.RequestTimeout, CancellationToken.None);
        ProduceResponse response = frame.Read<ProduceResponse>(version, connection.Address);
        return response.Responses
            .SelectMany(topic => topic.PartitionResponses.Select(partition => (Partition: new TopicPartition(topic.Name, partition.Index), Answer: partition)))
            .ToDictionary(entry => entry.Partition, entry => OutcomeOf(entry.Partition, entry.Answer, connection.Address));
    }

    /// <summary>An identity for an idempotent producer: the one that all partitions share, or a fresh one.</summary>
    public async Task<ProducerIdentity> GetIdentityAsync(bool isFresh)
    {
        await _identityTurn.WaitAsync();
        try
        {
            if (!isFresh && _common is not null)
            {
                return _common;
            }

            InitProducerIdResponse response = await cluster.CallAnyAsync<InitProducerIdRequest, InitProducerIdResponse>(
                _ => new InitProducerIdRequest { TransactionTimeoutMs = int.MaxValue }, short.MaxValue, CancellationToken.None);
            if (response.ErrorCode != ErrorCode.None)
            {
                throw new KafkaErrorException(response.ErrorCode, ApiKey.InitProducerId, "Cannot get a producer id");
            }

            ProducerIdentity identity = new(response.ProducerId, response.ProducerEpoch);
            _common ??= isFresh ? null : identity;
            return identity;
        }
        finally
        {
            _identityTurn.Release();
        }
    }

    public void Dispose() => _identityTurn.Dispose();

    private static ProduceOutcome OutcomeOf(TopicPartition partition, ProduceResponse.PartitionProduceResponse answer, BrokerAddress broker)
    {
        // A duplicate is in the log already: the answer to its first sending was lost.
        if (answer.ErrorCode is ErrorCode.None or ErrorCode.DuplicateSequenceNumber)
        {
            return new ProduceOutcome(answer.BaseOffset, null);
        }

        string? message = answer.RecordErrors.FirstOrDefault()?.BatchIndexErrorMessage ?? answer.ErrorMessage;
        return new ProduceOutcome(-1, new KafkaErrorException(answer.ErrorCode, ApiKey.Produce, $"Records for {partition} were not taken", message, broker));
    }
}
