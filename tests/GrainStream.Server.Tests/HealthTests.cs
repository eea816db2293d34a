namespace GrainStream.Server.Tests;

public sealed class HealthTests
{
    [Fact]
    public void A_broker_whose_journal_lives_is_healthy() =>
        Assert.Null(HealthEndpoint.TroubleOf(new TaskCompletionSource<Exception>().Task));

    [Fact]
    public void A_failed_journal_is_told_with_its_reason() =>
        Assert.Equal(
            "The journal has failed: input/output error",
            HealthEndpoint.TroubleOf(Task.FromResult<Exception>(new IOException("input/output error"))));
}
