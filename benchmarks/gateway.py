"""What the gateway costs: CPU per request and per streamed chunk, added latency, memory; beside nginx where it is installed.

The gateway (one process) has processor 0 to itself, provider and callers have processor 1. CPU time is read from the process tree, so
a busy machine does not spoil it; latencies are taken at a low, fixed rate. Linux only.
"""

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from benchmarks.rig.callers import PLACE
from benchmarks.rig.provider import CHUNKS

SYSTEM = "You are a helpful assistant for ACME Corp. Answer concisely and follow the policy. "
NOTE = "The customer called on Monday about an invoice that was charged twice and asked for a refund within five days. "
PRIVATE = "Write to jane.doe@acme-widgets.com, card 4111 1111 1111 1111. "
REDOUBT = str(Path(sys.executable).with_name("redoubt"))
QUIET: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
LOAD = 64
"""Connections kept busy; latency is taken on one, at a low rate."""
TICKS = os.sysconf("SC_CLK_TCK")
_numbers = count(0, 10_000_000)


def body(*, stream: str = "", fresh: bool = True, private: bool = False) -> str:
    """Return a request of 1.7 KB; ``fresh`` makes every one differ, so that no inspection is remembered."""
    number = PLACE.decode() if fresh else "0000000000"
    note = f"Ticket {number}: " + (PRIVATE if private else "") + NOTE * 9
    request: dict[str, Any] = {
        "model": "bench-paced" if stream == "paced" else "bench",
        "messages": [{"role": "system", "content": SYSTEM * 6}, {"role": "user", "content": note}],
        "temperature": 0.2,
        "max_tokens": 256,
    }
    if stream:
        request["stream"] = True
    return json.dumps(request, separators=(",", ":"))


LOADS = {
    "whole, fresh text": (body(), "200"),
    "whole, with personal data": (body(private=True), ""),
    "whole, text seen before": (body(fresh=False), ""),
    "stream, burst (per chunk)": (body(stream="burst"), "60"),
    "stream, paced (per chunk)": (body(stream="paced"), "60"),
}
"""By row: the request, and the target in microseconds of CPU."""


def free_port() -> int:
    """Return a port that was free just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def cpu_seconds(pid: int) -> float:
    """Return the CPU time of a process and its children so far."""
    total = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(stat.parent.name) == pid or int(fields[1]) == pid:
            total += int(fields[11]) + int(fields[12])
    return total / TICKS


def resident_mb(pid: int) -> float:
    """Return the resident memory of a process."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


@contextmanager
def running(command: list[str], port: int, processor: int, **how: Any) -> Iterator[int]:
    """Run a server pinned to a processor until it answers on ``port``; yield its process id."""
    processors = os.sched_getaffinity(0)
    pinned = sorted(processors)[processor % len(processors)]
    process = subprocess.Popen(command, preexec_fn=lambda: os.sched_setaffinity(0, {pinned}), **how)
    try:
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            if process.poll() is not None:
                raise SystemExit(f"{command[0]} ended at once; run it by hand to see why")
            time.sleep(0.05)
        yield process.pid
    finally:
        process.terminate()
        process.wait(timeout=20)


@dataclass(frozen=True, slots=True)
class Measured:
    """One row of the table."""

    requests: int
    cpu_us: float
    """Per request, or per event that the provider sends where the answers are streamed."""
    rate: float
    p50_us: float
    p99_us: float
    first_us: float


def measure(
    pid: int, port: int, key: str, request: str, *, seconds: float, connections: int, rate: float = 0.0
) -> Measured:
    """Put load on a server and read what it cost."""
    arguments = {
        "port": port,
        "path": "/v1/chat/completions",
        "headers": {"authorization": f"Bearer {key}"},
        "body": request,
        "connections": connections,
        "seconds": seconds,
        "rate": rate,
        "first": next(_numbers),
    }
    processors = os.sched_getaffinity(0)
    other = sorted(processors)[1 % len(processors)]
    before = cpu_seconds(pid)
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.rig.callers", json.dumps(arguments)],
        check=True,
        capture_output=True,
        preexec_fn=lambda: os.sched_setaffinity(0, {other}),
    )
    elapsed = time.perf_counter() - started
    spent = cpu_seconds(pid) - before
    result = json.loads(done.stdout)
    if result["failures"]:
        raise SystemExit(
            f"{result['failures']} of {result['requests']} requests failed: no figure says anything"
        )
    units = result["requests"] * (CHUNKS + 2 if '"stream":true' in request else 1)
    return Measured(
        result["requests"],
        spent / max(units, 1) * 1e6,
        result["requests"] / elapsed,
        result["p50"] * 1e6,
        result["p99"] * 1e6,
        result["first_p50"] * 1e6,
    )


NGINX = """
daemon off; worker_processes 1; error_log stderr crit; pid {folder}/nginx.pid;
events {{ worker_connections 1024; }}
http {{
  access_log off; keepalive_requests 100000000;
  client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
  uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
  upstream provider {{ server 127.0.0.1:{provider}; keepalive 64; }}
  server {{ listen 127.0.0.1:{port}; location / {{
    proxy_pass http://provider; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off; }} }}
}}
"""

