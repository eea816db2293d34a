namespace GrainStream.Client.Tests;

public sealed class BrokerAddressTests
{
    [Theory]
    [InlineData("localhost", "localhost", 9092)]
    [InlineData("broker-1:29092", "broker-1", 29092)]
    [InlineData(" 10.0.0.1:9092 ", "10.0.0.1", 9092)]
    [InlineData("[::1]:9093", "::1", 9093)]
    [InlineData("::1", "::1", 9092)]
    public void An_address_is_read(string text, string host, int port)
    {
        Assert.True(BrokerAddress.TryParse(text, out BrokerAddress? address));
        Assert.Equal(new BrokerAddress(host, port), address);
    }

    [Theory]
    [InlineData("")]
    [InlineData("host:")]
    [InlineData("host:many")]
    [InlineData("host:0")]
    [InlineData("host:70000")]
    [InlineData("http://host:9092")]
    [InlineData("two words:9092")]
    public void What_is_no_address_is_refused(string text) => Assert.False(BrokerAddress.TryParse(text, out _));

    [Fact]
    public void A_list_says_which_of_them_is_wrong() =>
        Assert.Contains("\"b:x\"", Assert.Throws<FormatException>(() => BrokerAddress.ParseList("a:1,b:x")).Message, StringComparison.Ordinal);
}
