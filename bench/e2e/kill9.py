"""Kills the server with SIGKILL again and again under load, and checks that nothing it acknowledged is lost.

An idempotent acks=all producer (durable_producer) writes numbered records throughout. At the end durable_verifier
reads the topic back: after one more kill, and once more after a graceful stop.

With --history the journal and the segments are so small that uploads, manifest swaps and the reclaiming of journal files are
under way when a kill comes; at the end the stopped server's directory must pass "grainstream log verify", too.

Exit: 0 verified; 1 the test could not be carried out; 3 records lost, doubled, reordered, misplaced or altered.
The last line of standard output sums up.
"""

import argparse
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from peers import CLI, REPOSITORY, GrainStreamPeer, PeerFailed

TOPIC = "durable"
PROGRESS_SECONDS = 60
PRODUCER_STOP_SECONDS = 120
# One kill in five comes while the server is starting, so that recovery itself is interrupted.
START_KILL_SHARE = 0.2
START_KILL_MAX_SECONDS = 0.8
# Under full load the journal fills several times a second.
HISTORY_ARGUMENTS = [
    "--GrainStream:Journal:MaxBytes=4MiB",
    "--GrainStream:Journal:FileBytes=256KiB",
    "--GrainStream:Broker:log.segment.bytes=65536",
    "--GrainStream:Broker:log.segment.delete.delay.ms=0",
]


class TestFailed(Exception):
    """The test could not be carried out, or what it checks does not hold; with the exit status."""

    def __init__(self, message, status=1):
        super().__init__(message)
        self.status = status


