"""The end-to-end benchmark: GrainStream, librdkafka's mock cluster and the disk, turn by turn in the same run.

Exit: 0 measured (targets are reported, not asserted); 1 a measurement failed; 3 records were lost, doubled or altered.
"""

import argparse
import dataclasses
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import report
from peers import REPOSITORY, GrainStreamPeer, MemorySampler, MockPeer, PeerFailed, RemotePeer

SCENARIO_SECONDS = 600


@dataclasses.dataclass(frozen=True)
class Scenario:
    name: str
    program: str  # the subcommand of `load`
    partitions: int
    records: int
    quick_records: int
    size: int
    verify: bool = False  # GrainStream only: the mock keeps no more than 5 MB of a partition
    mock: bool = True


SCENARIOS = [
    Scenario("produce-1k", "produce", partitions=8, records=1_000_000, quick_records=300_000, size=1024, verify=True),
    Scenario("produce-100", "produce", partitions=8, records=3_000_000, quick_records=1_000_000, size=100, verify=True),
    Scenario("one-at-a-time", "one-at-a-time", partitions=1, records=3_000, quick_records=1_000, size=100),
    # 150 MB: fits GrainStream's memory for recent records (192 MiB by default) and, over 32 partitions, the mock's.
    Scenario("drain", "drain", partitions=32, records=145_000, quick_records=145_000, size=1024),
    # The mock answers an empty fetch only after its whole waiting time, so it has no end-to-end latency to compare.
    Scenario("end-to-end", "end-to-end", partitions=8, records=10_000, quick_records=3_000, size=1024, mock=False),
]
WARM_UP = Scenario("warm-up", "drain", partitions=8, records=100_000, quick_records=100_000, size=1024)


class MeasurementFailed(Exception):
    def __init__(self, message, status):
        super().__init__(message)
        self.status = status


