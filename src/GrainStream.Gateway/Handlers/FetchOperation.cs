using GrainStream.Gateway.Requests;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;
using GrainStream.Protocol.Wire;
using GrainStream.Runtime;
using GrainStream.Runtime.Partitions;
using GrainStream.Runtime.Reading;

namespace GrainStream.Gateway.Handlers;

/// <summary>One fetch request under way: reads, and waits and reads again until there is enough or the time is up.</summary>
internal sealed class FetchOperation : IDisposable
{
    private readonly Broker _broker;
    private readonly TimeProvider _clock;
    private readonly FetchRequest _request;
    private readonly RequestContext<FetchResponse> _context;
    private readonly FetchResponse _response;
    private readonly Partition?[][] _partitions;
    private readonly List<RecordsPayload> _payloads = [];
    private bool _hasError;

    public FetchOperation(Broker broker, TimeProvider clock, FetchRequest request, RequestContext<FetchResponse> context)
    {
        _broker = broker;
        _clock = clock;
        _request = request;
        _context = context;
        _response = new FetchResponse { Responses = CreateTopics(request, ErrorCode.None) };
        _partitions = new Partition?[request.Topics.Length][];
    }

    /// <summary>Answers the request. Does not throw.</summary>
    public async Task RunAsync()
    {
        try
        {
            FindPartitions();
            int bytes = await ReadAllAsync();
            if (bytes < _request.MinBytes && !_hasError && _request.MaxWaitMs > 0)
            {
                await WaitForMoreAsync();
            }

            _context.Complete(_response, held: this);
        }
        catch (Exception cause)
        {
            Dispose();
            _context.Fail(cause);
        }
    }

    /// <summary>Lets go of the payloads: after they are sent, before they are read anew, or when the request fails.</summary>
    public void Dispose()
    {
        foreach (RecordsPayload payload in _payloads)
        {
            payload.Dispose();
        }

        _payloads.Clear();
    }

    /// <summary>An answer without records for every partition asked for.</summary>
    public static FetchResponse.FetchableTopicResponse[] CreateTopics(FetchRequest request, ErrorCode error)
    {
        var topics = new FetchResponse.FetchableTopicResponse[request.Topics.Length];
        for (int i = 0; i < topics.Length; i++)
        {
            FetchRequest.FetchTopic asked = request.Topics[i];
            var partitions = new FetchResponse.PartitionData[asked.Partitions.Length];
            for (int j = 0; j < partitions.Length; j++)
            {
                partitions[j] = new FetchResponse.PartitionData
                {
                    PartitionIndex = asked.Partitions[j].Partition,
                    ErrorCode = error,
                    HighWatermark = -1,
                    AbortedTransactions = null,
                    Records = Empty,
                };
            }

            topics[i] = new FetchResponse.FetchableTopicResponse { Topic = asked.Topic, TopicId = asked.TopicId, Partitions = partitions };
        }

        return topics;
    }

    private static RecordSet Empty => new(System.Buffers.ReadOnlySequence<byte>.Empty);

    private async ValueTask WaitForMoreAsync()
    {
        using var wait = new FetchWait(_clock, TimeSpan.FromMilliseconds(_request.MaxWaitMs));
        using CancellationTokenRegistration closing = _context.Cancellation.UnsafeRegister(
            static state => ((FetchWait)state!).Cancel(), wait);
        for (int i = 0; i < _partitions.Length; i++)
        {
            for (int j = 0; j < _partitions[i].Length; j++)
            {
                _partitions[i][j]?.Watch(wait, new Offset(_request.Topics[i].Partitions[j].FetchOffset));
            }
        }

        // What came between the first read and the watch raised no alarm: so read once more before waiting.
        bool goOn;
        do
        {
            Dispose();
            int bytes = await ReadAllAsync();
            goOn = bytes < _request.MinBytes && !_hasError && await wait.NextAsync();
        }
        while (goOn);
    }

    private void FindPartitions()
    {
        for (int i = 0; i < _partitions.Length; i++)
        {
            FetchRequest.FetchTopic topic = _request.Topics[i];
            _partitions[i] = new Partition?[topic.Partitions.Length];
            for (int j = 0; j < topic.Partitions.Length; j++)
            {
                int index = topic.Partitions[j].Partition;
                ErrorCode error = _context.Version >= 13
                    ? _broker.FindPartition(new TopicId(topic.TopicId), index, out Partition? partition)
                    : _broker.FindPartition(topic.Topic, index, out partition);
                _partitions[i][j] = partition;
                _response.Responses[i].Partitions[j].ErrorCode = error;
                _hasError |= error != ErrorCode.None;
            }
        }
    }

    /// <summary>Reads every partition anew, within the request's limits; returns the bytes found.</summary>
    private async ValueTask<int> ReadAllAsync()
    {
        int bytes = 0;
        int maxBytes = Math.Clamp(_request.MaxBytes, 0, _broker.Config.FetchMaxBytes);
        for (int i = 0; i < _partitions.Length; i++)
        {
            for (int j = 0; j < _partitions[i].Length; j++)
            {
                if (_partitions[i][j] is not { } partition)
                {
                    continue;
                }

                FetchRequest.FetchPartition asked = _request.Topics[i].Partitions[j];
                var wanted = new ReadRequest(
                    asked.FetchOffset,
                    asked.CurrentLeaderEpoch,
                    Math.Clamp(asked.PartitionMaxBytes, 0, Math.Max(0, maxBytes - bytes)),
                    AtLeastOne: bytes == 0,
                    MayWaitForMemory: _payloads.Count == 0);
                PartitionRead read = await _broker.Reader.ReadAsync(partition, wanted, _context.Cancellation);
                Set(_response.Responses[i].Partitions[j], read);
                bytes += read.Bytes;
            }
        }

        return bytes;
    }

    private void Set(FetchResponse.PartitionData answer, in PartitionRead read)
    {
        answer.ErrorCode = read.Error;
        answer.HighWatermark = read.HighWatermark;
        answer.LastStableOffset = read.HighWatermark;
        answer.LogStartOffset = read.LogStartOffset;
        answer.Records = Empty;
        _hasError |= read.Error != ErrorCode.None;
        if (read.Records is { } payload)
        {
            _payloads.Add(payload);
            answer.Records = new RecordSet(payload);
        }
    }
}
