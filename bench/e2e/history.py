"""History beyond the local disk: much data through a small journal, then read back whole, hot and cold.

Exit: 0 all held; 1 it could not be carried out; 2 a bound was broken; 3 records were lost, doubled or altered.
"""

import argparse
import json
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

from peers import REPOSITORY, GrainStreamPeer, MemorySampler, PeerFailed, free_port

RECORD_BYTES = 1024
MEMORY_LIMIT_MB = 500
COLD_TO_HOT = 0.6
SCENARIO_SECONDS = 4 * 3600
HOT_RECORDS, HOT_PARTITIONS = 145_000, 32  # 150 MB: fits the memory for recent records
AZURITE = REPOSITORY / "tests/GrainStream.Storage.Azure.Tests/azurite/node_modules/azurite/dist/src/blob/main.js"
AZURITE_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="  # everybody's, documented
AZURITE_START_SECONDS = 30


class HistoryFailed(Exception):
    def __init__(self, message, status=1):
        super().__init__(message)
        self.status = status


class DiskSampler:
    """Allocated bytes of a directory, ten times a second; the greatest."""

    def __init__(self, directory):
        self.directory = directory
        self.peak = 0
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        while True:
            total = 0
            try:
                for entry in os.scandir(self.directory):
                    try:
                        total += entry.stat().st_blocks * 512
                    except FileNotFoundError:
                        pass  # deleted just now
            except FileNotFoundError:
                pass  # not made yet
            self.peak = max(self.peak, total)
            if self._stopped.wait(0.1):
                return

    def stop(self):
        self._stopped.set()
        self._thread.join()
        return self.peak


class Azurite:
    """Azure's storage emulator, its data in a directory."""

    def __init__(self, directory):
        if not AZURITE.exists():
            raise HistoryFailed(f"{AZURITE} is not there: run ./test.sh once, or npm ci in {AZURITE.parents[5]}")
        self.port = free_port()
        directory.mkdir(parents=True)
        self._log = open(directory / "azurite.log", "wb")
        command = ["node", str(AZURITE), "--blobHost", "127.0.0.1", "--blobPort", str(self.port), "--location", str(directory),
                   "--silent", "--skipApiVersionCheck"]  # fmt: skip
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log)
        deadline = time.monotonic() + AZURITE_START_SECONDS
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=1)
                return
            except urllib.error.HTTPError:
                return  # it answers
            except OSError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise HistoryFailed("Azurite did not start") from None
                time.sleep(0.1)

    def options(self):
        connection = (f"DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey={AZURITE_KEY};"
                      f"BlobEndpoint=http://127.0.0.1:{self.port}/devstoreaccount1;")  # fmt: skip
        return ["--GrainStream:Storage:Kind=AzureBlob", f"--GrainStream:Storage:Azure:ConnectionString={connection}",
                "--GrainStream:Storage:Azure:Container=history"]  # fmt: skip

    def stop(self):
        self._process.terminate()
        self._process.wait()
        self._log.close()


