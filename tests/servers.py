"""PostgreSQL and Redis, for real: each in a folder of its own, on a free port of this machine, gone when the tests are.

`make test` installs the Debian packages where it may; where the programs are missing the tests that need them are skipped and say so.
"""

import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from signal import SIGINT, SIGKILL, SIGQUIT
from tempfile import mkdtemp
from uuid import uuid4

import psycopg
import pytest
import redis

STARTED_WITHIN = 60.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await(ready: Callable[[], object], errors: type[Exception], what: str) -> None:
    until = time.monotonic() + STARTED_WITHIN
    while True:
        try:
            ready()
            return
        except errors:
            if time.monotonic() > until:
                raise RuntimeError(f"{what} did not start") from None
            time.sleep(0.05)


class Server:
    """A program in a folder of its own that can be stopped, killed and started again on the same port."""

    command: list[str]
    stop_signal = SIGINT

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(self.command, stdout=log, stderr=log, cwd=self.folder)
        self.wait()

    def wait(self) -> None:
        raise NotImplementedError

    def stop(self) -> None:
        self._end(self.stop_signal)

    def kill(self) -> None:
        """Without a chance to tidy up."""
        self._end(SIGKILL)

    def restart(self) -> None:
        self.stop()
        self.start()

    def _end(self, signal: int) -> None:
        if self._process is not None:
            self._process.send_signal(signal)
            self._process.wait(30)
            self._process = None

    def close(self) -> None:
        self.kill()  # hundreds of databases are not worth a last checkpoint
        shutil.rmtree(self.folder, ignore_errors=True)


class Postgres(Server):
    """A PostgreSQL of its own. It refuses to run as root: then it runs as the user that Debian's package made for it."""

    def __init__(self, folder: Path, programs: Path) -> None:
        super().__init__(folder)
        run: list[str] = []
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(folder, user.pw_uid, user.pw_gid)
            run = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        self.data = folder / "data"
        subprocess.run(
            [*run, programs / "initdb", "-D", self.data, "-U", "redoubt", "-A", "trust", "-N", "-E", "UTF8"],
            check=True,
            capture_output=True,
            cwd=folder,
        )
        # A test may kill the server but does not switch the machine off: what the operating system has is safe.
        options = ["-h", "127.0.0.1", "-p", str(self.port), "-k", str(folder), "-c", "fsync=off"]
        self.command = [*run, str(programs / "postgres"), "-D", str(self.data), *options]
        self.start()

    def kill(self) -> None:
        self._end(SIGQUIT)  # as kill -9 of all its processes: no shutdown, recovery at the next start

    def wait(self) -> None:
        _await(lambda: psycopg.connect(self._dsn("postgres")).close(), psycopg.Error, "PostgreSQL")

    def database(self) -> str:
        """Make an empty database; return its SQLAlchemy URL."""
        name = f"t{uuid4().hex}"
        with psycopg.connect(self._dsn("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return f"postgresql+psycopg://redoubt@127.0.0.1:{self.port}/{name}"

    def _dsn(self, name: str) -> str:
        return f"host=127.0.0.1 port={self.port} user=redoubt dbname={name} connect_timeout=2"


class Redis(Server):
    """A Redis of its own; nothing outlives it."""

    def __init__(self, folder: Path, program: str) -> None:
        super().__init__(folder)
        self.command = [program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        self.start()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def wait(self) -> None:
        def ping() -> None:
            with redis.Redis(port=self.port) as client:
                client.ping()

        _await(ping, redis.RedisError, "Redis")


def new_postgres() -> Postgres:
    """Start one; skip the test where its programs are missing."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda p: int(p.parts[-3]))
    on_path = shutil.which("postgres")
    if not found and on_path is None:
        pytest.skip("needs PostgreSQL's programs: apt-get install postgresql")
    programs = found[-1].parent if found else Path(on_path or "").resolve().parent
    folder = Path(mkdtemp(prefix="redoubt-pg-"))
    folder.chmod(0o755)
    return Postgres(folder, programs)


def new_redis() -> Redis:
    """Start one; skip the test where its program is missing."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("needs redis-server: apt-get install redis-server")
    return Redis(Path(mkdtemp(prefix="redoubt-redis-")), program)
