"""python3-confluent-kafka (librdkafka) as a member of groups, and its admin client's view of them."""

import json

from confluent_kafka import OFFSET_INVALID, Consumer, KafkaError, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient

from membership import Assignment, tell, told_to_leave
from scenario import equal, holds, main, scenario

REQUEST_SECONDS = 30


def settings_of(bootstrap, config):
    settings = {
        "bootstrap.servers": bootstrap,
        "group.id": config["group"],
        "auto.offset.reset": config.get("reset", "earliest"),
        "enable.auto.commit": False,
        "session.timeout.ms": config["sessionTimeoutMs"],
        "heartbeat.interval.ms": 500,
        "topic.metadata.refresh.interval.ms": 1000,
    }
    if config.get("assignor"):
        settings["partition.assignment.strategy"] = config["assignor"]
    if config.get("instance"):
        settings["group.instance.id"] = config["instance"]
    return settings


@scenario
def member(bootstrap, text):
    config = json.loads(text)
    leave = told_to_leave()
    owned = Assignment()
    consumer = Consumer(settings_of(bootstrap, config))
    names = lambda partitions: [(partition.topic, partition.partition) for partition in partitions]
    consumer.subscribe(
        config["topics"],
        on_assign=lambda _, partitions: owned.assigned(names(partitions)),
        on_revoke=lambda _, partitions: owned.revoked(names(partitions)),
        on_lost=lambda _, partitions: owned.revoked(names(partitions), "lost"),
    )
    while not leave.is_set():
        message = consumer.poll(0.1)
        if message is None:
            continue
        if message.error():
            tell("error", code=message.error().name(), fatal=message.error().fatal())
            if message.error().fatal():
                return
            continue
        tell("record", partition=f"{message.topic()}-{message.partition()}", offset=message.offset(), value=message.value().decode())
        if config.get("commit", True):
            try:
                consumer.commit(message=message, asynchronous=False)
                tell("committed", value=message.value().decode())
            except KafkaException as failure:
                tell("error", code=failure.args[0].name(), fatal=False)
    consumer.close()
    tell("left")


@scenario
def groups_are_listed(bootstrap, group, topic):
    """Of an admin client's requests on groups this version has only the list."""
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": group, "session.timeout.ms": 6000})
    consumer.subscribe([topic])
    consumer.poll(0)
    client = AdminClient({"bootstrap.servers": bootstrap})
    try:
        for _ in range(REQUEST_SECONDS * 2):
            consumer.poll(0.5)
            found = client.list_groups(group=group, timeout=REQUEST_SECONDS)
            if found and found[0].state == "Stable":
                break
        (listed,) = found
        equal((listed.id, listed.state, listed.protocol_type, listed.protocol), (group, "Stable", "consumer", "range"), "group")
        (one,) = listed.members
        equal(one.client_host, "/127.0.0.1", "the member's host")
        holds(one.id and one.client_id and one.metadata and one.assignment, "the member is described")
    finally:
        consumer.close()
    holds(group in [other.id for other in client.list_groups(timeout=REQUEST_SECONDS)], "an empty group is still listed")


@scenario
def offsets_are_committed_and_fetched(bootstrap, group, topic):
    """By consumers that assign partitions to themselves; the topic has three partitions and 10 records in the first."""
    settings = {"bootstrap.servers": bootstrap, "group.id": group, "enable.auto.commit": False}
    consumer = Consumer(settings)
    asked = [TopicPartition(topic, number) for number in range(3)]
    unknown = consumer.committed(asked, timeout=REQUEST_SECONDS)
    equal([(place.offset, place.error) for place in unknown], [(OFFSET_INVALID, None)] * 3, "offsets of a group nobody knows")

    done = consumer.commit(offsets=[TopicPartition(topic, 0, 7), TopicPartition(topic, 2, 0)], asynchronous=False)
    equal([place.error for place in done], [None, None], "commit")
    consumer.close()

    again = Consumer(settings)
    equal([place.offset for place in again.committed(asked, timeout=REQUEST_SECONDS)], [7, OFFSET_INVALID, 0], "offsets")
    low, high = again.get_watermark_offsets(asked[0], timeout=REQUEST_SECONDS)
    equal(high - 7, 3, "lag")
    again.close()


@scenario
def a_group_without_offsets_starts_where_it_is_told_to(bootstrap, group, topic):
    """The topic's first partition has 10 records."""
    settings = {"bootstrap.servers": bootstrap, "enable.auto.commit": False, "enable.partition.eof": True, "session.timeout.ms": 6000}
    first = {}
    for reset in ("earliest", "latest", "error"):
        consumer = Consumer({**settings, "group.id": f"{group}-{reset}", "auto.offset.reset": reset})
        consumer.subscribe([topic])
        while reset not in first:
            message = consumer.poll(REQUEST_SECONDS)
            holds(message is not None, f"{reset}: something within {REQUEST_SECONDS} s")
            if message.error() and message.error().code() == KafkaError._PARTITION_EOF:
                if message.partition() == 0:
                    first[reset] = ("end", message.offset())
            elif message.error():
                first[reset] = message.error().code()
            else:
                first[reset] = message.offset()
        consumer.close()
    equal(first, {"earliest": 0, "latest": ("end", 10), "error": KafkaError._AUTO_OFFSET_RESET}, "where groups start")


@scenario
def commits_of_a_member_that_is_gone_are_refused(bootstrap, group, topic):
    """A second consumer with the instance id of the first takes its place, and fences it."""
    settings = {
        "bootstrap.servers": bootstrap,
        "group.id": group,
        "group.instance.id": "till",
        "enable.auto.commit": False,
        "session.timeout.ms": 6000,
        "auto.offset.reset": "earliest",
    }
    first = Consumer(settings)
    first.subscribe([topic])
    message = first.poll(REQUEST_SECONDS)
    holds(message is not None and not message.error(), "the first consumer reads")

    second = Consumer(settings)
    second.subscribe([topic])
    holds(second.poll(REQUEST_SECONDS) is not None, "the second consumer reads")
    try:
        first.commit(message=message, asynchronous=False)
        raise AssertionError("the first consumer committed")
    except KafkaException as refused:
        equal(refused.args[0].code(), KafkaError.FENCED_INSTANCE_ID, "error")
    second.commit(message=message, asynchronous=False)
    second.close()


if __name__ == "__main__":
    main()
