"""The gateway as a process of its own, as `redoubt up` starts it."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

from redoubt import compose
from redoubt.domain.settings import Settings
from tests.e2e.rig import new_key

FAR_KEY = "far-key of the operator, long enough to sign"
_LISTENING = re.compile(r"listening on (http://[^\s\"]+)")


@dataclass
class Installation:
    """A folder with a configuration and data, and whatever runs on them."""

    folder: Path
    config: Path
    settings: Settings

    @property
    def environ(self) -> dict[str, str]:
        """Of processes: nothing of the machine's own settings, and the rules alone, as `tests/conftest.py` has it."""
        kept = ("PATH", "PYTHONPATH", "HOME", "REDOUBT_MODELS__ENABLED")
        own = {name: os.environ[name] for name in kept if name in os.environ}
        temporary = self.folder / "tmp"
        temporary.mkdir(exist_ok=True)
        return {**own, "TMPDIR": str(temporary), "PYTHONUNBUFFERED": "1", "FAR_KEY": FAR_KEY}

    def new_key(self, role: str = "developer") -> str:
        stores = compose.stores(self.settings, compose.keyring(self.settings, {}))
        try:
            return new_key(stores, role=role)
        finally:
            import asyncio

            asyncio.run(stores.audit.close())
            stores.dispose()


def install(folder: Path, text: str) -> Installation:
    """Write the configuration ``text`` into ``folder``; ``DATA`` in it stands for the data directory."""
    config = folder / "redoubt.toml"
    config.write_text(text.replace("DATA", str(folder / "data")))
    return Installation(folder, config, compose.settings(config, {"FAR_KEY": FAR_KEY}))


class Process:
    """A gateway that runs; what it says on standard output and error is kept."""

    def __init__(self, where: Installation) -> None:
        self.said: list[str] = []
        self._process = subprocess.Popen(
            [sys.executable, "-m", "redoubt.surfaces.gateway", "--config", str(where.config)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=where.environ,
            cwd=where.folder,
        )
        self.url = self._listening()
        self._reader = Thread(target=self._keep, daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def kill(self) -> None:
        """As the kernel does when memory is short: no handler runs."""
        self._process.kill()
        self._end()

    def stop(self) -> int:
        self._process.terminate()
        return self._end()

    def tell(self, number: int) -> None:
        """Send a signal."""
        self._process.send_signal(number)

    def wait(self) -> int:
        """Return the exit code, when it ended by itself."""
        return self._end()

    def _end(self) -> int:
        code = self._process.wait(30)
        self._reader.join(30)
        if self._process.stdout is not None:
            self._process.stdout.close()
        return code

    def _listening(self) -> str:
        for line in self._process.stdout or ():
            self.said.append(line)
            if found := _LISTENING.search(line):
                return found[1]
        self._process.wait(30)
        if self._process.stdout is not None:
            self._process.stdout.close()
        raise RuntimeError(f"the gateway did not start: {''.join(self.said)}")

    def _keep(self) -> None:
        for line in self._process.stdout or ():
            self.said.append(line)
