namespace GrainStream.Conformance.Tests;

/// <summary>python3-confluent-kafka; what each scenario does stands in clients/python/confluent_client.py.</summary>
public sealed class ConfluentKafkaTests(ServerFixture<ConfluentKafkaTests> server) : IClassFixture<ServerFixture<ConfluentKafkaTests>>
{
    [Theory]
    [InlineData("producing_to_an_unknown_topic_creates_it")]
    [InlineData("topics_are_created_listed_and_deleted")]
    [InlineData("impossible_topics_are_refused")]
    [InlineData("a_topic_can_be_validated_without_being_created")]
    [InlineData("partitions_can_be_added_but_not_taken_away")]
    [InlineData("configs_are_described_and_altered")]
    [InlineData("the_broker_describes_its_own_configs")]
    [InlineData("keys_values_and_headers_come_back_as_they_were")]
    [InlineData("timestamps_of_the_producer_are_kept")]
    [InlineData("log_append_time_is_the_broker_s")]
    [InlineData("offsets_are_found_by_time")]
    [InlineData("offsets_are_found_by_time_inside_compressed_batches")]
    [InlineData("a_compacted_topic_keeps_the_last_record_of_each_key")]
    [InlineData("an_offset_out_of_range_resets_as_configured")]
    [InlineData("reading_starts_in_the_middle_of_a_batch")]
    [InlineData("messages_up_to_the_limit_pass_and_larger_ones_do_not")]
    [InlineData("a_message_larger_than_every_fetch_limit_is_read")]
    [InlineData("an_idempotent_producer_keeps_order")]
    [InlineData("every_kind_of_acknowledgement_delivers")]
    [InlineData("a_waiting_consumer_is_woken_by_a_record")]
    [InlineData("a_fetch_below_its_minimum_waits_and_then_returns")]
    [InlineData("a_read_committed_consumer_reads_plain_records")]
    [InlineData("asking_a_consumer_for_an_unknown_topic_does_not_create_it")]
    public Task The_scenario_holds(string scenario) => server.RunAsync(Client.Confluent, [scenario, server.Bootstrap]);
}
