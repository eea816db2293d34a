using GrainStream.Server.Options;
using Microsoft.Extensions.Configuration;

namespace GrainStream.Server.Tests.Options;

public sealed class ServerOptionsReaderTests
{
    [Fact]
    public void Without_settings_it_listens_on_this_machine_only_and_keeps_data_where_it_was_started()
    {
        ServerOptions options = Read([], out IReadOnlyList<SettingProblem> problems);
        Assert.Empty(problems);
        Assert.Equal("127.0.0.1:9092", Assert.Single(options.KafkaListen).ToString());
        Assert.Null(options.KafkaAdvertise);
        Assert.Equal("127.0.0.1:8080", Assert.Single(options.HttpListen).ToString());
        Assert.Equal("/start/data", options.Journal.DataDirectory);
        Assert.Equal(2L << 30, options.Journal.MaxBytes);
        Assert.Equal(128L << 20, options.Journal.FileBytes);
        Assert.False(options.Journal.AcceptDamage);
    }

    [Fact]
    public void An_absolute_data_directory_stays_as_it_is() =>
        Assert.Equal("/var/lib/grainstream", Read([("DataDirectory", "/var/lib/grainstream")], out _).Journal.DataDirectory);

    [Fact]
    public void Several_addresses_are_separated_by_commas_or_stand_in_a_JSON_array()
    {
        Assert.Equal(
            ["127.0.0.1:9092", "[::1]:9093"],
            Read([("Kafka:Listen", "127.0.0.1:9092, [::1]:9093")], out _).KafkaListen.Select(address => address.ToString()));
        Assert.Equal(
            ["127.0.0.1:1", "10.0.0.1:2"],
            Read([("Kafka:Listen:0", "127.0.0.1:1"), ("Kafka:Listen:1", "10.0.0.1:2")], out IReadOnlyList<SettingProblem> problems)
                .KafkaListen.Select(address => address.ToString()));
        Assert.Empty(problems);
    }

    [Fact]
    public void Http_can_be_turned_off()
    {
        Assert.Empty(Read([("Http:Listen", "off")], out IReadOnlyList<SettingProblem> problems).HttpListen);
        Assert.Empty(problems);
    }

    [Theory]
    [InlineData("127.0.0.1", "no port")]
    [InlineData("127.0.0.1:", "not a port")]
    [InlineData("127.0.0.1:70000", "not a port")]
    [InlineData("127.0.0.1:-1", "not a port")]
    [InlineData("*:9092", "Write 0.0.0.0:9092")]
    [InlineData(":9092", "Write 0.0.0.0:9092")]
    [InlineData("broker.example.com:9092", "GrainStream:Kafka:Advertise")]
    [InlineData("10.1:9092", "not an IP address")]
    [InlineData("::1:9092", "no port")]
    [InlineData("", "It is empty")]
    [InlineData("127.0.0.1:9092,127.0.0.1:9092", "twice")]
    public void An_address_that_cannot_be_listened_on_is_refused_with_how_to_write_it(string value, string says) =>
        AssertOneProblem([("Kafka:Listen", value)], "GrainStream:Kafka:Listen", says);

    [Theory]
    [InlineData("0.0.0.0:9092")]
    [InlineData("[::]:9092")]
    public void Listening_on_every_address_demands_an_address_to_advertise(string listen)
    {
        AssertOneProblem([("Kafka:Listen", listen)], "GrainStream:Kafka:Advertise", "must be set");
        ServerOptions options = Read([("Kafka:Listen", listen), ("Kafka:Advertise", "broker.example.com")], out IReadOnlyList<SettingProblem> problems);
        Assert.Empty(problems);
        Assert.Equal(new AdvertisedAddress("broker.example.com", null), options.KafkaAdvertise);
    }

    [Theory]
    [InlineData("broker.example.com:9095", "broker.example.com", 9095)]
    [InlineData("10.0.0.5", "10.0.0.5", null)]
    [InlineData("[fd00::5]:9092", "fd00::5", 9092)]
    [InlineData("fd00::5", "fd00::5", null)]
    public void An_advertised_address_is_a_name_or_an_address_with_or_without_port(string value, string host, int? port) =>
        Assert.Equal(new AdvertisedAddress(host, port), Read([("Kafka:Advertise", value)], out _).KafkaAdvertise);

    [Theory]
    [InlineData("0.0.0.0:9092", "every address")]
    [InlineData("broker:0", "not a port that clients can connect to")]
    [InlineData("broker:kafka", "not a port that clients can connect to")]
    [InlineData("bro ker:9092", "not a host name")]
    public void An_address_that_clients_cannot_connect_to_is_not_advertised(string value, string says) =>
        AssertOneProblem([("Kafka:Advertise", value)], "GrainStream:Kafka:Advertise", says);

    [Fact]
    public void Kafka_and_http_do_not_share_a_port() =>
        AssertOneProblem([("Http:Listen", "127.0.0.1:9092")], "GrainStream:Http:Listen", "another port");

    [Theory]
    [InlineData("268435456", 268435456)]
    [InlineData("16KiB", 16384)]
    [InlineData("1 GiB", 1073741824)]
    [InlineData("64mib", 67108864)]
    public void Sizes_are_bytes_or_have_a_unit(string value, long bytes) =>
        Assert.Equal(bytes, Read([("Journal:FileBytes", value)], out _).Journal.FileBytes);

