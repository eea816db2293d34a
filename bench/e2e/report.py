"""Figures of a benchmark run: per round, their median, the targets they are held against, and the table of them."""

import dataclasses
import statistics
from typing import Callable, Optional

MILLION = 1e6


@dataclasses.dataclass
class Target:
    at_least: Optional[float] = None
    at_most: Optional[float] = None

    def holds(self, value):
        return (self.at_least is None or value >= self.at_least) and (self.at_most is None or value <= self.at_most)

    def __str__(self):
        return f">= {self.at_least:g}" if self.at_most is None else f"<= {self.at_most:g}"


@dataclasses.dataclass
class Figure:
    """One line of the table. value takes a round's results; KeyError or None means it was not measured in that round."""

    section: str
    name: str
    unit: str
    value: Callable[[dict], Optional[float]]
    target: Optional[Target] = None
    # What the rounds come to: their median, or for a peak the highest.
    combine: Callable[[list], float] = statistics.median

    def values(self, rounds):
        measured = []
        for results in rounds:
            try:
                measured.append(self.value(results))
            except (KeyError, TypeError):
                measured.append(None)
        return measured


def _field(peer, scenario, name, scale=1.0):
    return lambda r: r[peer][scenario][name] * scale


def _cpu_per_million(peer, scenario, name="broker_cpu_seconds"):
    return lambda r: r[peer][scenario][name] / r[peer][scenario]["records"] * MILLION


def _cpu_per_gb(peer, scenario):
    return lambda r: r[peer][scenario]["broker_cpu_seconds"] / r[peer][scenario]["bytes"] * 1e9


def _rate(r, peer, scenario):
    return r[peer][scenario]["records_per_second"]


def _sync_p50(r):
    """The faster of the two ways to append 4 KiB durably: the one a broker could use."""
    return min(way["p50_us"] for way in (r["disk"]["buffered_4k"], r["disk"]["direct_4k"]) if way is not None)


def _drain_ratio(r):
    """Against the faster of the round's two 1 KiB producers: the sustained one, and the one the drained records came from."""
    drain = r["grainstream"]["drain"]
    sustained = r["grainstream"].get("produce-1k", {}).get("records_per_second", 0)
    return drain["records_per_second"] / max(sustained, drain["producer_records_per_second"])


def _throughput(scenario, section, ratio, cpu):
    return [
        Figure(section, "mock", "records/s", _field("mock", scenario, "records_per_second")),
        Figure(section, "GrainStream", "records/s", _field("grainstream", scenario, "records_per_second")),
        Figure(section, "GrainStream / mock", "ratio",
               lambda r: _rate(r, "grainstream", scenario) / _rate(r, "mock", scenario), Target(at_least=ratio)),
        Figure(section, "GrainStream", "MB/s",
               lambda r: r["grainstream"][scenario]["bytes"] / r["grainstream"][scenario]["seconds"] / 1e6),
        Figure(section, "GrainStream / disk 1 MiB O_DIRECT", "ratio",
               lambda r: r["grainstream"][scenario]["bytes"] / r["grainstream"][scenario]["seconds"] / 1e6
               / r["disk"]["direct_1m"]["mb_per_second"]),
        Figure(section, "mock CPU", "s/M records", _cpu_per_million("mock", scenario)),
        Figure(section, "GrainStream CPU", "s/M records", _cpu_per_million("grainstream", scenario), cpu),
        Figure(section, "GrainStream CPU", "s/GB", _cpu_per_gb("grainstream", scenario)),
        Figure(section, "GrainStream read back, all of it", "records/s",
               _field("grainstream", scenario, "read_back_records_per_second")),
        Figure(section, "GrainStream read back, CPU", "s/M records",
               _cpu_per_million("grainstream", scenario, "read_back_broker_cpu_seconds")),
    ]  # fmt: skip


def _one_at_a_time():
    section, scenario = "one at a time, acks=all, 100 B", "one-at-a-time"

    def limit(r):
        return r["mock"][scenario]["p50_us"] + 2 * r["quietest_sync_p50_us"]

    return [
        Figure(section, "mock p50", "us", _field("mock", scenario, "p50_us")),
        Figure(section, "mock p99", "us", _field("mock", scenario, "p99_us")),
        Figure(section, "GrainStream p50", "us", _field("grainstream", scenario, "p50_us")),
        Figure(section, "GrainStream p99", "us", _field("grainstream", scenario, "p99_us")),
        Figure(section, "limit: mock p50 + 2 x best disk p50", "us", limit),
        Figure(section, "GrainStream p50 / limit", "ratio",
               lambda r: r["grainstream"][scenario]["p50_us"] / limit(r), Target(at_most=1.0)),
        Figure(section, "GrainStream CPU", "s/M records", _cpu_per_million("grainstream", scenario)),
    ]  # fmt: skip


