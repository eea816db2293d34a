"""What the Python clients' scripts share: choosing a scenario, checking, and the text that records are compared in.

A script is called as: <script> SCENARIO BOOTSTRAP [ARGUMENT...]. It ends with 0 if the scenario holds; otherwise the
traceback on standard error says what did not.
"""

import sys
import time

SCENARIOS = {}


def scenario(function):
    """Makes a function callable from the command line under its name."""
    SCENARIOS[function.__name__] = function
    return function


def main():
    if len(sys.argv) < 3 or sys.argv[1] not in SCENARIOS:
        sys.exit(f"usage: {sys.argv[0]} SCENARIO BOOTSTRAP [ARGUMENT...]; scenarios: {', '.join(SCENARIOS)}")
    SCENARIOS[sys.argv[1]](sys.argv[2], *sys.argv[3:])


def equal(actual, expected, what="value"):
    if actual != expected:
        raise AssertionError(f"{what}: expected {expected!r}, got {actual!r}")


def holds(condition, what):
    if not condition:
        raise AssertionError(what)


def until(condition, what, timeout=30):
    """Repeats a call that itself waits for the broker, until it returns something true."""
    deadline = time.monotonic() + timeout
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {timeout} s: {what}")


def line(partition, offset, key, value):
    """One record as all clients print it: kcat's format '%p\\t%o\\t%k\\t%s\\n'."""
    return b"%d\t%d\t%s\t%s\n" % (partition, offset, key or b"", value or b"")


def keyed_lines():
    """Standard input as kcat -P -K '\\t' takes it: a key and a value on each line, separated by the first tab."""
    for text in sys.stdin.buffer:
        key, _, value = text.rstrip(b"\n").partition(b"\t")
        yield key, value
