"""python3-kafka as a member of groups, and its admin client's view of them."""

import json

from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition
from kafka.admin import NewPartitions
from kafka.consumer.subscription_state import ConsumerRebalanceListener
from kafka.coordinator.assignors.range import RangePartitionAssignor
from kafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
from kafka.coordinator.assignors.sticky.sticky_assignor import StickyPartitionAssignor
from kafka.errors import KafkaError
from kafka.structs import OffsetAndMetadata

from membership import Assignment, tell, told_to_leave
from scenario import equal, holds, main, scenario, until

ASSIGNORS = {"range": RangePartitionAssignor, "roundrobin": RoundRobinPartitionAssignor, "sticky": StickyPartitionAssignor}
VERSION = (2, 5, 0)


class Listener(ConsumerRebalanceListener):
    def __init__(self, owned):
        self.owned = owned

    def on_partitions_revoked(self, revoked):
        self.owned.revoked([(partition.topic, partition.partition) for partition in revoked])

    def on_partitions_assigned(self, assigned):
        self.owned.assigned([(partition.topic, partition.partition) for partition in assigned])


@scenario
def member(bootstrap, text):
    config = json.loads(text)
    leave = told_to_leave()
    consumer = KafkaConsumer(
        bootstrap_servers=bootstrap,
        api_version=VERSION,
        group_id=config["group"],
        auto_offset_reset=config.get("reset", "earliest"),
        enable_auto_commit=False,
        session_timeout_ms=config["sessionTimeoutMs"],
        heartbeat_interval_ms=500,
        metadata_max_age_ms=1000,
        partition_assignment_strategy=[ASSIGNORS[config.get("assignor") or "range"]],
    )
    consumer.subscribe(config["topics"], listener=Listener(Assignment()))
    while not leave.is_set():
        for partition, records in consumer.poll(timeout_ms=100).items():
            for record in records:
                if leave.is_set():
                    break
                tell("record", partition=f"{record.topic}-{record.partition}", offset=record.offset, value=record.value.decode())
                if config.get("commit", True):
                    try:
                        consumer.commit({partition: OffsetAndMetadata(record.offset + 1, "")})
                        tell("committed", value=record.value.decode())
                    except KafkaError as failure:
                        tell("error", code=type(failure).__name__, fatal=False)
                        break
    consumer.close(autocommit=False)
    tell("left")


def committed(client, group):
    return {(place.topic, place.partition): offset.offset for place, offset in client.list_consumer_group_offsets(group).items()}


def lag_of(bootstrap, group, topic):
    """Records of each partition that a group has not committed, as tools work it out: the end less what was committed."""
    client = KafkaAdminClient(bootstrap_servers=bootstrap, api_version=VERSION)
    reader = KafkaConsumer(bootstrap_servers=bootstrap, api_version=VERSION)
    ends = reader.end_offsets([TopicPartition(topic, number) for number in reader.partitions_for_topic(topic)])
    done = committed(client, group)
    holds(sum(ends.values()) > 0, "there are records")
    return {place.partition: end - done.get((topic, place.partition), 0) for place, end in ends.items()}


@scenario
def nothing_is_left_to_read(bootstrap, group, topic):
    lag = lag_of(bootstrap, group, topic)
    equal(lag, dict.fromkeys(lag, 0), "lag")


@scenario
def nothing_is_left_to_read_soon(bootstrap, group, topic):
    until(lambda: not any(lag_of(bootstrap, group, topic).values()), "all is committed")


@scenario
def partitions_are_added(bootstrap, topic, total):
    KafkaAdminClient(bootstrap_servers=bootstrap, api_version=VERSION).create_partitions({topic: NewPartitions(int(total))})


@scenario
def a_group_is_listed_described_and_deleted(bootstrap, group, topic):
    client = KafkaAdminClient(bootstrap_servers=bootstrap, api_version=VERSION)
    consumer = KafkaConsumer(topic, bootstrap_servers=bootstrap, api_version=VERSION, group_id=group, enable_auto_commit=False, session_timeout_ms=6000)
    while not consumer.assignment():
        consumer.poll(timeout_ms=100)
    place = sorted(consumer.assignment())[0]
    consumer.commit({place: OffsetAndMetadata(3, "noted")})

    holds((group, "consumer") in client.list_consumer_groups(), "the group is listed")
    (described,) = client.describe_consumer_groups([group])
    equal((described.error_code, described.group, described.state, described.protocol_type, described.protocol), (0, group, "Stable", "consumer", "range"), "group")
    (one,) = described.members
    equal(one.member_metadata.subscription, [topic], "what the member subscribed to")
    equal([name for name, _ in one.member_assignment.assignment], [topic], "what the member was assigned")
    equal(committed(client, group), {(topic, place.partition): 3}, "offsets")
    equal([code for _, code in delete(client, group)], ["NonEmptyGroupError"], "deleting a group in use")

    consumer.close(autocommit=False)
    equal([code for _, code in delete(client, group)], ["NoError"], "deleting an empty group")
    holds((group, "consumer") not in client.list_consumer_groups(), "the group is gone")
    equal(committed(client, group), {}, "offsets of a group that is gone")
    equal([code for _, code in delete(client, group)], ["GroupIdNotFoundError"], "deleting an unknown group")


def delete(client, group):
    return [(name, error.__name__) for name, error in client.delete_consumer_groups([group])]


if __name__ == "__main__":
    main()
