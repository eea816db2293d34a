"""Consumer groups: how fast and how gently they rebalance, what idle ones cost, and how many synchronous commits a second there are.

Exit: 0 measured (targets are reported, not asserted); 1 it could not be carried out; 3 an acknowledged commit was lost.
"""

import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import time

from peers import REPOSITORY, GrainStreamPeer, PeerFailed

PROGRAMS = REPOSITORY / "artifacts/bench/bin"
PROTOCOLS = [("consumer", "uniform"), ("consumer", "range"), ("classic", "cooperative-sticky"), ("classic", "range")]
PROGRAM_SECONDS = 600
PAGE_BYTES = 4096
LOST = 3


class BenchmarkFailed(Exception):
    def __init__(self, message, status=1):
        super().__init__(message)
        self.status = status


def run(program, *arguments):
    """Runs one of the C programs; the JSON it prints."""
    result = subprocess.run(
        [str(PROGRAMS / program), *map(str, arguments)], capture_output=True, text=True, timeout=PROGRAM_SECONDS, check=False
    )
    if result.returncode != 0:
        raise BenchmarkFailed(f"{program} ended with {result.returncode}: {result.stderr.strip()}", LOST if result.returncode == LOST else 1)
    return json.loads(result.stdout) if result.stdout.strip() else None


