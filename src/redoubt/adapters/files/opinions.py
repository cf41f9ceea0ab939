"""Reads ``[[models.classifiers]]`` and ``[[models.judges]]``."""

import re
from collections.abc import Iterable, Mapping
from math import inf
from pathlib import Path
from typing import Any

import msgspec

from redoubt.adapters.files.converting import converted
from redoubt.adapters.files.secret import Secret, reveal
from redoubt.domain.errors import ConfigError
from redoubt.domain.opinions import ClassifierSettings, JudgeFormat, JudgeSettings, Sees, Task
from redoubt.domain.zone import ZONES, Zone

CLASSIFIERS, JUDGES = "classifiers", "judges"
MAX_OPINIONS = 16
MAX_NAMES = 64
"""Labels or categories of one."""
MIN_TOKENS, MAX_TOKENS = 16, 8192
MIN_CHARS, MAX_CHARS = 100, 1_000_000

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_CATEGORY = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*")
_SHA256 = re.compile(r"[0-9a-fA-F]{64}")
_KEY = re.compile(r"[!-~]*")


class _Classifier(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    path: str
    sha256: str
    task: Task
    labels: dict[str, str]
    zones: tuple[Zone, ...] = ZONES
    threshold: float = 0.5
    max_tokens: int = 512
    timeout: float = 2.0


class _Judge(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    base_url: str
    model: str
    format: JudgeFormat = JudgeFormat.PLAIN
    api_key: Secret | None = None
    categories: dict[str, str] = {}
    zones: tuple[Zone, ...] = ZONES
    sees: Sees = Sees.MASKED
    threshold: float = 0.5
    timeout: float = 10.0
    max_chars: int = 8000


def read_classifiers(raw: object, folder: Path, source: str) -> tuple[ClassifierSettings, ...]:
    """Return the classifiers that a file in ``folder`` asks for. Raises ConfigError naming ``source`` and the place."""
    read: list[ClassifierSettings] = []
    for number, one in enumerate(_rows(raw, source, CLASSIFIERS)):
        where = f"{source}: $.models.{CLASSIFIERS}[{number}]"
        row = converted(one, _Classifier, where)
        _check(row, row.labels, where)
        if not row.labels:
            raise ConfigError(
                f"{where}.labels: name at least one of its labels, and the category it stands for"
            )
        if not _SHA256.fullmatch(row.sha256):
            raise ConfigError(f"{where}.sha256: must be the 64 hexadecimal digits of model.onnx")
        if not MIN_TOKENS <= row.max_tokens <= MAX_TOKENS:
            raise ConfigError(f"{where}.max_tokens: must lie between {MIN_TOKENS} and {MAX_TOKENS}")
        said = msgspec.structs.asdict(row) | {"path": str(folder / row.path)}
        read.append(ClassifierSettings(**said))
    _check_names([each.name for each in read], f"{source}: $.models.{CLASSIFIERS}")
    return tuple(read)


def read_judges(
    raw: object, folder: Path, environ: Mapping[str, str], source: str
) -> tuple[JudgeSettings, ...]:
    """Return the judges that a file in ``folder`` asks for. Raises ConfigError naming ``source`` and the place."""
    read: list[JudgeSettings] = []
    for number, one in enumerate(_rows(raw, source, JUDGES)):
        where = f"{source}: $.models.{JUDGES}[{number}]"
        row = converted(one, _Judge, where)
        _check(row, row.categories, where)
        if not row.base_url.startswith(("https://", "http://")):
            raise ConfigError(f"{where}.base_url: must begin with https:// or http://")
        if not MIN_CHARS <= row.max_chars <= MAX_CHARS:
            raise ConfigError(f"{where}.max_chars: must lie between {MIN_CHARS} and {MAX_CHARS}")
        key = reveal(row.api_key, f"{where}.api_key", environ, folder)
        if not _KEY.fullmatch(key):
            raise ConfigError(f"{where}.api_key: holds a blank or a character that no key has")
        read.append(JudgeSettings(**(msgspec.structs.asdict(row) | {"api_key": key})))
    _check_names([each.name for each in read], f"{source}: $.models.{JUDGES}")
    return tuple(read)


def _rows(raw: object, source: str, key: str) -> list[Any]:
    if not isinstance(raw, list) or len(raw) > MAX_OPINIONS:
        raise ConfigError(
            f"{source}: $.models.{key}: write [[models.{key}]], no more than {MAX_OPINIONS} times"
        )
    return raw


def _check(row: _Classifier | _Judge, categories: Mapping[str, str], where: str) -> None:
    if not _NAME.fullmatch(row.name):
        raise ConfigError(f"{where}.name: must be lower-case letters, digits, '-' and '_', 40 at most")
    if not row.zones:
        raise ConfigError(f"{where}.zones: name at least one of {', '.join(ZONES)}")
    if not 0 < row.threshold <= 1:
        raise ConfigError(f"{where}.threshold: must lie above 0, and not above 1")
    if not 0 < row.timeout < inf:
        raise ConfigError(f"{where}.timeout: must be a positive number of seconds")
    if len(categories) > MAX_NAMES:
        raise ConfigError(f"{where}: names more than {MAX_NAMES} categories")
    for category in categories.values():
        if not _CATEGORY.fullmatch(category):
            raise ConfigError(f"{where}: {category!r} is no category; write one like attack.injection")


def _check_names(names: Iterable[str], where: str) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ConfigError(f"{where}: two are called {name}")
        seen.add(name)
