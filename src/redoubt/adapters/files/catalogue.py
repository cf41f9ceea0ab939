"""Load the rules: the packaged catalogue and the user's own files, compiled once and kept in a per-user cache."""

import contextlib
import hashlib
import os
import stat
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import metadata, resources
from pathlib import Path

import msgspec
import platformdirs

from redoubt.domain.errors import ConfigError
from redoubt.engine.detect.matcher import Matcher
from redoubt.engine.detect.rule_detector import RuleDetector
from redoubt.engine.detect.rules import Rule, RuleFile, combine, parse_rules

FORMAT = 4
"""Raise it when the compiled form, or the way rules are compiled, changes."""
MAX_CACHE = 64 * 1024 * 1024
MAX_RULE_FILE = 4 * 1024 * 1024


Files = Sequence[tuple[str, bytes]]
"""Rule files, by name."""


class _Compiled(msgspec.Struct, array_like=True):
    """What the cache holds."""

    rules: tuple[Rule, ...]
    matcher: bytes


def load_detector(
    user_rule_files: Sequence[Path] = (),
    cache_dir: Path | None = None,
    *,
    on_compile: Callable[[], None] = lambda: None,
    builtin: Files | None = None,
) -> RuleDetector:
    """Return the detector of the builtin rules, which are the packaged ones unless others are given, and the user's.

    ``cache_dir`` is where compiled rules are kept (default: the platform's cache directory for this user). The cache is
    a convenience: a missing, damaged, outdated or foreign one is compiled anew, and one that cannot be written is done
    without. ``on_compile`` is called before the rules are compiled, which takes seconds. Raises ConfigError for a defect
    in a rule file, naming the file and the line, and for one that cannot be read.
    """
    builtin = _packaged() if builtin is None else builtin
    own = [(str(path), _read(path)) for path in user_rule_files]
    read = [parse_rules(data, name) for name, data in own]
    kept = _Kept(cache_dir or platformdirs.user_cache_path("redoubt"), on_compile)
    rules, matcher = kept.compiled(_digest(builtin), lambda: _read_together(builtin))
    version = _digest([*builtin, ("", b""), *own])
    if not own:
        return RuleDetector(matcher, version)
    known, in_force = frozenset(rules), combine([RuleFile(rules)], read)
    more = tuple(rule for rule in in_force if rule not in known)
    off = known.difference(in_force)
    return RuleDetector(
        matcher,
        version,
        kept.compiled(version, lambda: more)[1] if more else None,
        {rule.id for rule in off},
    )


def _packaged() -> Files:
    """Read the catalogue."""
    folder = resources.files("redoubt.engine.detect") / "catalogue"
    return sorted((f.name, f.read_bytes()) for f in folder.iterdir() if f.name.endswith(".toml"))


def _read(path: Path) -> bytes:
    """Read a user's rule file."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_RULE_FILE + 1)
    except OSError as error:
        raise ConfigError(f"{path}: the rule file cannot be read: {error.strerror}") from error
    if len(data) > MAX_RULE_FILE:
        raise ConfigError(f"{path}: the rule file is larger than {MAX_RULE_FILE} bytes; split it")
    return data


def _digest(files: Files) -> str:
    """Return what the compiled form depends on, as a short hexadecimal name."""
    digest = hashlib.sha256(
        f"{FORMAT} {metadata.version('redoubt-ai')} {metadata.version('hyperscan')}".encode()
    )
    for _, data in files:  # what a file is called changes nothing
        digest.update(f"\0{len(data)}\0".encode())
        digest.update(data)
    return digest.hexdigest()[:32]


def _read_together(files: Files) -> tuple[Rule, ...]:
    """Read the built-in rules, those that are off among them: a user may put another in the place of one."""
    read = [parse_rules(data, name) for name, data in files]
    combine(read)
    return tuple(rule for file in read for rule in file.rules)


@dataclass(frozen=True, slots=True)
class _Kept:
    """Rules compiled once: the built-in ones, which take seconds, apart from the user's, which change."""

    folder: Path
    on_compile: Callable[[], None]

    def compiled(self, digest: str, read: Callable[[], tuple[Rule, ...]]) -> tuple[tuple[Rule, ...], Matcher]:
        """Return the rules and the matcher of those that are on, from the cache where it has them. Raises ConfigError."""
        path = self.folder / f"rules-{digest}.bin"
        found = _cached(path)
        if found is None:
            rules = read()
            self.on_compile()
            found = rules, Matcher.build([rule for rule in rules if rule.enabled])
            with contextlib.suppress(OSError):
                _store(path, msgspec.msgpack.encode(_Compiled(rules, found[1].dump())))
        return found


def _cached(path: Path) -> tuple[tuple[Rule, ...], Matcher] | None:
    """Take rules and matcher from the cache, where it is there, whole, and ours."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
        with os.fdopen(handle, "rb") as file:
            status = os.fstat(handle)
            if not stat.S_ISREG(status.st_mode) or status.st_uid != os.geteuid() or status.st_mode & 0o022:
                return None
            data = file.read(MAX_CACHE)
    except OSError:
        return None
    if hashlib.sha256(data[32:]).digest() != data[:32]:
        return None
    try:
        kept = msgspec.msgpack.decode(data[32:], type=_Compiled)
        return kept.rules, Matcher.load([rule for rule in kept.rules if rule.enabled], kept.matcher)
    except (msgspec.MsgspecError, ConfigError):
        return None


def _store(path: Path, compiled: bytes) -> None:
    """Write the cache so that a reader sees the old file or the new one, and nobody else can write it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".rules-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(hashlib.sha256(compiled).digest() + compiled)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