def parse():
    parser = argparse.ArgumentParser(prog="run.sh", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--runs", type=int, help="rounds to take the median of (5; 1 with --quick)")
    parser.add_argument("--quick", action="store_true", help="one short round, to see that it works")
    parser.add_argument("--records", type=int, help="records of the throughput scenarios (1,000,000 of 1 KiB, 3,000,000 of 100 B)")
    parser.add_argument("--only", action="append", choices=[s.name for s in SCENARIOS], help="only this scenario; may be repeated")
    parser.add_argument("--server", metavar="HOST:PORT", help="use a broker that runs already instead of starting one")
    parser.add_argument("--server-pid", type=int, help="with --server, if it is local: its process, for CPU and memory")
    parser.add_argument("--mock-only", action="store_true", help="only the mock and the disk, without a server")
    parser.add_argument("--server-option", action="append", default=[], metavar="--Key=VALUE",
                        help="passed on to the server that is started; may be repeated")  # fmt: skip
    parser.add_argument("--data", type=pathlib.Path, default=REPOSITORY / "artifacts/bench/data",
                        help="directory on the disk to measure; a new one is made in it, and removed (artifacts/bench/data)")  # fmt: skip
    parser.add_argument("--keep", action="store_true", help="keep the data directory and the server's log")
    parser.add_argument("--json", type=pathlib.Path, help="also write all results here")
    parser.add_argument("--programs", type=pathlib.Path, default=REPOSITORY / "artifacts/bench/bin", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.runs is None:
        options.runs = 1 if options.quick else 5
    if options.runs < 1 or (options.records is not None and options.records < 1):
        parser.error("--runs and --records must be at least 1")
    return options


def note(text):
    print(text, file=sys.stderr, flush=True)


class Benchmark:
    def __init__(self, options, directory):
        self.options = options
        self.directory = directory
        self.scenarios = [s for s in SCENARIOS if options.only is None or s.name in options.only]
        self.rounds = []
        self.server = None
        self.sampler = None

    def run_load(self, command, peer, topic, partitions, *arguments):
        """Runs `load`; the fields of the line it prints, or None if it prints nothing."""
        line = [str(self.options.programs / "load"), command, "--bootstrap", peer.bootstrap,
                "--topic", topic, "--partitions", str(partitions), *arguments]  # fmt: skip
        if peer.pid is not None:
            line += ["--broker-pid", str(peer.pid)]
        outcome = subprocess.run(line, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, timeout=SCENARIO_SECONDS)
        if outcome.returncode != 0:
            raise MeasurementFailed(f"{' '.join(line)}: status {outcome.returncode}", 3 if outcome.returncode == 3 else 1)
        results = json.loads(outcome.stdout) if outcome.stdout else None
        if results is not None and peer.pid is None:
            results = {name: value for name, value in results.items() if not name.endswith("cpu_seconds")}
        return results

    def records(self, scenario):
        if self.options.records is not None and scenario.program == "produce":
            return self.options.records
        return scenario.quick_records if self.options.quick else scenario.records

    def measure(self, scenario, peer, name, topic):
        peer.create_topic(self.run_load, topic, scenario.partitions)
        arguments = ["--records", str(self.records(scenario)), "--size", str(scenario.size)]
        if scenario.verify and name != "mock":
            arguments.append("--verify")
        results = self.run_load(scenario.program, peer, topic, scenario.partitions, *arguments)
        note(f"  {scenario.name:14} {name:12} " + _gist(results))
        return results

    def probe_disk(self):
        outcome = subprocess.run([str(self.options.programs / "diskprobe"), str(self.directory)],
                                 stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, timeout=SCENARIO_SECONDS)  # fmt: skip
        if outcome.returncode != 0:
            raise MeasurementFailed(f"the disk probe ended with status {outcome.returncode}", 1)
        return json.loads(outcome.stdout)

    def start_server(self):
        if self.options.mock_only:
            return
        if self.options.server is not None:
            self.server = RemotePeer(self.options.server, self.options.server_pid)
        else:
            self.server = GrainStreamPeer(self.directory / "server", self.directory / "server.log", self.options.server_option)
            note(f"server ready after {self.server.start():.2f} s")
        if self.server.pid is not None:
            self.sampler = MemorySampler(self.server.pid)
        self.measure(WARM_UP, self.server, "grainstream", self.topic("warm-up", 0))

    @staticmethod
    def topic(scenario, number):
        # A running broker may have seen an earlier benchmark: names are never used twice.
        return f"bench-{scenario}-{number}-{os.getpid()}-{time.time_ns()}"

    def run_round(self, number):
        note(f"round {number} of {self.options.runs}")
        results = {"load_average": os.getloadavg()[0], "disk": self.probe_disk(), "mock": {}, "grainstream": {}}
        topics = {s.name: self.topic(s.name, number) for s in self.scenarios}
        mock = MockPeer(self.options.programs, [(topics[s.name], s.partitions) for s in self.scenarios])
        try:
            for index, scenario in enumerate(self.scenarios):
                turns = [("mock", mock)] if scenario.mock else []
                turns += [("grainstream", self.server)] if self.server is not None else []
                # Who comes first changes, so that neither always has the quieter moment.
                for name, peer in turns if (number + index) % 2 else reversed(turns):
                    results[name][scenario.name] = self.measure(scenario, peer, name, topics[scenario.name])
        finally:
            mock.stop()
        if self.sampler is not None:
            self.sampler.sample()
            results["grainstream"]["memory"] = {
                "peak_mb": self.sampler.peak_kb * 1024 / 1e6,
                "sampled_peak_mb": self.sampler.sampled_peak_kb * 1024 / 1e6,
            }
        self.rounds.append(results)

    def run(self):
        self.start_server()
        for number in range(1, self.options.runs + 1):
            self.run_round(number)
        if self.sampler is not None:
            self.sampler.stop()
        if self.server is not None and self.server.stop() not in (None, 0):
            raise MeasurementFailed("the server did not end with status 0 when asked to stop", 1)

    def close(self):
        if isinstance(self.server, GrainStreamPeer):
            self.server.discard()


def _gist(results):
    if "p50_us" in results:
        return f"p50 {results['p50_us']:,.0f} us, p99 {results['p99_us']:,.0f} us"
    return f"{results['records_per_second']:,.0f} records/s"


def _file_system(directory):
    return subprocess.run(["stat", "-f", "-c", "%T", str(directory)], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()


def main():
    options = parse()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    options.data.mkdir(parents=True, exist_ok=True)
    file_system = _file_system(options.data)
    if file_system in ("tmpfs", "ramfs"):
        note(f"{options.data} is in memory ({file_system}), not on a disk: give another with --data")
        return 1

    directory = pathlib.Path(tempfile.mkdtemp(prefix="run-", dir=options.data))
    benchmark = Benchmark(options, directory)
    keep = options.keep
    try:
        benchmark.run()
    except (MeasurementFailed, PeerFailed, subprocess.TimeoutExpired) as failure:
        keep = True
        note(f"failed: {failure}\ndata and log are kept in {directory}")
        return getattr(failure, "status", 1)
    finally:
        benchmark.close()
        if not keep:
            shutil.rmtree(directory)

    summary = report.summarize(benchmark.rounds)
    print(f"{os.cpu_count()} cores, data on {file_system}")
    report.print_table(summary, sys.stdout)
    if options.json is not None:
        options.json.write_text(json.dumps({"figures": summary, "rounds": benchmark.rounds}, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
