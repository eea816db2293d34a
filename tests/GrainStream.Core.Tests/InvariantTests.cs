namespace GrainStream.Core.Tests;

public sealed class InvariantTests
{
    [Fact]
    public void A_condition_that_holds_costs_no_allocation_whatever_the_message()
    {
        long value = 123;
        Invariant.Require(value > 0, $"warm up {value}");
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            Invariant.Require(value > 0, $"{value} at {i} is not positive");
            Invariant.Require(value > 0, "not positive");
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void A_condition_that_fails_throws_with_the_message_put_together()
    {
        long value = -5;
        var violation = Assert.Throws<InvariantViolationException>(() => Invariant.Require(value > 0, $"{value} is not positive"));
        Assert.Equal("-5 is not positive", violation.Message);
        Assert.Throws<InvariantViolationException>(() => Invariant.Require(value > 0, "constant"));
    }
}
