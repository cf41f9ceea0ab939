"""Reads ``[[limits]]`` and the file of prices."""

import re
import tomllib
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path

import msgspec

from redoubt.adapters.files.converting import converted
from redoubt.domain.errors import ConfigError
from redoubt.domain.limits import (
    LENGTHS,
    MICRO,
    OWN_LIMITS,
    Limit,
    LimitScope,
    LimitUnit,
    Period,
    Price,
    PriceList,
)

MAX_LIMITS = 100
MAX_PRICES = 1000
MAX_GLOBS = 100
GREATEST = 2**53 - 1
"""Every store can count so far without losing one: Redis counts in doubles."""

DEAREST = 1_000_000
"""Of the currency for a million tokens."""

_ID = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")
_GLOB = re.compile(r"[ -~]{1,256}")

Number = int | float | str


class _Limit(msgspec.Struct, forbid_unknown_fields=True):
    scope: LimitScope
    unit: LimitUnit
    amount: Number
    per: Period | None = None
    burst: Number = 0
    match: dict[str, str | list[str]] = {}
    shadow: bool = False
    id: str = ""


class _Price(msgspec.Struct, forbid_unknown_fields=True):
    match: str
    input: Number
    output: Number
    max_output_tokens: int = 0


class _Prices(msgspec.Struct, forbid_unknown_fields=True):
    currency: str = ""
    models: list[_Price] = []


def read_limits(raw: Sequence[object], source: str) -> tuple[Limit, ...]:
    """Return the limits that a file asks for. Raises ConfigError naming ``source`` and the place."""
    if len(raw) > MAX_LIMITS:
        raise ConfigError(f"{source}: $.limits: there are more than {MAX_LIMITS}")
    read: dict[str, Limit] = {}
    for number, one in enumerate(raw):
        where = f"{source}: $.limits[{number}]"
        limit = _limit(converted(one, _Limit, where), where)
        if limit.id in read:
            raise ConfigError(f"{where}.id: another limit is called '{limit.id}'; give each an id of its own")
        read[limit.id] = limit
    return tuple(read.values())


def read_prices(path: Path) -> PriceList:
    """Return the prices in a file. Raises ConfigError naming file and place."""
    try:
        parsed = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=str)
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"{path}: the prices cannot be read ({type(error).__name__}); see [prices] file"
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: not TOML: {error}") from error
    file = converted(parsed, _Prices, str(path))
    if len(file.models) > MAX_PRICES:
        raise ConfigError(f"{path}: $.models: there are more than {MAX_PRICES}")
    return PriceList(
        file.currency,
        tuple(_price(one, f"{path}: $.models[{number}]") for number, one in enumerate(file.models)),
    )


def _limit(row: _Limit, where: str) -> Limit:
    amount = _amount(row.amount, row.unit, f"{where}.amount")
    burst = _amount(row.burst, row.unit, f"{where}.burst") if row.burst else 0
    if amount < 1:
        raise ConfigError(f"{where}.amount: must be positive")
    if (row.per is None) is not (row.unit is LimitUnit.CONCURRENT):
        said = (
            "leave it out of a limit on concurrent exchanges"
            if row.per
            else f"name one of {', '.join(Period)}"
        )
        raise ConfigError(f"{where}.per: {said}")
    if burst:
        _check_burst(row, amount, burst, f"{where}.burst")
    name = row.id or "-".join(filter(None, (row.unit, f"per-{row.per}" if row.per else "", row.scope)))
    if not _ID.fullmatch(name) or name in OWN_LIMITS:
        raise ConfigError(
            f"{where}.id: must be up to 64 small letters, digits and . _ -, and none of {', '.join(OWN_LIMITS)}"
        )
    return Limit(name, row.scope, row.unit, amount, row.per, burst, _match(row.match, where), row.shadow)


def _check_burst(row: _Limit, amount: int, burst: int, where: str) -> None:
    if row.per is None or row.per not in LENGTHS:
        raise ConfigError(f"{where}: goes with second, minute, hour and day; a month has no fixed length")
    if burst < 0 or max(burst, amount) * LENGTHS[row.per] > GREATEST:
        raise ConfigError(f"{where}: must be positive, and less than {GREATEST // LENGTHS[row.per]} here")


def _amount(value: Number, unit: LimitUnit, where: str) -> int:
    """Return units; of cost millionths, written as an amount of money."""
    if unit is LimitUnit.COST:
        return _millionths(value, where)
    if type(value) is not int or abs(value) > GREATEST:
        raise ConfigError(f"{where}: must be a whole number of {unit}")
    return value


def _millionths(value: Number, where: str) -> int:
    try:
        exact = Decimal(str(value)) * MICRO
    except InvalidOperation:
        raise ConfigError(f'{where}: must be an amount of money: 25, 0.5 or "0.000001"') from None
    if not exact.is_finite() or exact != exact.to_integral_value() or not 0 <= exact <= GREATEST:
        raise ConfigError(
            f"{where}: must not be negative, nor have more than six decimals, nor exceed {GREATEST // MICRO}"
        )
    return int(exact)


def _match(raw: dict[str, str | list[str]], where: str) -> tuple[tuple[LimitScope, tuple[str, ...]], ...]:
    known = [scope.value for scope in LimitScope if scope is not LimitScope.ALL]
    match: list[tuple[LimitScope, tuple[str, ...]]] = []
    for scope, said in raw.items():
        if scope not in known:
            raise ConfigError(f"{where}.match.{scope}: no such scope; there are {', '.join(known)}")
        globs = (said,) if isinstance(said, str) else tuple(said)
        if not 1 <= len(globs) <= MAX_GLOBS or not all(_GLOB.fullmatch(glob) for glob in globs):
            raise ConfigError(f"{where}.match.{scope}: must be a name or glob, or 1 to {MAX_GLOBS} of them")
        kind = LimitScope(scope)
        match.append((kind, tuple(glob.lower() for glob in globs) if kind is LimitScope.MODEL else globs))
    return tuple(match)


def _price(row: _Price, where: str) -> Price:
    if not _GLOB.fullmatch(row.match):
        raise ConfigError(f"{where}.match: must be the name of a model, or a glob")
    if not 0 <= row.max_output_tokens <= GREATEST:
        raise ConfigError(f"{where}.max_output_tokens: must not be negative")
    for what, price in (("input", row.input), ("output", row.output)):
        if _millionths(price, f"{where}.{what}") > DEAREST * MICRO:
            raise ConfigError(f"{where}.{what}: must not exceed {DEAREST} for a million tokens")
    return Price(
        row.match.lower(),
        _millionths(row.input, f"{where}.input"),
        _millionths(row.output, f"{where}.output"),
        row.max_output_tokens,
    )
