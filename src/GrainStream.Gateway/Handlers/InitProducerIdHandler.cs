using GrainStream.Gateway.Requests;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;
using GrainStream.Runtime;

namespace GrainStream.Gateway.Handlers;

/// <summary>
/// InitProducerId 0-6. Every request of an idempotent producer gets a new id at epoch 0, also if it names one it has already, as in Kafka.
/// Deviations: a transactional id is refused with INVALID_REQUEST, which clients take as fatal: there are no transactions yet.
/// </summary>
internal sealed class InitProducerIdHandler(Broker broker) : SerialRequestHandler<InitProducerIdRequest, InitProducerIdResponse>
{
    private const short FirstEpoch = 0;
    private const short NoEpoch = -1;

    /// <inheritdoc/>
    internal override InitProducerIdResponse CreateErrorResponse(InitProducerIdRequest request, ErrorCode error, short version) =>
        new() { ErrorCode = error, ProducerId = ProducerId.None.Value, ProducerEpoch = NoEpoch };

    /// <inheritdoc/>
    protected override async ValueTask<InitProducerIdResponse> HandleAsync(InitProducerIdRequest request, RequestContext context)
    {
        if (request.TransactionalId is not null)
        {
            return CreateErrorResponse(request, ErrorCode.InvalidRequest, context.Version);
        }

        (ErrorCode error, ProducerId id) = await broker.NextProducerIdAsync();
        return error == ErrorCode.None
            ? new InitProducerIdResponse { ProducerId = id.Value, ProducerEpoch = FirstEpoch }
            : CreateErrorResponse(request, error, context.Version);
    }
}
