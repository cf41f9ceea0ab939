"""What more workers and more gateways bring: requests per second, and what each request costs gateways, PostgreSQL and Redis.

Everything runs on this one machine, callers and provider too, so the rates say little on a small one; the CPU per request is read from
the process trees and holds. Each row runs a few seconds. Needs PostgreSQL and Redis for the rows that name them. Linux only.
"""

import argparse
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from benchmarks.gateway import QUIET, REDOUBT, SETTINGS, body, cpu_seconds, free_port

LOAD = 32
"""Connections kept busy, over all gateways together."""
CLUSTER = Path(__file__).parents[1] / "examples" / "cluster" / "cluster.py"
_COUNTED = re.compile(r'^redoubt_requests_total\{api="openai.chat".*?\} (\d+)', re.MULTILINE)
_PLACE = re.compile(r'worker="(\d+)"')


@dataclass(frozen=True, slots=True)
class Setup:
    """Something that answers requests."""

    ports: tuple[int, ...]
    key: str
    parts: Mapping[str, tuple[int, ...]]
    """Process ids by what they are: gateway, postgres, redis."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One row."""

    rate: float
    cpu_us: dict[str, float]
    """Per request, by part."""
    shares: tuple[int, ...]
    """Requests by worker."""


@contextmanager
def provider() -> Iterator[int]:
    """Run the provider; yield its port."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.rig.provider", str(port)], **QUIET)
    try:
        _await(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def on_sqlite(folder: Path, upstream: int, workers: int) -> Iterator[Setup]:
    """Run one gateway of so many workers on SQLite."""
    folder.mkdir()
    config, port = folder / "redoubt.toml", free_port()
    text = SETTINGS.format(port=port, folder=folder, provider=upstream, durability="disk", models="false")
    config.write_text(text.replace("[store]", f"workers = {workers}\n[store]"))
    made = [REDOUBT, "keys", "create", "--name", "bench", "--json", "--config", str(config)]
    key = json.loads(subprocess.run(made, check=True, capture_output=True).stdout)["secret"]
    command = [sys.executable, "-m", "redoubt.surfaces.gateway", "--config", str(config)]
    process = subprocess.Popen(command, **QUIET)
    try:
        _await(port, process)
        yield Setup((port,), key, {"gateway": (process.pid,)})
    finally:
        process.terminate()
        process.wait(60)


@contextmanager
def on_postgres(folder: Path, upstream: int, gateways: int, workers: int) -> Iterator[Setup]:
    """Run so many gateways on PostgreSQL and Redis, by the command of the example."""
    command = [sys.executable, str(CLUSTER), "--folder", str(folder), "--ports", ",".join("0" * gateways)]
    environ = {**os.environ, "REDOUBT_SERVER__WORKERS": str(workers)}
    process = subprocess.Popen(
        [*command, "--upstream", f"http://127.0.0.1:{upstream}"],
        stdout=subprocess.PIPE,
        text=True,
        env=environ,
    )
    try:
        if not any("Ctrl-C stops" in line for line in process.stdout or ()):
            raise SystemExit(
                "PostgreSQL or Redis could not be started; run examples/cluster by hand to see why"
            )
        state = json.loads((folder / "cluster.json").read_text())
        doors = {name: part for name, part in state["parts"].items() if name.startswith("gateway")}
        parts: dict[str, tuple[int, ...]] = {
            name: (state["parts"][name]["pid"],) for name in ("postgres", "redis")
        }
        parts["gateway"] = tuple(part["pid"] for part in doors.values())
        yield Setup(tuple(part["port"] for part in doors.values()), state["key"], parts)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(120)


def _await(port: int, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(1200):
        try:
            with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
                return
        except OSError as error:
            if getattr(error, "code", None) is not None or "Remote end" in str(error):
                return
        except ValueError:
            return
        if process.poll() is not None:
            raise SystemExit("a server ended at once; run it by hand to see why")
        time.sleep(0.05)


def _counted(setup: Setup) -> dict[tuple[int, str], int]:
    found: dict[tuple[int, str], int] = {}
    for port in setup.ports:
        with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
            for match in _COUNTED.finditer(answer.read().decode()):
                worker = _PLACE.search(match[0])
                place = (port, worker[1] if worker else "")
                found[place] = found.get(place, 0) + int(match[1])
    return found


def measure(setup: Setup, seconds: float) -> Measured:
    """Put load on a setup and read what it cost. Any request that fails ends the benchmark."""
    callers: list[subprocess.Popen[bytes]] = []
    counted = _counted(setup)
    before = {name: sum(map(cpu_seconds, pids)) for name, pids in setup.parts.items()}
    started = time.perf_counter()
    for number, port in enumerate(setup.ports):
        arguments: dict[str, Any] = {
            "port": port, "path": "/v1/chat/completions", "headers": {"authorization": f"Bearer {setup.key}"},
            "body": body(), "connections": LOAD // len(setup.ports), "seconds": seconds, "rate": 0.0,
            "first": int(time.time() * 1000) % 100_000_000 * 10 + number,
        }  # fmt: skip
        command = [sys.executable, "-m", "benchmarks.rig.callers", json.dumps(arguments)]
        callers.append(subprocess.Popen(command, stdout=subprocess.PIPE))
    results = [json.loads(caller.communicate()[0]) for caller in callers]
    elapsed = time.perf_counter() - started
    requests = sum(result["requests"] for result in results)
    if not requests or any(result["failures"] for result in results):
        raise SystemExit("requests failed: no figure says anything")
    cost = {
        name: (sum(map(cpu_seconds, pids)) - before[name]) / requests * 1e6
        for name, pids in setup.parts.items()
    }
    after = _counted(setup)
    return Measured(
        requests / elapsed, cost, tuple(n - counted.get(place, 0) for place, n in sorted(after.items()))
    )


def rows(folder: Path, upstream: int) -> Iterator[tuple[str, Any]]:
    """Yield the setups, each with its name; one that is closed when the next is asked for."""
    for workers in (1, 2):
        yield (
            f"SQLite, {workers} worker{'s' * (workers > 1)}",
            on_sqlite(folder / f"s{workers}", upstream, workers),
        )
    for gateways, workers in ((1, 1), (1, 2), (2, 1)):
        name = f"PostgreSQL, Redis, {gateways} gateway{'s' * (gateways > 1)} of {workers}"
        yield name, on_postgres(folder / f"p{gateways}{workers}", upstream, gateways, workers)


def run(options: Sequence[str]) -> None:
    """Print the table. Options: ``--seconds N``, how long each row is measured (default 4)."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks scale")
    parser.add_argument("--seconds", type=float, default=4.0)
    seconds = parser.parse_args(list(options)).seconds
    os.environ.setdefault("REDOUBT_MODELS__ENABLED", "false")
    print(
        f"{LOAD} connections, fresh texts of 1.7 KB, rules alone unless switched on, {os.cpu_count()} processors for all"
    )
    print(f"{'':36} {'per s':>6} {'gateway us':>11} {'postgres us':>12} {'redis us':>9}  by worker")
    with tempfile.TemporaryDirectory() as name, provider() as upstream:
        Path(name).chmod(0o755)
        for title, setup in rows(Path(name), upstream):
            with setup as running:
                measure(running, 1.0)
                done = measure(running, seconds)
            costs = [
                f"{done.cpu_us[part]:.0f}" if part in done.cpu_us else "-"
                for part in ("gateway", "postgres", "redis")
            ]
            shares = " ".join(map(str, done.shares))
            print(
                f"{title:36} {done.rate:6.0f} {costs[0]:>11} {costs[1]:>12} {costs[2]:>9}  {shares}",
                flush=True,
            )
