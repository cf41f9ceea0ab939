"""What is known already: so that a build fails on new findings only.

A baseline holds keyed fingerprints, no values. Whoever has the key can try values out: with ``REDOUBT_BASELINE_KEY`` set (in CI: from its
secret store) the key is not in the file; without it, the file's own random salt is the key, which keeps fingerprints from being looked
up in tables but not from being tried one by one: keep such a file where you keep the code.
"""

import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from redoubt.domain.errors import ConfigError
from redoubt.surfaces.cli.records import Record, Report

VARIABLE = "REDOUBT_BASELINE_KEY"
FORMAT = 1
SALT_BYTES = 16
MAX_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Baseline:
    """A salt and the fingerprints made with it."""

    salt: bytes = b""
    known: frozenset[str] = frozenset()

    @classmethod
    def new(cls) -> "Baseline":
        """Return an empty one with a salt of its own."""
        return cls(secrets.token_bytes(SALT_BYTES))

    @classmethod
    def read(cls, path: Path) -> "Baseline":
        """Read a baseline; raises ConfigError where it is none."""
        try:
            if path.stat().st_size > MAX_BYTES:
                raise ConfigError(f"{path}: larger than {MAX_BYTES} bytes; no baseline is")
            content: Any = json.loads(path.read_bytes())
        except OSError as error:
            raise ConfigError(f"{path}: the baseline cannot be read ({error.strerror})") from error
        except (ValueError, RecursionError) as error:
            raise ConfigError(f"{path}: not a baseline; write one with --write-baseline") from error
        try:
            if content["redoubt_baseline"] != FORMAT:
                raise ConfigError(
                    f"{path}: a baseline of another version; write it anew with --write-baseline"
                )
            known = frozenset(str(entry["fingerprint"]) for entry in content["findings"])
            return cls(bytes.fromhex(content["salt"]), known)
        except (KeyError, TypeError, ValueError) as error:
            raise ConfigError(f"{path}: not a baseline; write one with --write-baseline") from error

    def key(self, environ: Mapping[str, str]) -> bytes:
        """Return the key of the fingerprints; empty where there is nothing secret to make one of."""
        if not self.salt and VARIABLE not in environ:
            return b""
        return hmac.digest(
            environ.get(VARIABLE, "").encode("utf-8", "surrogateescape"), b"baseline\0" + self.salt, sha256
        )

    def write(self, path: Path, records: list[Record]) -> None:
        """Write the records' fingerprints, with file and rule for people to read."""
        entries = [
            {"file": r.file, "line": r.line, "rule": r.rule, "fingerprint": r.fingerprint} for r in records
        ]
        content = {"redoubt_baseline": FORMAT, "salt": self.salt.hex(), "findings": entries}
        try:
            path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
        except OSError as error:
            raise ConfigError(f"{path}: the baseline cannot be written ({error.strerror})") from error

    def remove_known(self, report: Report) -> None:
        """Take from ``report`` what the baseline knows."""
        if self.known:
            new = [record for record in report.records if record.fingerprint not in self.known]
            report.known = len(report.records) - len(new)
            report.records[:] = new
