using GrainStream.TestKit;

namespace GrainStream.Conformance.Tests;

/// <summary>What retention, DeleteRecords and the deletion of topics take away: from view at once, and from the disk soon after.</summary>
public sealed class RetentionTests
{
    [Theory]
    [InlineData("confluent-kafka", "old_records_go_by_size")]
    [InlineData("confluent-kafka", "old_records_go_by_age")]
    [InlineData("kafkajs", "old_records_go_by_size")]
    [InlineData("kafkajs", "old_records_go_by_age")]
    [InlineData("kafkajs", "records_are_deleted_up_to_an_offset_in_the_middle_of_a_segment")]
    public async Task Old_records_go_readers_go_on_and_the_disk_has_room_again(string client, string scenario)
    {
        await using HistoryServer server = await HistoryServer.StartAsync(nameof(RetentionTests));
        await server.RunAsync(Client.ConfluentHistory, ["produce_aged", server.Bootstrap, "aged"]);
        long before = server.SegmentBytes();
        Assert.True(before > 2 * HistoryServer.JournalBytes, $"only {before} bytes lie in segments");

        await server.RunAsync(Client.HistoryOf(client), [scenario, server.Bootstrap, "aged"]);
        await Eventually.HoldsAsync("half of the disk space is given back", () => server.SegmentBytes() < before / 2);

        await server.KillAsync();
        await server.StartAgainAsync();
        await server.RunAsync(Client.ConfluentHistory, ["what_is_left_is_whole", server.Bootstrap, "aged"]);
        await server.StopAsync();
        await server.VerifyAsync();
    }

    [Fact]
    public async Task A_deleted_topic_s_folder_goes()
    {
        await using HistoryServer server = await HistoryServer.StartAsync(nameof(RetentionTests));
        await server.RunAsync(Client.ConfluentHistory, ["produce_aged", server.Bootstrap, "kept"]);
        IReadOnlyList<string> kept = server.TopicFolders();
        await server.RunAsync(Client.ConfluentHistory, ["produce_aged", server.Bootstrap, "deleted"]);
        Assert.True(server.TopicFolders().Count > kept.Count, "the topic that is to be deleted has no folder");

        await server.RunAsync(Client.ConfluentHistory, ["delete_topic", server.Bootstrap, "deleted"]);
        await Eventually.HoldsAsync("the deleted topic's folder is gone", () => server.TopicFolders().Order().SequenceEqual(kept.Order()));
        await server.RunAsync(Client.ConfluentHistory, ["what_is_left_is_whole", server.Bootstrap, "kept"]);
        await server.StopAsync();
        await server.VerifyAsync();
    }
}
