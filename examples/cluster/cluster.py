"""Two gateways, PostgreSQL and Redis on one machine, by one command: `python examples/cluster/cluster.py`. Ctrl-C stops all of it.

It shows what runs on more machines in earnest: the same configuration twice, one database, one Redis, one master key. Needs the Debian
packages postgresql and redis-server; both run with data of their own in a temporary folder and touch no other installation. A part that
dies is started again. What runs where is in `cluster.json` in the folder.
"""

# ruff: noqa: S310, S603, T201 - a command that starts programs of this machine and says so
import argparse
import json
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp
from threading import Event
from typing import Any

PATIENCE = 60.0
"""Seconds that a part has to start."""
CONFIG = """
[server]
port = {port}
per_second = 0
per_minute = 0
[store]
url = "postgresql+psycopg://redoubt@127.0.0.1:{postgres}/redoubt"
redis_url = "redis://127.0.0.1:{redis}/0"
data_dir = "{folder}/data-{number}"
[policy]
watch = true
"""
UPSTREAM = """
[upstreams.far]
kind = "openai"
base_url = "{url}"
models = ["*"]
"""


@dataclass
class Part:
    """A program that is kept alive."""

    name: str
    command: list[str]
    port: int
    ready: Callable[[], bool]
    stop_signal: int = signal.SIGTERM
    process: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)

    def start(self, folder: Path, environ: dict[str, str]) -> None:
        """Start it and wait until it answers."""
        with (folder / f"{self.name}.log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command, stdout=log, stderr=log, cwd=folder, env=environ, start_new_session=True
            )
        until = time.monotonic() + PATIENCE
        while not self.ready():
            if self.process.poll() is not None or time.monotonic() > until:
                raise SystemExit(f"{self.name} did not start; see {folder / f'{self.name}.log'}")
            time.sleep(0.1)

    def stop(self) -> None:
        """Stop it and wait for its end."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(self.stop_signal)
            self.process.wait(PATIENCE)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def accepts(port: int) -> bool:
    """Tell whether somebody listens there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def is_ready(url: str) -> bool:
    """Tell whether a gateway says that it is ready."""
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def postgres_programs() -> Path:
    """Return the folder of PostgreSQL's programs, of the newest version there is."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parts[-2]))
    if not found:
        raise SystemExit("PostgreSQL is not installed: apt-get install postgresql")
    return found[-1]


def postgres_part(folder: Path, environ: dict[str, str]) -> Part:
    """Make a PostgreSQL of its own. It refuses to run as root, and runs as the package's user then."""
    programs, data, port = postgres_programs(), folder / "postgres", free_port()
    data.mkdir()
    run: list[str] = []
    if os.geteuid() == 0:
        user = pwd.getpwnam("postgres")
        os.chown(data, user.pw_uid, user.pw_gid)
        run = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    made = [
        *run,
        str(programs / "initdb"),
        "-D",
        str(data / "data"),
        "-U",
        "redoubt",
        "-A",
        "trust",
        "-E",
        "UTF8",
    ]
    subprocess.run(made, check=True, stdout=subprocess.DEVNULL, env=environ, cwd=data)
    asked = [str(programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
    return Part(
        "postgres",
        [
            *run,
            str(programs / "postgres"),
            "-D",
            str(data / "data"),
            "-h",
            "127.0.0.1",
            "-p",
            str(port),
            "-k",
            str(data),
        ],
        port,
        lambda: subprocess.run(asked, check=False).returncode == 0,
        stop_signal=signal.SIGINT,
    )


def redis_part(folder: Path) -> Part:
    """Make a Redis of its own that keeps what it was told on disk."""
    program = shutil.which("redis-server")
    if program is None:
        raise SystemExit("Redis is not installed: apt-get install redis-server")
    port = free_port()
    data = folder / "redis"
    data.mkdir()
    kept = ["--dir", str(data), "--appendonly", "yes", "--save", ""]
    return Part(
        "redis", [program, "--port", str(port), "--bind", "127.0.0.1", *kept], port, lambda: accepts(port)
    )


def gateway_part(
    folder: Path, number: int, port: int, postgres: int, redis: int, upstream: str, master: str
) -> Part:
    """Write a gateway's configuration, and the master key where commands find it; return the gateway."""
    config = folder / f"gateway-{number}.toml"
    key = folder / f"data-{number}" / "master.key"
    key.parent.mkdir(mode=0o700)
    key.touch(mode=0o600)
    key.write_text(master + "\n")
    text = CONFIG.format(port=port, postgres=postgres, redis=redis, number=number, folder=folder)
    config.write_text(text + (UPSTREAM.format(url=upstream) if upstream else ""))
    command = [sys.executable, "-m", "redoubt.surfaces.gateway", "--config", str(config)]
    return Part(f"gateway-{number}", command, port, lambda: is_ready(f"http://127.0.0.1:{port}"))


def first_key(folder: Path, environ: dict[str, str]) -> str:
    """Make a key that may do everything; return its secret."""
    redoubt = str(Path(sys.executable).with_name("redoubt"))
    asked = [
        redoubt,
        "keys",
        "create",
        "--name",
        "first",
        "--role",
        "admin",
        "--config",
        "gateway-1.toml",
        "--json",
    ]
    done = subprocess.run(asked, check=True, capture_output=True, text=True, cwd=folder, env=environ)
    return str(json.loads(done.stdout)["secret"])


def tell(folder: Path, parts: list[Part], key: str) -> None:
    """Write down what runs where; whole or not at all."""
    running: dict[str, Any] = {p.name: {"port": p.port, "pid": p.process and p.process.pid} for p in parts}
    draft = folder / ".cluster.json"
    draft.touch(mode=0o600)
    draft.write_text(json.dumps({"parts": running, "key": key}))
    draft.replace(folder / "cluster.json")


def greet(folder: Path, parts: list[Part], key: str) -> None:
    """Say how to use it."""
    urls = [f"http://127.0.0.1:{part.port}" for part in parts if part.name.startswith("gateway")]
    print(
        f"""Two gateways, one log: {" and ".join(urls)}

  export REDOUBT_API_KEY={key}
  curl {urls[0]}/v1/chat/completions -H "Authorization: Bearer $REDOUBT_API_KEY" -H "Content-Type: application/json" \\
    -d '{{"model": "practice-1", "messages": [{{"role": "user", "content": "Hello"}}]}}'

Everything lies in {folder}; what runs where: cluster.json. Ctrl-C stops all of it.""",
        flush=True,
    )


def main() -> None:
    """Start everything, keep it alive, stop it."""
    parser = argparse.ArgumentParser(description="Two gateways, PostgreSQL and Redis on this machine.")
    parser.add_argument(
        "--folder", type=Path, help="Where everything lies (default: a temporary folder, removed at the end)."
    )
    parser.add_argument(
        "--ports", default="8421,8422", help="Of the gateways (default: %(default)s; 0 for any)."
    )
    parser.add_argument(
        "--upstream", default="", help="An OpenAI-compatible provider (default: the practice model)."
    )
    arguments = parser.parse_args()
    folder: Path = arguments.folder or Path(mkdtemp(prefix="redoubt-cluster-"))
    folder.mkdir(exist_ok=True)
    folder.chmod(0o755)  # PostgreSQL's user must get to its own folder in it
    master = os.environ.get("REDOUBT_MASTER_KEY") or secrets.token_hex(32)
    environ = {**os.environ, "REDOUBT_MASTER_KEY": master}
    ports = [int(port) or free_port() for port in arguments.ports.split(",")]
    over = Event()
    for told in (signal.SIGINT, signal.SIGTERM):
        signal.signal(told, lambda *_: over.set())
    parts: list[Part] = []
    try:
        postgres, redis = postgres_part(folder, environ), redis_part(folder)
        for part in (postgres, redis):
            parts.append(part)
            part.start(folder, environ)
        where = ["-h", "127.0.0.1", "-p", str(postgres.port), "-U", "redoubt"]
        subprocess.run([str(postgres_programs() / "createdb"), *where, "redoubt"], check=True, env=environ)
        for number, port in enumerate(ports, 1):
            parts.append(
                gateway_part(folder, number, port, postgres.port, redis.port, arguments.upstream, master)
            )
            parts[-1].start(folder, environ)
        key = first_key(folder, environ)
        tell(folder, parts, key)
        greet(folder, parts, key)
        while not over.wait(0.2):
            for part in parts:
                if part.process is not None and part.process.poll() is not None:
                    print(f"{part.name} ended ({part.process.returncode}); it is started again", flush=True)
                    part.start(folder, environ)
                    tell(folder, parts, key)
    except subprocess.CalledProcessError as error:
        raise SystemExit(
            f"{error.cmd[-1]} could not be started or was stopped ({error.returncode})"
        ) from None
    finally:
        for part in reversed(parts):
            part.stop()
        if arguments.folder is None:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
