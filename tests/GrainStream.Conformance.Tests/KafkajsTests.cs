namespace GrainStream.Conformance.Tests;

/// <summary>kafkajs; what each scenario does stands in clients/kafkajs/client.js, and how it reads without a group in fetching.js.</summary>
public sealed class KafkajsTests(ServerFixture<KafkajsTests> server) : IClassFixture<ServerFixture<KafkajsTests>>
{
    [Theory]
    [InlineData("producing_to_an_unknown_topic_creates_it")]
    [InlineData("topics_are_created_listed_and_deleted")]
    [InlineData("partitions_can_be_added")]
    [InlineData("configs_are_described_and_altered")]
    [InlineData("the_cluster_is_described")]
    [InlineData("keys_values_and_headers_come_back_as_they_were")]
    [InlineData("an_idempotent_producer_keeps_order")]
    [InlineData("offsets_are_found_by_time")]
    [InlineData("records_are_deleted_up_to_an_offset")]
    [InlineData("every_kind_of_acknowledgement_delivers")]
    public Task The_scenario_holds(string scenario) => server.RunAsync(Client.Kafkajs, [scenario, server.Bootstrap]);
}
