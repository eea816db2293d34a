"""The broker processes a benchmark or a kill test starts, watches and stops."""

import os
import pathlib
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
# GRAINSTREAM_SERVER names another build of the server.
SERVER = pathlib.Path(
    os.environ.get("GRAINSTREAM_SERVER", REPOSITORY / "src/GrainStream.Server/bin/Release/net10.0/GrainStream.Server.dll")
).absolute()
CLI = REPOSITORY / "src/GrainStream.Cli/bin/Release/net10.0/grainstream.dll"
READY_SECONDS = 60
STOP_SECONDS = 30
LOG_TAIL_BYTES = 4000


class PeerFailed(Exception):
    """A broker process did not start, or ended when it should not."""


def free_port():
    """A loopback port nobody listens on now. It is given again and again to a server that restarts."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class MemorySampler:
    """The resident memory of a process: sampled ten times a second, and the kernel's own peak."""

    INTERVAL_SECONDS = 0.1

    def __init__(self, pid):
        self.pid = pid
        self.sampled_peak_kb = 0
        self.peak_kb = 0
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def sample(self):
        """Takes a sample now; False if the process has gone."""
        try:
            status = pathlib.Path(f"/proc/{self.pid}/status").read_text()
        except (FileNotFoundError, ProcessLookupError):
            return False
        fields = dict(line.split(":", 1) for line in status.splitlines())
        if "VmRSS" not in fields:
            return False
        self.sampled_peak_kb = max(self.sampled_peak_kb, int(fields["VmRSS"].split()[0]))
        self.peak_kb = max(self.peak_kb, int(fields["VmHWM"].split()[0]))
        return True

    def _run(self):
        while self.sample() and not self._stopped.wait(self.INTERVAL_SECONDS):
            pass

    def stop(self):
        self._stopped.set()
        self._thread.join()
        self.sample()


class MockPeer:
    """librdkafka's in-memory mock cluster, in a process of its own, with the topics it will need."""

    def __init__(self, programs, topics):
        arguments = [str(programs / "mock")] + [f"{name}:{partitions}" for name, partitions in topics]
        self._process = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.pid = self._process.pid
        self.bootstrap = self._process.stdout.readline().strip()
        if not self.bootstrap:
            self.stop()
            raise PeerFailed("the mock cluster did not start")

    def create_topic(self, run_load, name, partitions):
        """The mock cannot create topics on request: it was started with them."""

    def stop(self):
        self._process.stdin.close()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()


class RemotePeer:
    """A broker that runs already. Its CPU and memory are known only if it is local and its pid is given."""

    def __init__(self, bootstrap, pid):
        self.bootstrap = bootstrap
        self.pid = pid

    def create_topic(self, run_load, name, partitions):
        run_load("topic", self, name, partitions)

    def stop(self):
        """It is not ours to stop."""


class GrainStreamPeer:
    """A GrainStream server on loopback ports of its own, which it keeps across restarts."""

    def __init__(self, data_directory, log_path, arguments=()):
        self.data_directory = pathlib.Path(data_directory)
        self.log_path = pathlib.Path(log_path)
        self._arguments = list(arguments)
        self._kafka_port = free_port()
        self._http_port = free_port()
        self._process = None
        self.bootstrap = f"127.0.0.1:{self._kafka_port}"

    @property
    def pid(self):
        return self._process.pid

    def create_topic(self, run_load, name, partitions):
        run_load("topic", self, name, partitions)

    def start(self):
        """Starts the server and waits until it is ready; the seconds that took."""
        self.launch()
        return self.wait_ready()

    def wait_ready(self):
        """Waits until a launched server is ready; the seconds that took."""
        started = time.monotonic()
        while not self._is_ready():
            self.require_running()
            if time.monotonic() - started > READY_SECONDS:
                raise PeerFailed(f"the server was not ready after {READY_SECONDS} s\n{self._log_tail()}")
            time.sleep(0.02)
        return time.monotonic() - started

    def launch(self):
        """Starts the server without waiting for it."""
        if not SERVER.exists():
            raise PeerFailed(f"{SERVER} is not built: dotnet build -c Release src/GrainStream.Server")
        self.data_directory.mkdir(parents=True, exist_ok=True)
        command = [
            "dotnet",
            str(SERVER),
            f"--GrainStream:DataDirectory={self.data_directory}",
            f"--GrainStream:Kafka:Listen=127.0.0.1:{self._kafka_port}",
            f"--GrainStream:Http:Listen=127.0.0.1:{self._http_port}",
            *self._arguments,
        ]
        with open(self.log_path, "ab") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.data_directory
            )

    def _is_ready(self):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self._http_port}/healthz", timeout=2) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def metrics(self):
        """What /metrics says, by series."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self._http_port}/metrics", timeout=10) as answer:
            lines = answer.read().decode().splitlines()
        return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines if line and not line.startswith("#"))}

    def require_running(self):
        if self._process.poll() is not None:
            raise PeerFailed(f"the server ended by itself with status {self._process.returncode}\n{self._log_tail()}")

    def kill(self):
        """kill -9, and waits for the end."""
        self.require_running()
        self._process.kill()
        self._process.wait()

    def stop(self):
        """Asks the server to stop and waits for it; its exit status, or None if it was not running."""
        if self._process is None or self._process.poll() is not None:
            return None
        self._process.send_signal(signal.SIGTERM)
        try:
            return self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise PeerFailed(f"the server did not stop within {STOP_SECONDS} s of SIGTERM\n{self._log_tail()}") from None

    def discard(self):
        """Ends the server if it runs, without asking."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def _log_tail(self):
        with open(self.log_path, "rb") as log:
            log.seek(max(0, os.path.getsize(self.log_path) - LOG_TAIL_BYTES))
            return f"--- end of {self.log_path}\n" + log.read().decode(errors="replace")
