using System.Diagnostics;
using GrainStream.Core.Groups.Consumer;

namespace GrainStream.Core.Tests.Groups.Consumer;

public sealed class TopicPatternTests
{
    [Theory]
    [InlineData("orders", "orders", true)]
    [InlineData("orders", "orders.eu", false)]
    [InlineData("^orders.*", "orders.eu", true)]
    [InlineData("^orders.*", "my-orders", false)]
    [InlineData("a|b", "b", true)]
    [InlineData("a|b", "ab", false)]
    [InlineData("(?i)Orders", "ORDERS", true)]
    [InlineData("(?P<region>eu|us)-[0-9]{2}", "us-07", true)]
    [InlineData(@"\Qa.b\E.", "a.bc", true)]
    [InlineData(@"\Qa.b\E.", "axbc", false)]
    [InlineData("[[:alpha:]]+[^[:digit:]]", "orders-", true)]
    [InlineData("[[:alpha:]]+", "orders1", false)]
    [InlineData("[]a]+", "aa", true)]
    [InlineData("[a[]+", "a", true)]
    [InlineData(@"\pL+\d", "orders7", true)]
    [InlineData(@"[\w-]+?", "a-b_c", true)]
    [InlineData("", "", true)]
    public void The_whole_name_must_match(string expression, string topic, bool isMatch)
    {
        Assert.True(TopicPattern.TryParse(expression, out TopicPattern? pattern, out string? error), error);

        Assert.Equal(isMatch, pattern.Matches(topic));
    }

    [Theory]
    [InlineData("a)(b", ")")]
    [InlineData("*a", "Quantifier")]
    [InlineData("[a", "[]")]
    [InlineData(@"(a)\1", "RE2")]
    [InlineData("(?<!a)b", "RE2")]
    [InlineData("(?>a)", "RE2")]
    [InlineData("[[:nothing:]]", "no class")]
    [InlineData("a{1001}", "1001 times")]
    [InlineData("a{3,2}", "x > y")]
    public void What_is_no_expression_of_RE2_is_refused_with_a_reason(string expression, string reason)
    {
        Assert.False(TopicPattern.TryParse(expression, out _, out string? error));
        Assert.Contains(reason, error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_expression_that_is_too_long_is_refused()
    {
        Assert.False(TopicPattern.TryParse(new string('a', TopicPattern.MaxLength + 1), out _, out string? error));
        Assert.Contains("8192", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("(a+)+b")]
    [InlineData("(a|a)*c")]
    [InlineData("((a{0,100}){0,100}){0,100}b")]
    [InlineData("(((a{0,1000}){0,1000}){0,1000}){0,1000}b")]
    public void No_expression_takes_long(string expression)
    {
        long start = Stopwatch.GetTimestamp();
        if (TopicPattern.TryParse(expression, out TopicPattern? pattern, out _))
        {
            Assert.False(pattern.Matches(new string('a', 249)));
        }

        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(20));
    }
}
