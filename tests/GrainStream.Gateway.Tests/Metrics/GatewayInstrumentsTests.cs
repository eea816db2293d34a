using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using GrainStream.Gateway.Metrics;
using GrainStream.Gateway.Tests.Connections;
using GrainStream.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace GrainStream.Gateway.Tests.Metrics;

public sealed class GatewayInstrumentsTests
{
    [Fact]
    public async Task Connections_requests_and_bytes_are_measured()
    {
        await using TestGateway gateway = await TestGateway.StartAsync();
        gateway.Echo.OnDispatch = EchoHandler.AnswerAtOnce;
        var measured = new ConcurrentDictionary<string, double>();
        using MeterListener listener = Listen(gateway, measured);
        TestClient client = await gateway.ConnectAsync();
        byte[] frame = TestClient.Echo(1, bytes: 100);
        await client.SendAsync(frame, frame);
        byte[] answer = await client.ReceiveAsync();
        await client.ReceiveAsync();
        await Eventually.HoldsAsync("both requests are counted", () => measured.GetValueOrDefault("grainstream.gateway.requests api=PushTelemetry") == 2);
        Assert.Equal(1, measured["grainstream.gateway.connections"]);
        Assert.Equal(2 * frame.Length, measured["grainstream.gateway.received"]);
        Assert.Equal(2 * (answer.Length + sizeof(int)), measured["grainstream.gateway.sent"]);
        Assert.True(measured.ContainsKey("grainstream.gateway.request.duration api=PushTelemetry"));
        client.Dispose();
        await Eventually.HoldsAsync("the connection is no longer counted", () => measured["grainstream.gateway.connections"] == 0);
        Assert.Equal(1, measured["grainstream.gateway.connections.closed reason=ClosedByClient"]);
    }

    private static MeterListener Listen(TestGateway gateway, ConcurrentDictionary<string, double> measured)
    {
        object factory = gateway.Services.GetRequiredService<IMeterFactory>();
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == GatewayInstruments.MeterName && instrument.Meter.Scope == factory)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.Start();
        return listener;

        void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            string name = tags.IsEmpty ? instrument.Name : $"{instrument.Name} {tags[0].Key}={tags[0].Value}";
            measured.AddOrUpdate(name, value, (_, sum) => sum + value);
        }
    }
}