def resident_kb(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise PeerFailed("the server has gone")


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def idle_cpu_percent(pid, seconds):
    """Of one core, over so many seconds in which nobody asks the server for anything."""
    before, started = cpu_seconds(pid), time.monotonic()
    time.sleep(seconds)
    return 100 * (cpu_seconds(pid) - before) / (time.monotonic() - started)


class Bench:
    def __init__(self, options, directory):
        self.options = options
        self.directory = directory
        self._servers = 0

    def server(self, *arguments):
        self._servers += 1
        data = self.directory / f"data-{self._servers}"
        data.mkdir(parents=True)
        peer = GrainStreamPeer(data, self.directory / f"server-{self._servers}.log", arguments)
        peer.start()
        return peer

    def create_topic(self, peer, name, partitions):
        run("load", "topic", "--bootstrap", peer.bootstrap, "--topic", name, "--partitions", partitions)

    def rebalance(self):
        """The same client, topic and server for both protocols; librdkafka's and the server's defaults."""
        peer = self.server()
        rows = []
        try:
            self.create_topic(peer, "shared", self.options.partitions)
            for _ in range(self.options.runs):
                for protocol, assignor in PROTOCOLS:
                    row = run(
                        "rebalance", "--bootstrap", peer.bootstrap, "--topic", "shared", "--partitions", self.options.partitions,
                        "--members", self.options.members, "--protocol", protocol, "--assignor", assignor,
                    )
                    print(f"  {protocol:9} {assignor:18} " + ", ".join(
                        f"{name.replace('_', ' ')} {row[name]['seconds']:.2f} s ({row[name]['revoked']} given up, {row[name]['moved']} moved)"
                        for name in ("all_join", "one_leaves", "one_joins")
                    ), flush=True)
                    rows.append(row)
            peer.stop()
        finally:
            peer.discard()
        return rows

    def idle(self):
        """Memory of a server that has groups, less that of the same server without; after their commits, and after a restart."""
        address = ("127.0.0.1",)
        peer = self.server()
        try:
            self.create_topic(peer, "noted", 4)
            # One group, so that what the first commit compiles and loads is not counted to the groups.
            port = peer.bootstrap.rsplit(":", 1)[1]
            run("commits", "fill", *address, port, "noted", 1, 4)
            peer.stop()
            peer.start()
            run("commits", "fill", *address, port, "noted", 1, 4)
            time.sleep(self.options.settle)
            without_kb = resident_kb(peer.pid)
            without_cpu = idle_cpu_percent(peer.pid, self.options.seconds)

            filled = run("commits", "fill", *address, port, "noted", self.options.groups, 4)
            time.sleep(self.options.settle)
            committed_kb = resident_kb(peer.pid)
            committed_cpu = idle_cpu_percent(peer.pid, self.options.seconds)

            peer.stop()
            ready = peer.start()
            run("commits", "fill", *address, port, "noted", 1, 4)
            time.sleep(self.options.settle)
            loaded_kb = resident_kb(peer.pid)
            loaded_cpu = idle_cpu_percent(peer.pid, self.options.seconds)
            peer.stop()
        finally:
            peer.discard()
        groups = self.options.groups
        row = {
            "groups": groups, "partitions": 4, "fill_seconds": filled["seconds"], "restart_seconds": round(ready, 2),
            "without_kb": without_kb, "committed_kb": committed_kb, "loaded_kb": loaded_kb,
            "kb_per_group_committed": round((committed_kb - without_kb) / groups, 2),
            "kb_per_group_loaded": round((loaded_kb - without_kb) / groups, 2),
            "idle_cpu_percent_without": round(without_cpu, 2), "idle_cpu_percent_committed": round(committed_cpu, 2),
            "idle_cpu_percent_loaded": round(loaded_cpu, 2),
        }
        print(f"  {groups} groups x 4 partitions: RSS {without_kb / 1024:.0f} MiB without, {committed_kb / 1024:.0f} MiB after their commits"
              f" ({row['kb_per_group_committed']} KiB a group), {loaded_kb / 1024:.0f} MiB after a restart ({row['kb_per_group_loaded']} KiB a group)")
        print(f"  idle CPU of one core: {without_cpu:.2f} % without, {committed_cpu:.2f} % with, {loaded_cpu:.2f} % after a restart;"
              f" ready {ready:.2f} s after the restart")
        return row

    def commits(self):
        """Turn by turn with the disk. Afterwards the server is killed, and every acknowledged offset must be there when it is back."""
        peer = self.server()
        rows = []
        try:
            self.create_topic(peer, "noted", 1)
            port = peer.bootstrap.rsplit(":", 1)[1]
            count = self.options.connections
            run("commits", "load", "127.0.0.1", port, "noted", count, 2)  # compiles what is compiled while running
            for _ in range(self.options.runs):
                disk = run("diskprobe", peer.data_directory)
                ways = [disk["buffered_4k"], disk["direct_4k"]]
                syncs = max(way["mb_per_second"] for way in ways if way) * 1e6 / PAGE_BYTES
                before = cpu_seconds(peer.pid)
                row = run("commits", "load", "127.0.0.1", port, "noted", count, self.options.seconds)
                row["cpu_us_per_commit"] = round(1e6 * (cpu_seconds(peer.pid) - before) / row["commits"], 1)
                row["disk_syncs_per_second"] = round(syncs)
                row["ratio"] = round(row["commits_per_second"] / syncs, 2)
                rows.append(row)
                print(f"  {count} connections: {row['commits_per_second']:.0f} commits/s, p50 {row['p50_us'] / 1000:.2f} ms, p99 {row['p99_us'] / 1000:.2f} ms,"
                      f" {row['cpu_us_per_commit']} us of the server's CPU each; disk {syncs:.0f} x (4 KiB + fdatasync)/s; ratio {row['ratio']}", flush=True)
            peer.kill()
            peer.start()
            run("commits", "check", "127.0.0.1", port, "noted", count, *rows[-1]["offsets"])
            print(f"  after kill -9 and a restart all {count} groups have what was acknowledged")
            peer.stop()
        finally:
            peer.discard()
        for row in rows:
            del row["offsets"]
        return rows


def main():
    parser = argparse.ArgumentParser(prog="bench/groups.sh", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=["rebalance", "idle", "commits"], action="append", help="only this (may be given again)")
    parser.add_argument("--runs", type=int, default=3, help="rounds of rebalances and of commits")
    parser.add_argument("--partitions", type=int, default=900)
    parser.add_argument("--members", type=int, default=10)
    parser.add_argument("--groups", type=int, default=2000, help="idle groups")
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--seconds", type=int, default=20, help="of idleness, and of commits in a round")
    parser.add_argument("--settle", type=int, default=10, help="seconds before memory is read")
    parser.add_argument("--quick", action="store_true", help="one short round, to see that it works")
    parser.add_argument("--data", type=pathlib.Path, default=REPOSITORY / "artifacts/bench/groups", help="where data and logs go; emptied first")
    parser.add_argument("--json", type=pathlib.Path, help="also write the figures there")
    parser.add_argument("--no-build", action="store_true", help="do not build the server first")
    options = parser.parse_args()
    if options.quick:
        options.runs, options.seconds, options.settle, options.groups = 1, 3, 2, 200

    shutil.rmtree(options.data, ignore_errors=True)
    options.data.mkdir(parents=True)
    bench = Bench(options, options.data)
    figures = {"load_average": os.getloadavg()}
    try:
        for name in options.only or ["rebalance", "idle", "commits"]:
            print(f"{name}: {getattr(bench, name).__doc__}", flush=True)
            figures[name] = getattr(bench, name)()
    except (BenchmarkFailed, PeerFailed, subprocess.TimeoutExpired) as failure:
        print(f"bench/groups.sh: {failure}\nData and logs are kept in {options.data}", file=sys.stderr)
        return getattr(failure, "status", 1)
    if figures.get("commits"):
        print(f"median: {statistics.median(row['commits_per_second'] for row in figures['commits']):.0f} commits/s,"
              f" ratio {statistics.median(row['ratio'] for row in figures['commits'])}")
    print("load average at the start: " + " ".join(f"{value:.2f}" for value in figures["load_average"]))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
