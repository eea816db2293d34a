"""What the Python members of groups share: telling the test what happens, one JSON object a line, and leaving when told to.

A member is called as: <script> member BOOTSTRAP CONFIG, with CONFIG as in GroupMember.cs. It leaves its group and ends when its
standard input says "leave" or ends.
"""

import json
import sys
import threading

_gate = threading.Lock()


def tell(event, **what):
    with _gate:
        sys.stdout.write(json.dumps({"event": event, **what}) + "\n")
        sys.stdout.flush()


def told_to_leave():
    """An event that is set once standard input says to leave."""
    leave = threading.Event()

    def wait():
        for line in sys.stdin:
            if line.strip() == "leave":
                break
        leave.set()

    threading.Thread(target=wait, daemon=True).start()
    return leave


class Assignment:
    """What the member owns now; told after each change."""

    def __init__(self):
        self._owned = set()

    def _tell(self, why):
        tell("assignment", why=why, partitions=sorted(f"{topic}-{partition}" for topic, partition in self._owned))

    def assigned(self, partitions):
        self._owned.update(partitions)
        self._tell("assigned")

    def revoked(self, partitions, why="revoked"):
        self._owned.difference_update(partitions)
        self._tell(why)