    [Theory]
    [InlineData("big", "not a number of bytes")]
    [InlineData("-1", "not a number of bytes")]
    [InlineData("12MB", "not a number of bytes")]
    [InlineData("99999999999999999999", "not a number of bytes")]
    [InlineData("9999999999TiB", "not a number of bytes")]
    [InlineData("4096", "from 16KiB to 1TiB")]
    [InlineData("100001", "multiple of 4096; the next is 102400")]
    public void A_size_that_cannot_work_is_refused_with_the_range(string value, string says) =>
        AssertOneProblem([("Journal:FileBytes", value)], "GrainStream:Journal:FileBytes", says);

    [Fact]
    public void Files_follow_from_the_whole_unless_they_are_set()
    {
        Assert.Equal(64L << 20, Read([("Journal:MaxBytes", "1GiB")], out IReadOnlyList<SettingProblem> problems).Journal.FileBytes);
        Assert.Equal(1L << 20, Read([("Journal:MaxBytes", "1GiB"), ("Journal:FileBytes", "1MiB")], out problems).Journal.FileBytes);
        Assert.Empty(problems);
    }

    [Theory]
    [InlineData("32MiB", "")]
    [InlineData("64MiB", "32MiB")]
    public void A_journal_of_fewer_than_four_files_is_refused(string maxBytes, string fileBytes) =>
        AssertOneProblem([("Journal:MaxBytes", maxBytes), ("Journal:FileBytes", fileBytes)], "GrainStream:Journal:MaxBytes", "room for 4 files");

    [Fact]
    public void A_flag_is_true_or_false() =>
        AssertOneProblem([("Journal:AcceptDamage", "yes")], "GrainStream:Journal:AcceptDamage", "true or false");

    [Theory]
    [InlineData("Kafak:Listen", "Did you mean GrainStream:Kafka:Listen?")]
    [InlineData("DataDir", "Did you mean GrainStream:DataDirectory?")]
    [InlineData("Journal:TailMemory", "Did you mean GrainStream:Journal:TailMemoryBytes?")]
    [InlineData("Xyzzy", "--help lists those there are.")]
    public void An_unknown_setting_is_refused_with_the_nearest_name(string key, string says) =>
        AssertOneProblem([(key, "x")], "GrainStream:" + key, says);

    [Theory]
    [InlineData("Broker:num.partitions")]
    [InlineData("Broker:num_partitions")]
    [InlineData("BROKER:NUM_PARTITIONS")]
    public void Kafka_s_settings_have_kafka_s_names_with_dots_or_underscores(string key)
    {
        Assert.Equal(7, Read([(key, "7")], out IReadOnlyList<SettingProblem> problems).Broker.NumPartitions);
        Assert.Empty(problems);
    }

    [Theory]
    [InlineData("Broker:num.partitons", "3", "Did you mean GrainStream:Broker:num.partitions?")]
    [InlineData("Broker:num.partitions", "0", "whole number from 1")]
    [InlineData("Broker:auto.create.topics.enable", "perhaps", "true or false")]
    [InlineData("Broker:compression.type", "gzip", "Batches are stored byte for byte")]
    public void A_kafka_setting_that_cannot_be_kept_is_refused(string key, string value, string says) =>
        AssertOneProblem([(key, value)], "GrainStream:" + key, says);

    [Fact]
    public void A_kafka_setting_is_not_written_in_both_ways() =>
        Assert.Contains("set twice", ProblemOf([("Broker:num.partitions", "1"), ("Broker:num_partitions", "2")]));

    [Fact]
    public void Kafka_settings_that_contradict_each_other_are_refused() =>
        Assert.Contains(
            "message.max.bytes (5000000) is more than",
            ProblemOf([("Broker:message.max.bytes", "5000000"), ("Broker:socket.request.max.bytes", "1000000")]));

    [Fact]
    public void Names_are_read_in_any_case() =>
        Assert.Equal("/elsewhere", Read([("datadirectory", "/elsewhere")], out _).Journal.DataDirectory);

    [Fact]
    public void All_problems_are_told_at_once()
    {
        Read(
            [("Kafka:Listen", "nowhere"), ("Http:Listen", "127.0.0.1:99999"), ("Journal:FileBytes", "1"), ("Colour", "blue")],
            out IReadOnlyList<SettingProblem> problems);
        string message = SettingProblem.Describe(problems);
        Assert.Equal(4, problems.Count);
        Assert.StartsWith("GrainStream cannot start: 4 settings are wrong.\n", message);
        Assert.Contains("GrainStream:Kafka:Listen = nowhere\n", message);
        Assert.Contains("GrainStream:Http:Listen = 127.0.0.1:99999\n", message);
        Assert.Contains("GrainStream:Journal:FileBytes = 1\n", message);
        Assert.Contains("GrainStream:Colour = blue\n", message);
    }

    private static ServerOptions Read(IEnumerable<(string Key, string Value)> settings, out IReadOnlyList<SettingProblem> problems)
    {
        IConfiguration configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => new KeyValuePair<string, string?>("GrainStream:" + setting.Key, setting.Value)))
            .Build();
        problems = ServerOptionsReader.Read(configuration, "/start", out ServerOptions options);
        return options;
    }

    private static string ProblemOf(IEnumerable<(string Key, string Value)> settings)
    {
        Read(settings, out IReadOnlyList<SettingProblem> problems);
        return Assert.Single(problems).Mend;
    }

    private static void AssertOneProblem(IEnumerable<(string Key, string Value)> settings, string key, string says)
    {
        Read(settings, out IReadOnlyList<SettingProblem> problems);
        SettingProblem problem = Assert.Single(problems);
        Assert.Equal(key, problem.Key);
        Assert.Contains(says, problem.Mend);
    }
}
