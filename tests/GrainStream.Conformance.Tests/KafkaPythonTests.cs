namespace GrainStream.Conformance.Tests;

/// <summary>python3-kafka; what each scenario does stands in clients/python/kafka_python_client.py.</summary>
public sealed class KafkaPythonTests(ServerFixture<KafkaPythonTests> server) : IClassFixture<ServerFixture<KafkaPythonTests>>
{
    [Theory]
    [InlineData("the_broker_s_version_is_recognised")]
    [InlineData("producing_to_an_unknown_topic_creates_it")]
    [InlineData("topics_are_created_listed_and_deleted")]
    [InlineData("partitions_can_be_added_but_not_taken_away")]
    [InlineData("configs_are_described_and_altered")]
    [InlineData("the_cluster_is_described")]
    [InlineData("keys_values_and_headers_come_back_as_they_were")]
    [InlineData("timestamps_and_offsets_by_time")]
    [InlineData("an_offset_out_of_range_is_reported_or_reset")]
    [InlineData("a_message_over_the_limit_is_refused")]
    public Task The_scenario_holds(string scenario) => server.RunAsync(Client.KafkaPython, [scenario, server.Bootstrap]);
}
