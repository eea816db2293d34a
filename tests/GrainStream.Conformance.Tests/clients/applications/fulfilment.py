"""A fulfilment service as people write them with confluent-kafka: each change of an order is carried out, then its offset committed, synchronously.

Called as: fulfilment.py BOOTSTRAP TOPIC GROUP. "Carried out" is a line on standard output. Ends in good order on SIGTERM.
"""

import json
import signal
import sys

from confluent_kafka import Consumer, KafkaException


def main(bootstrap, topic, group):
    running = True

    def stop(*_):
        nonlocal running
        running = False

    signal.signal(signal.SIGTERM, stop)
    consumer = Consumer(
        {
            "bootstrap.servers": bootstrap,
            "group.id": group,
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
            "session.timeout.ms": 6000,
        }
    )
    consumer.subscribe([topic])
    print("started", flush=True)
    while running:
        message = consumer.poll(0.2)
        if message is None:
            continue
        if message.error():
            print(f"fulfilment: {message.error()}", file=sys.stderr, flush=True)
            continue
        change = json.loads(message.value())
        print(f"{change['orderId']} {change['change']}", flush=True)
        try:
            consumer.commit(message=message, asynchronous=False)
        except KafkaException as failure:
            # The partition has moved on to another instance, which carries this change out again.
            print(f"fulfilment: {failure}", file=sys.stderr, flush=True)
    consumer.close()


if __name__ == "__main__":
    main(*sys.argv[1:4])
