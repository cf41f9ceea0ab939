"""The master key and the keys that are derived from it.

The master key comes from ``REDOUBT_MASTER_KEY`` (64 hexadecimal digits) or from ``master.key`` in the data directory, which is made at the
first start with mode 0600. Every purpose has a key of its own: HKDF-SHA-256 (RFC 5869) with the purpose as `info`.
"""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from redoubt.domain.errors import ConfigError

FILE = "master.key"
VARIABLE = "REDOUBT_MASTER_KEY"
BYTES = 32


@dataclass(frozen=True, slots=True)
class Keyring:
    """Derives keys; the master key itself never leaves it."""

    _master: bytes = field(repr=False)

    def derive(self, purpose: str) -> bytes:
        """Return the 32-byte key for ``purpose``; equal purposes give equal keys."""
        return HKDF(SHA256(), BYTES, salt=None, info=b"redoubt/" + purpose.encode()).derive(self._master)


def open_keyring(data_dir: Path, environ: Mapping[str, str]) -> Keyring:
    """Return the keyring, making ``master.key`` where there is none yet; raises ConfigError where it cannot be had."""
    return Keyring(read_master(data_dir, environ))


def read_master(data_dir: Path, environ: Mapping[str, str]) -> bytes:
    """Return the master key itself, for a backup; see `open_keyring`."""
    if VARIABLE in environ:
        return _decode(environ[VARIABLE], VARIABLE)
    path = data_dir / FILE
    try:
        data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        _make(path)
        mode = path.stat().st_mode
        if mode & 0o077:
            raise ConfigError(f"{path}: others may read the master key; run `chmod 600 {path}`")
        return _decode(path.read_text(encoding="ascii"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"{path}: the master key cannot be read or made ({type(error).__name__}); "
            f"make the data directory writable or set {VARIABLE}"
        ) from error


def put_master(data_dir: Path, environ: Mapping[str, str], key: bytes) -> Path | None:
    """Make ``key`` the master key, for a restore. One that was there and is another is kept beside it; return where.

    Raises ConfigError where it cannot be written, or the environment names another.
    """
    if VARIABLE in environ:
        if _decode(environ[VARIABLE], VARIABLE) != key:
            raise ConfigError(
                f"{VARIABLE}: is not the master key of the backup; unset it, or set it to that key"
            )
        return None
    path = data_dir / FILE
    kept = None
    try:
        data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        if path.exists():
            if path.read_text(encoding="ascii").strip() == key.hex():
                return None
            kept = path.with_name(f"{FILE}.before-{secrets.token_hex(4)}")
            path.rename(kept)
        _make(path, key.hex())
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: the master key cannot be written ({type(error).__name__})") from error
    return kept


def _make(path: Path, key: str = "") -> None:
    """Write a master key, else a new one, unless there is one; of several processes that try, one wins and all read its key."""
    if path.exists():
        return
    draft = path.with_name(f".{FILE}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write((key or secrets.token_hex(BYTES)) + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return
    finally:
        draft.unlink()


def _decode(text: str, where: str) -> bytes:
    try:
        key = bytes.fromhex(text.strip())
    except ValueError:
        key = b""
    if len(key) != BYTES:
        raise ConfigError(f"{where}: must be {BYTES * 2} hexadecimal digits")
    return key
