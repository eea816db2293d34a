using GrainStream.TestKit;

namespace GrainStream.Server.Tests;

public sealed class StopSignalsTests : IDisposable
{
    private readonly ManualClock _clock = new();
    private readonly List<string> _calls = [];
    private readonly StopSignals _signals;

    public StopSignalsTests() => _signals = new StopSignals(() => _calls.Add("stop"), () => _calls.Add("force"), _clock);

    public void Dispose() => _signals.Dispose();

    [Fact]
    public void The_first_signal_stops_in_good_order()
    {
        _signals.Signal();
        Assert.Equal(["stop"], _calls);
    }

    [Fact]
    public void The_same_request_signalled_twice_is_one()
    {
        _signals.Signal();
        _clock.Advance(StopSignals.SameRequest / 2);
        _signals.Signal();
        Assert.Equal(["stop"], _calls);
    }

    [Fact]
    public void A_second_request_stops_at_once()
    {
        _signals.Signal();
        _clock.Advance(StopSignals.SameRequest);
        _signals.Signal();
        Assert.Equal(["stop", "force"], _calls);
    }
}
