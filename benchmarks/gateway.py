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

SYSTEM = "You are a helpful assistant for ACME Corp. Answer concisely and follow the policy. "
NOTE = "The customer called on Monday about an invoice that was charged twice and asked for a refund within five days. "
PRIVATE = "Write to jane.doe@acme-widgets.com, card 4111 1111 1111 1111. "
REDOUBT = str(Path(sys.executable).with_name("redoubt"))
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
    failures: int
    cpu_us: float
    """Per request, or per event where the answers are streamed."""
    rate: float
    p50_us: float
    p99_us: float
    first_us: float


def measure(
    pid: int, port: int, key: str, request: str, *, seconds: float, connections: int = 16, rate: float = 0.0
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
    units = result["events"] or result["requests"]
    return Measured(
        result["requests"],
        result["failures"],
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
data_dir = "{folder}/data"
[upstreams.bench]
kind = "openai"
base_url = "http://127.0.0.1:{provider}"
"""


def _gateway_command(folder: Path, port: int, provider: int) -> tuple[list[str], str]:
    config = folder / "redoubt.toml"
    config.write_text(SETTINGS.format(port=port, folder=folder, provider=provider))
    made = subprocess.run(
        [REDOUBT, "keys", "create", "--name", "bench", "--json", "--config", str(config)],
        check=True,
        stdout=subprocess.PIPE,
    )
    return [REDOUBT, "up", "--config", str(config)], json.loads(made.stdout)["secret"]


def figures_of(seconds: float) -> dict[str, Any]:
    """Measure; return the figures by row."""
    figures: dict[str, Any] = {}
    rows = {
        "whole, fresh text": body(),
        "whole, with personal data": body(private=True),
        "whole, text seen before": body(fresh=False),
        "stream, burst": body(stream="burst"),
        "stream, paced": body(stream="paced"),
    }
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        provider, port = free_port(), free_port()
        command, key = _gateway_command(folder, port, provider)
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        with running(
            [sys.executable, "-m", "benchmarks.rig.provider", str(provider)], provider, 1, **quiet
        ) as source:
            direct = measure(
                source, provider, key, rows["whole, fresh text"], seconds=seconds, connections=1, rate=50
            )
            figures["direct"] = direct
            with running(command, port, 0, **quiet) as pid:
                measure(pid, port, key, body(), seconds=1.0)
                figures["rest_mb"] = resident_mb(pid)
                for row, request in rows.items():
                    figures[row] = measure(pid, port, key, request, seconds=seconds)
                figures["latency"] = measure(
                    pid, port, key, rows["whole, fresh text"], seconds=seconds, connections=1, rate=50
                )
                figures["loaded_mb"] = resident_mb(pid)
            if nginx := shutil.which("nginx") or shutil.which("/usr/sbin/nginx"):
                beside = free_port()
                config = folder / "nginx.conf"
                config.write_text(NGINX.format(folder=folder, port=beside, provider=provider))
                with running([nginx, "-p", str(folder), "-c", str(config)], beside, 0, **quiet) as pid:
                    measure(pid, beside, key, body(), seconds=1.0)
                    for row in ("whole, fresh text", "stream, burst", "stream, paced"):
                        figures[f"nginx {row}"] = measure(pid, beside, key, rows[row], seconds=seconds)
    return figures


def run(options: Sequence[str]) -> None:
    """Print the table. Options: ``--seconds N``, how long each row is measured (default 4)."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks gateway")
    parser.add_argument("--seconds", type=float, default=4.0)
    figures = figures_of(parser.parse_args(list(options)).seconds)
    print(
        f"{'gateway, one process':42} {'CPU us':>9} {'x nginx':>8} {'per s':>9} {'p50 us':>9} {'failed':>7}"
    )
    for row, measured in figures.items():
        if not isinstance(measured, Measured):
            continue
        peer = figures.get(f"nginx {row}")
        ratio = f"{measured.cpu_us / peer.cpu_us:8.1f}" if peer and peer.cpu_us else " " * 8
        unit = " (per chunk)" if "stream" in row else ""
        print(
            f"{row + unit:42} {measured.cpu_us:9.1f} {ratio} {measured.rate:9.0f} {measured.p50_us:9.0f} {measured.failures:7}"
        )
    added = figures["latency"].p50_us - figures["direct"].p50_us
    print(f"added latency at 50 requests/s, p50: {added:.0f} us")
    print(
        f"resident memory: {figures['rest_mb']:.0f} MB after the first requests, {figures['loaded_mb']:.0f} MB after all of this"
    )
    if not any(row.startswith("nginx") for row in figures):
        print("nginx is not installed (Debian: nginx-light): no ratio")