def parse():
    parser = argparse.ArgumentParser(prog="history.sh", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--gigabytes", type=float, default=20, help="to write, 10^9 bytes of record values (20)")
    parser.add_argument("--budget", default="1GiB", help="GrainStream:Journal:MaxBytes (1GiB)")
    parser.add_argument("--partitions", type=int, default=8)
    parser.add_argument("--azurite", action="store_true", help="keep segments in Azurite instead of files")
    parser.add_argument("--drop-caches", action="store_true", help="empty the system's page cache before the cold read (root)")
    parser.add_argument("--server-option", action="append", default=[], metavar="--Key=VALUE", help="passed on to the server; may be repeated")
    parser.add_argument("--data", type=pathlib.Path, default=REPOSITORY / "artifacts/bench/data", help="where to keep the data")
    parser.add_argument("--keep", action="store_true", help="keep the data directory")
    parser.add_argument("--json", type=pathlib.Path, help="also write the figures here")
    parser.add_argument("--programs", type=pathlib.Path, default=REPOSITORY / "artifacts/bench/bin", help=argparse.SUPPRESS)
    return parser.parse_args()


def byte_size(text):
    match = re.fullmatch(r"(\d+)(KiB|MiB|GiB|TiB)?", text)
    if match is None:
        raise HistoryFailed(f"--budget {text}: write a size such as 1GiB")
    return int(match[1]) * 1024 ** (["KiB", "MiB", "GiB", "TiB"].index(match[2]) + 1 if match[2] else 0)


class HistoryRun:
    def __init__(self, options, directory):
        self.options = options
        self.directory = directory
        self.azurite = Azurite(directory / "azurite") if options.azurite else None
        arguments = [f"--GrainStream:Journal:MaxBytes={options.budget}", *options.server_option]
        if self.azurite is not None:
            arguments += self.azurite.options()
        self.server = GrainStreamPeer(directory / "server", directory / "server.log", arguments)
        self.figures = {}
        self.peak_memory_kb = 0

    def load(self, scenario, topic, partitions, records, *arguments):
        command = [str(self.options.programs / "load"), scenario, "--bootstrap", self.server.bootstrap, "--topic", topic,
                   "--partitions", str(partitions), "--records", str(records), "--size", str(RECORD_BYTES),
                   "--broker-pid", str(self.server.pid), *arguments]  # fmt: skip
        outcome = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, timeout=SCENARIO_SECONDS)
        if outcome.returncode != 0:
            raise HistoryFailed(f"load {scenario}: status {outcome.returncode}", 3 if outcome.returncode == 3 else 1)
        return json.loads(outcome.stdout) if outcome.stdout else None

    def hot_rate(self, name):
        """Records per second of a consumer that reads what is still in memory, in MB/s."""
        self.load("topic", name, HOT_PARTITIONS, 1)
        return self.load("drain", name, HOT_PARTITIONS, HOT_RECORDS)["records_per_second"] * RECORD_BYTES / 1e6

    def watched(self):
        return MemorySampler(self.server.pid)

    def finish(self, sampler):
        sampler.stop()
        self.peak_memory_kb = max(self.peak_memory_kb, sampler.peak_kb)

    def run(self):
        options = self.options
        records = int(options.gigabytes * 1e9 / RECORD_BYTES)
        run = str(random.SystemRandom().getrandbits(62) | 1)
        disk = DiskSampler(self.directory / "server" / "journal")
        self.server.start()
        sampler = self.watched()
        hot = [self.hot_rate("hot-1"), self.hot_rate("hot-2")]

        note(f"writing {records:,} records of 1 KiB to {options.partitions} partitions, journal budget {options.budget}")
        self.load("topic", "history", options.partitions, 1)
        written = self.load("produce", "history", options.partitions, records, "--run", run)
        self.figures["write MB/s"] = written["records_per_second"] * RECORD_BYTES / 1e6
        self.figures["write, broker CPU s/GB"] = written["broker_cpu_seconds"] / (records * RECORD_BYTES / 1e9)
        self.figures["object store operations"] = {
            name: value for name, value in sorted(self.server.metrics().items()) if name.startswith("grainstream_object")
        }
        self.read("read back", records, run)
        self.figures["journal on disk, peak MB"] = disk.stop() / 1e6

        note("restarting")
        self.finish(sampler)
        if self.server.stop() != 0:
            raise HistoryFailed("the server did not end with status 0 when asked to stop")
        if options.drop_caches:
            os.sync()
            pathlib.Path("/proc/sys/vm/drop_caches").write_text("3")
        self.figures["restart s"] = self.server.start()
        sampler = self.watched()
        self.read("cold read after restart", records, run)
        hot += [self.hot_rate("hot-3")]
        self.finish(sampler)
        self.figures["hot read MB/s"] = max(hot)
        self.figures["cold / hot"] = self.figures["cold read after restart MB/s"] / max(hot)
        self.figures["memory, peak MB"] = self.peak_memory_kb * 1024 / 1e6
        self.server.stop()

    def read(self, name, records, run):
        note(f"{name}: {records:,} records from offset 0")
        figures = self.load("read-back", "history", self.options.partitions, records, "--run", run)
        self.figures[f"{name} MB/s"] = figures["records_per_second"] * RECORD_BYTES / 1e6
        self.figures[f"{name}, broker CPU s/GB"] = figures["broker_cpu_seconds"] / (figures["bytes"] / 1e9)

    def check(self):
        """Prints the figures; the bounds that were broken."""
        bounds = {
            "journal on disk, peak MB": (lambda v, b: v <= b, byte_size(self.options.budget) / 1e6),
            "memory, peak MB": (lambda v, b: v <= b, MEMORY_LIMIT_MB),
        }
        if not self.options.azurite:
            bounds["cold / hot"] = (lambda v, b: v >= b, COLD_TO_HOT)
        broken = 0
        for name, value in self.figures.items():
            if isinstance(value, dict):
                for inner, number in value.items():
                    print(f"  {inner:90} {number:12,.0f}")
                continue
            verdict = ""
            if name in bounds:
                holds, bound = bounds[name]
                verdict = f"bound {bound:,.2f}: " + ("held" if holds(value, bound) else "BROKEN")
                broken += not holds(value, bound)
            print(f"{name:45} {value:12,.2f}  {verdict}")
        return broken

    def close(self):
        self.server.discard()
        if self.azurite is not None:
            self.azurite.stop()


def note(text):
    print(text, file=sys.stderr, flush=True)


def main():
    options = parse()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    options.data.mkdir(parents=True, exist_ok=True)
    directory = pathlib.Path(tempfile.mkdtemp(prefix="history-", dir=options.data))
    history = None
    keep = options.keep
    try:
        history = HistoryRun(options, directory)
        history.run()
    except (HistoryFailed, PeerFailed, subprocess.TimeoutExpired) as failure:
        keep = True
        note(f"failed: {failure}\ndata and log are kept in {directory}")
        return getattr(failure, "status", 1)
    finally:
        if history is not None:
            history.close()
        if not keep:
            shutil.rmtree(directory)
    broken = history.check()
    if options.json is not None:
        options.json.write_text(json.dumps(history.figures, indent=2) + "\n")
    print(f"{options.gigabytes:g} GB written, read back and read again after a restart: every record there once, in order; {broken} bounds broken")
    return 2 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
