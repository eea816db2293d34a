using System.Buffers;
using GrainStream.Protocol.Messages;
using GrainStream.Protocol.Wire;
using GrainStream.Runtime.Reading;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.ObjectPool;

namespace GrainStream.Gateway.Connections;

/// <summary>
/// Puts response frames on a connection's output.
/// <code>
///  length i32 | response header | message, with record payloads spliced in
/// </code>
/// Used by one thread at a time.
/// </summary>
internal sealed class ResponseSender(ResponseOutput output, ObjectPool<KafkaWriter> writers)
{
    /// <summary>Where the frames go.</summary>
    public ResponseOutput Output { get; } = output;

    /// <summary>
    /// Writes one frame. A small one stays in the output until it is flushed; one with record payloads is flushed as it goes.
    /// </summary>
    /// <param name="request">Header of the request.</param>
    /// <param name="response">The message.</param>
    /// <param name="version">Version to send: the request's, or one that the client can read if the request's is unknown here.</param>
    public async ValueTask SendAsync(RequestHeader request, IKafkaMessage response, short version)
    {
        KafkaWriter writer = writers.Get();
        try
        {
            Encode(writer, request, response, version);
            if (writer.Splices.IsEmpty)
            {
                Output.Write(writer.WrittenSpan);
            }
            else
            {
                await SendWithPayloadsAsync(writer);
            }
        }
        finally
        {
            writers.Return(writer);
        }
    }

    private static void Encode(KafkaWriter writer, in RequestHeader request, IKafkaMessage response, short version)
    {
        int length = writer.ReserveInt32();
        new ResponseHeader(request.CorrelationId).Write(writer, request.Key, version);
        response.Write(writer, version);
        writer.PatchInt32(length, writer.TotalLength - sizeof(int));
    }

    private async ValueTask SendWithPayloadsAsync(KafkaWriter writer)
    {
        int written = 0;
        for (int index = 0; index < writer.Splices.Length; index++)
        {
            RecordSplice splice = writer.Splices[index];
            Output.Write(writer.WrittenSpan[written..splice.Position]);
            written = splice.Position;
            if (splice.Payload is not RecordsPayload payload)
            {
                throw new InvalidOperationException($"A response carries a {splice.Payload.GetType().Name}, which cannot be sent.");
            }

            long before = Output.WrittenBytes;
            // Not cancelled when the connection closes in good order; when it is aborted, the next flush says so.
            if (!await payload.SendAsync(Output, CancellationToken.None))
            {
                throw new ConnectionResetException("the client no longer reads its responses");
            }

            // The length is on the wire already: a client would take other bytes for the next field.
            if (Output.WrittenBytes - before != payload.Length)
            {
                throw new InvalidOperationException($"A payload of {payload.Length} bytes sent {Output.WrittenBytes - before}.");
            }
        }

        Output.Write(writer.WrittenSpan[written..]);
    }
}