SETTINGS = """
[server]
port = {port}
per_second = 0
per_minute = 0
[store]
durability = "{durability}"
data_dir = "{folder}/data"
[upstreams.bench]
kind = "openai"
base_url = "http://127.0.0.1:{provider}"
[models]
enabled = {models}
"""


@dataclass(frozen=True, slots=True)
class Kind:
    """How the gateway that is measured is set up."""

    durability: str
    """``disk`` or ``process``."""
    models: bool
    """Whether the guard models run beside the rules."""


def _gateway_command(folder: Path, port: int, provider: int, kind: Kind) -> tuple[list[str], str]:
    config = folder / "redoubt.toml"
    models = str(kind.models).lower()
    config.write_text(
        SETTINGS.format(
            port=port, folder=folder, provider=provider, durability=kind.durability, models=models
        )
    )
    made = subprocess.run(
        [REDOUBT, "keys", "create", "--name", "bench", "--json", "--config", str(config)],
        check=True,
        stdout=subprocess.PIPE,
    )
    return [REDOUBT, "up", "--config", str(config)], json.loads(made.stdout)["secret"]


@contextmanager
def gateway(folder: Path, provider: int, kind: Kind) -> Iterator[tuple[int, int, str]]:
    """Run the gateway; yield its process id, its port and a key."""
    port = free_port()
    folder.mkdir()
    command, key = _gateway_command(folder, port, provider, kind)
    with running(command, port, 0, **QUIET) as pid:
        yield pid, port, key


@contextmanager
def nginx(folder: Path, provider: int) -> Iterator[tuple[int, int] | None]:
    """Run nginx as a proxy to the same provider, where it is installed; yield its process id and port."""
    program = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
    if program is None:
        yield None
        return
    port = free_port()
    folder.mkdir()
    config = folder / "nginx.conf"
    config.write_text(NGINX.format(folder=folder, port=port, provider=provider))
    with running([program, "-p", str(folder), "-c", str(config)], port, 0, **QUIET) as pid:
        yield pid, port


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table, and nginx with the same load in the same minute."""

    name: str
    measured: Measured
    peer: Measured | None
    target: str = ""


def rows_of(folder: Path, provider: int, kind: Kind, seconds: float) -> Iterator[Row | str]:
    """Measure one kind of gateway; yield rows of the table, and lines to print beneath."""
    with gateway(folder / kind.durability, provider, kind) as (pid, port, key):
        with nginx(folder / f"nginx-{kind.durability}", provider) as peer:
            rest = resident_mb(pid)
            measure(pid, port, key, body(), seconds=1.0, connections=LOAD)
            for name, (request, target) in LOADS.items():
                beside = measure(*peer, key, request, seconds=seconds / 2, connections=LOAD) if peer else None
                yield Row(
                    name, measure(pid, port, key, request, seconds=seconds, connections=LOAD), beside, target
                )
        alone: dict[str, Any] = {"seconds": seconds, "connections": 1, "rate": 50.0}
        direct = measure(pid, provider, key, body(), **alone)
        through = measure(pid, port, key, body(), **alone)
        yield f"added latency at 50 requests/s, p50: {through.p50_us - direct.p50_us:.0f} us (target 1500)"
        yield f"resident memory: {rest:.0f} MB at rest (target 120), {resident_mb(pid):.0f} MB after this load"


def run(options: Sequence[str]) -> None:
    """Print the table. Options: ``--seconds N``, how long each row is measured (default 4); ``--models``."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks gateway")
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--models", action="store_true", help="with the guard models beside the rules")
    chosen = parser.parse_args(list(options))
    inspected = "rules and guard models" if chosen.models else "the rules alone"
    with tempfile.TemporaryDirectory() as name:
        provider = free_port()
        command = [sys.executable, "-m", "benchmarks.rig.provider", str(provider)]
        with running(command, provider, 1, **QUIET):
            for durability in ("disk", "process"):
                default = ", the default" if durability == "disk" else ""
                print(
                    f'\ngateway, one process, {inspected}, {LOAD} connections, durability = "{durability}"{default}'
                )
                print(f"{'':34} {'CPU us':>8} {'target':>7} {'nginx':>7} {'ratio':>6} {'per s':>7}")
                for row in rows_of(Path(name), provider, Kind(durability, chosen.models), chosen.seconds):
                    print(row if isinstance(row, str) else _line(row), flush=True)


def _line(row: Row) -> str:
    peer, measured = row.peer, row.measured
    nginx_us = f"{peer.cpu_us:7.1f}" if peer else f"{'-':>7}"
    ratio = f"{measured.cpu_us / peer.cpu_us:6.1f}" if peer and peer.cpu_us else f"{'-':>6}"
    return f"{row.name:34} {measured.cpu_us:8.1f} {row.target:>7} {nginx_us} {ratio} {measured.rate:7.0f}"
