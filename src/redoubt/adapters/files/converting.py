"""From what TOML says to what it means, with errors that name the place and what may stand there."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import TypeVar

import msgspec
from msgspec import inspect

from redoubt.domain.errors import ConfigError

T = TypeVar("T")
_STEP = re.compile(r"\.(\w+)")
_ENUM = "Invalid enum value"


def converted(value: object, kind: type[T], where: str, *, strict: bool = True) -> T:
    """Return ``value`` as a ``kind``; ``where`` names the file and the place in it.

    Not ``strict``: text is taken for numbers and the like, as variables have it. Raises ConfigError, which quotes no value: a secret may
    stand in the wrong place.
    """
    if isinstance(value, dict) and is_dataclass(kind):
        known = [field.name for field in fields(kind)]
        for key in value:
            if key not in known:
                raise ConfigError(f"{where}.{key}: no such key; there are {', '.join(known)}")
    try:
        return msgspec.convert(value, kind, strict=strict)
    except msgspec.ValidationError as error:
        what, _, place = str(error).partition(" - at `$")
        place = place.rstrip("`")
        if what.startswith(_ENUM):
            what = f"must be one of {', '.join(_choices(kind, place))}"
        raise ConfigError(f"{where}{place}: {what}") from None


def _choices(kind: object, place: str) -> list[str]:
    """Return the values that an enumeration at ``place`` below ``kind`` has."""
    found = [inspect.type_info(kind)]
    for step in _STEP.findall(place):
        found = [
            field.type
            for each in _parts(found)
            for field in getattr(each, "fields", ())
            if step in (field.name, field.encode_name)
        ]
    return [
        str(member.value)
        for each in _parts(found)
        if isinstance(each, inspect.EnumType)
        for member in each.cls
    ]


def _parts(types: list[inspect.Type]) -> Iterator[inspect.Type]:
    """Yield types, and what those that hold others hold."""
    for each in types:
        yield each
        if isinstance(each, inspect.UnionType):
            yield from _parts(list(each.types))
        elif isinstance(each, inspect.DictType):
            yield from _parts([each.value_type])
        elif isinstance(each, inspect.CollectionType):
            yield from _parts([each.item_type])
