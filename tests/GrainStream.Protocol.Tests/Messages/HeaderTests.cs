using System.Buffers;
using GrainStream.Protocol.Messages;
using GrainStream.Protocol.Wire;

namespace GrainStream.Protocol.Tests.Messages;

public class HeaderTests
{
    [Theory]
    [InlineData(ApiKey.Produce, 8, "0000 0008 0000002a 0001 78")]
    [InlineData(ApiKey.Produce, 9, "0000 0009 0000002a 0001 78 00")]
    [InlineData(ApiKey.ApiVersions, 2, "0012 0002 0000002a 0001 78")]
    [InlineData(ApiKey.ApiVersions, 99, "0012 0063 0000002a 0001 78 00")]
    [InlineData(ApiKey.SaslHandshake, 1, "0011 0001 0000002a 0001 78")]
    public void A_request_header_is_flexible_where_its_request_is(ApiKey key, short version, string hex) =>
        CheckRequest(new RequestHeader(key, version, 42, "x"), hex);

    [Fact]
    public void A_client_need_not_name_itself() => CheckRequest(new RequestHeader(ApiKey.Fetch, 4, 1, null), "0001 0004 00000001 ffff");

    [Fact]
    public void Tagged_fields_of_a_header_are_skipped()
    {
        var reader = new KafkaReader(Convert.FromHexString("00010011000000010001780209020102FF01017F"));
        Assert.Equal(new RequestHeader(ApiKey.Fetch, 17, 1, "x"), RequestHeader.Read(ref reader));
        Assert.Equal(0, reader.Remaining);
    }

    [Theory]
    [InlineData(ApiKey.Produce, 8, "0000002a")]
    [InlineData(ApiKey.Produce, 9, "0000002a00")]
    [InlineData(ApiKey.DescribeCluster, 0, "0000002a00")]
    [InlineData(ApiKey.ApiVersions, 4, "0000002a")]
    public void A_response_header_is_flexible_where_its_request_is_but_never_for_versions(ApiKey key, short version, string hex)
    {
        var header = new ResponseHeader(42);
        using var writer = new KafkaWriter();
        header.Write(writer, key, version);
        Assert.Equal(Convert.FromHexString(hex), WriterOutput.ToArray(writer));

        var reader = new KafkaReader(Convert.FromHexString(hex));
        Assert.Equal(header, ResponseHeader.Read(ref reader, key, version));
        Assert.Equal(0, reader.Remaining);
    }

    [Theory]
    [InlineData("")]
    [InlineData("00030001")]
    [InlineData("0003000100000001 0005 6162")]
    [InlineData("0003000c00000001 0000 FFFFFFFF0F")]
    [InlineData("0003000c00000001 0000 0105FF")]
    public void Garbage_instead_of_a_header_is_refused(string hex) => Assert.Throws<MalformedMessageException>(() =>
    {
        var reader = new KafkaReader(new ReadOnlySequence<byte>(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal))));
        RequestHeader.Read(ref reader);
    });

    private static void CheckRequest(RequestHeader header, string hex)
    {
        byte[] bytes = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        var reader = new KafkaReader(bytes);
        Assert.Equal(header, RequestHeader.Read(ref reader));
        Assert.Equal(0, reader.Remaining);

        using var writer = new KafkaWriter();
        header.Write(writer);
        Assert.Equal(bytes, WriterOutput.ToArray(writer));
    }
}