def parse():
    parser = argparse.ArgumentParser(prog="kill9.sh", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--kills", type=int, default=50, help="how often to kill the server (50)")
    parser.add_argument("--seed", type=int, default=None, help="of the moments; printed, so that a run can be repeated")
    parser.add_argument("--max-delay", type=float, default=1.5, help="longest time under load before a kill, seconds (1.5)")
    parser.add_argument("--partitions", type=int, default=8)
    parser.add_argument("--rate", type=int, default=200000, help="records per second at most, 0 for no limit (200000)")
    parser.add_argument("--size", type=int, default=100, help="bytes of a record's value (100)")
    parser.add_argument("--history", action="store_true", help="with a small journal and small segments; see above")
    parser.add_argument("--data", type=pathlib.Path, default=REPOSITORY / "artifacts/kill9", help="where to keep the data")
    parser.add_argument("--keep", action="store_true", help="keep the data directory even if all went well")
    parser.add_argument("--clients", type=pathlib.Path, default=REPOSITORY / "artifacts/clients", help=argparse.SUPPRESS)
    return parser.parse_args()


class KillTest:
    def __init__(self, options, directory):
        self.options = options
        self.random = random.Random(options.seed)
        self.acks = directory / "acknowledged"
        self.data = directory / "data"
        self.server = GrainStreamPeer(self.data, directory / "server.log", HISTORY_ARGUMENTS if options.history else [])
        self.producer = None
        self.launched = 0.0
        self.run_id = f"{options.seed:x}"

    def _common_arguments(self):
        return [
            "--bootstrap", self.server.bootstrap,
            "--topic", TOPIC,
            "--run", self.run_id,
            "--partitions", str(self.options.partitions),
            "--acks", str(self.acks),
        ]  # fmt: skip

    def _start_producer(self):
        command = [
            str(self.options.clients / "durable_producer"), *self._common_arguments(), "--create",
            "--rate", str(self.options.rate), "--size", str(self.options.size),
        ]  # fmt: skip
        self.producer = subprocess.Popen(command, stdin=subprocess.DEVNULL)

    def _wait_for_progress(self):
        """Waits until the server that runs now acknowledges records; the seconds since its start."""
        # Acknowledgements of the server before it may still be under way while this one starts.
        self.server.wait_ready()
        before = self.acks.stat().st_size if self.acks.exists() else 0
        deadline = time.monotonic() + PROGRESS_SECONDS
        while not self.acks.exists() or self.acks.stat().st_size == before:
            if self.producer.poll() is not None:
                raise TestFailed(f"the producer ended with status {self.producer.returncode}")
            self.server.require_running()
            if time.monotonic() > deadline:
                raise TestFailed(f"no record was acknowledged for {PROGRESS_SECONDS} s")
            time.sleep(0.005)
        return time.monotonic() - self.launched

    def _kill_once(self, number):
        if number > 0 and self.random.random() < START_KILL_SHARE:
            delay = self.random.uniform(0, START_KILL_MAX_SECONDS)
            moment = f"{delay:.3f} s after its start"
        else:
            recovery = self._wait_for_progress()
            delay = self.random.uniform(0, self.options.max_delay)
            moment = f"{delay:.3f} s under load (acknowledging {recovery:.2f} s after its start)"
        time.sleep(delay)
        self.server.kill()
        print(f"kill {number + 1} of {self.options.kills}: {moment}", flush=True)

    def kill_repeatedly(self):
        self.server.start()
        self.launched = time.monotonic()
        self._start_producer()
        for number in range(self.options.kills):
            self._kill_once(number)
            self.launched = time.monotonic()
            self.server.launch()
        self._wait_for_progress()
        self.producer.send_signal(signal.SIGTERM)
        status = self.producer.wait(PRODUCER_STOP_SECONDS)
        if status != 0:
            raise TestFailed(f"the producer ended with status {status}")

    def verify(self, occasion):
        print(f"verifying {occasion}", flush=True)
        command = [str(self.options.clients / "durable_verifier"), *self._common_arguments()]
        outcome = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        if outcome.returncode != 0:
            raise TestFailed(f"{outcome.stdout.strip()} ({occasion})", 3 if outcome.returncode == 3 else 1)
        return outcome.stdout.strip().splitlines()[-1]

    def run(self):
        self.kill_repeatedly()
        self.server.kill()
        self.server.start()
        self.verify("after a last kill")
        status = self.server.stop()
        if status != 0:
            raise TestFailed(f"the server ended with status {status} when asked to stop")
        self.server.start()
        summary = self.verify("after a graceful stop")
        self.server.stop()
        return f"{summary}; {self.inspect()}" if self.options.history else summary

    def inspect(self):
        """Has the stopped server's directory checked by the command line's log verify."""
        segments = [path.stat().st_size for path in self.data.rglob("*.segment")]
        if not segments:
            raise TestFailed("nothing went to segments: the history was not tested")
        outcome = subprocess.run(
            ["dotnet", str(CLI), "log", "verify", f"--data-directory={self.data}"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        if outcome.returncode != 0:
            raise TestFailed(f"log verify ended with status {outcome.returncode}:\n{outcome.stdout}", 3)
        return f"{len(segments)} segments of {sum(segments) / 1e6:.0f} MB verified"

    def close(self):
        if self.producer is not None and self.producer.poll() is None:
            self.producer.kill()
            self.producer.wait()
        self.server.discard()


def main():
    options = parse()
    if options.seed is None:
        options.seed = random.SystemRandom().getrandbits(32)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    options.data.mkdir(parents=True, exist_ok=True)
    directory = pathlib.Path(tempfile.mkdtemp(prefix="run-", dir=options.data))
    print(f"seed {options.seed}, {options.kills} kills, data in {directory}", flush=True)

    test = KillTest(options, directory)
    try:
        summary = test.run()
    except (TestFailed, PeerFailed, subprocess.TimeoutExpired) as failure:
        print(f"{failure}\nfailed: seed {options.seed}; data and log are kept in {directory}")
        return getattr(failure, "status", 1)
    finally:
        test.close()
    if not options.keep:
        shutil.rmtree(directory)
    print(f"{options.kills} kills, seed {options.seed}: {summary}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