def _drain():
    section, scenario = "consumer drain, 1 KiB, hot tail", "drain"
    return [
        Figure(section, "mock", "records/s", _field("mock", scenario, "records_per_second")),
        Figure(section, "GrainStream", "records/s", _field("grainstream", scenario, "records_per_second")),
        Figure(section, "GrainStream, the records' producer", "records/s",
               _field("grainstream", scenario, "producer_records_per_second")),
        Figure(section, "GrainStream / its producer rate", "ratio", _drain_ratio, Target(at_least=1.0)),
        Figure(section, "GrainStream first record after", "ms", _field("grainstream", scenario, "first_record_ms")),
        Figure(section, "mock CPU", "s/M records", _cpu_per_million("mock", scenario)),
        Figure(section, "GrainStream CPU", "s/M records", _cpu_per_million("grainstream", scenario)),
        Figure(section, "GrainStream CPU", "s/GB", _cpu_per_gb("grainstream", scenario)),
    ]  # fmt: skip


def _end_to_end():
    section, scenario = "end to end, 1 KiB", "end-to-end"
    return [
        Figure(section, "GrainStream p50", "ms", _field("grainstream", scenario, "p50_us", 1e-3)),
        Figure(section, "GrainStream p99", "ms", _field("grainstream", scenario, "p99_us", 1e-3), Target(at_most=2.0)),
        Figure(section, "GrainStream p99.9", "ms", _field("grainstream", scenario, "p999_us", 1e-3)),
        Figure(section, "GrainStream max", "ms", _field("grainstream", scenario, "max_us", 1e-3)),
        Figure(section, "load generator late by at most", "ms", _field("grainstream", scenario, "sent_late_max_us", 1e-3)),
        Figure(section, "GrainStream CPU", "s/M records", _cpu_per_million("grainstream", scenario)),
    ]


def _disk():
    section = "disk: append + fdatasync, preallocated file"
    ways = [("4 KiB buffered", "buffered_4k"), ("4 KiB O_DIRECT", "direct_4k"),
            ("1 MiB buffered", "buffered_1m"), ("1 MiB O_DIRECT", "direct_1m")]  # fmt: skip
    figures = []
    for name, way in ways:
        figures.append(Figure(section, f"{name} p50", "us", _field("disk", way, "p50_us")))
        figures.append(Figure(section, f"{name} p99", "us", _field("disk", way, "p99_us")))
        figures.append(Figure(section, name, "MB/s", _field("disk", way, "mb_per_second")))
    return figures


def all_figures():
    memory = "broker memory: peak since its start; the last column is the highest"
    return [
        *_throughput("produce-1k", "producer, 1 KiB, acks=all, idempotent", 0.55, Target(at_most=1.2)),
        *_throughput("produce-100", "producer, 100 B, acks=all, idempotent", 0.75, None),
        *_one_at_a_time(),
        *_drain(),
        *_end_to_end(),
        Figure(memory, "GrainStream resident (VmHWM)", "MB", _field("grainstream", "memory", "peak_mb"), Target(at_most=400), max),
        Figure(memory, "GrainStream resident (sampled)", "MB", _field("grainstream", "memory", "sampled_peak_mb"), None, max),
        *_disk(),
        Figure("machine", "load average at the round's start", "", lambda r: r["load_average"]),
    ]


def summarize(rounds):
    """The figures that were measured, as plain dictionaries; combined are the rounds that have the figure."""
    # A disk that others keep busy while it is probed would loosen the latency limit: the quietest round counts for all.
    quietest = min(_sync_p50(results) for results in rounds)
    rounds = [{**results, "quietest_sync_p50_us": quietest} for results in rounds]
    summary = []
    for figure in all_figures():
        values = figure.values(rounds)
        present = [value for value in values if value is not None]
        if not present:
            continue
        combined = figure.combine(present)
        line = {"section": figure.section, "name": figure.name, "unit": figure.unit, "runs": values,
                "combined": combined, "combined_by": "max" if figure.combine is max else "median"}  # fmt: skip
        if figure.target is not None:
            line["target"] = str(figure.target)
            line["met"] = figure.target.holds(combined)
        summary.append(line)
    return summary


def _number(value):
    if value is None:
        return "-"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 100 else f"{value:.3g}" if abs(value) >= 1 else f"{value:.3f}"


def print_table(summary, stream):
    runs = max(len(line["runs"]) for line in summary)
    header = f"{'':38}{'unit':12}" + "".join(f"{f'run {i + 1}':>12}" for i in range(runs)) + f"{'median':>12}  target"
    section = None
    for line in summary:
        if line["section"] != section:
            section = line["section"]
            print(f"\n{section}\n{header}", file=stream)
        verdict = "" if "met" not in line else f"{line['target']}  {'pass' if line['met'] else 'MISS'}"
        values = "".join(f"{_number(value):>12}" for value in line["runs"])
        print(f"  {line['name']:36}{line['unit']:12}{values}{_number(line['combined']):>12}  {verdict}".rstrip(), file=stream)
    targets = [line for line in summary if "met" in line]
    print(f"\n{sum(line['met'] for line in targets)} of {len(targets)} targets met ({runs} rounds)", file=stream)
