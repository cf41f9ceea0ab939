"""Sizes as people write and read them."""

from typing import Any

import click

_UNITS = {"": 1, "k": 1024, "m": 1024**2, "g": 1024**3, "t": 1024**4}


class _Size(click.ParamType):  # type: ignore[type-arg]  # it takes no argument before click 8.4
    """``500k``, ``20M``, ``1G``: bytes."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """See `click.ParamType.convert`."""
        text = str(value).lower().removesuffix("b")
        number, unit = (text[:-1], text[-1]) if text[-1:].isalpha() else (text, "")
        if not (number.isascii() and number.isdigit()) or unit not in _UNITS or len(number) > 15:
            self.fail("write a number of bytes, with k, M or G where you like: 500k, 20M, 1G", param, ctx)
        return int(number) * _UNITS[unit]


SIZE = _Size()


def size(number: float) -> str:
    """Return a number of bytes for people.

    >>> size(0), size(1536), size(20 * 1024 * 1024)
    ('0 B', '1.5 kB', '20.0 MB')
    """
    for unit in ("B", "kB", "MB", "GB"):
        if number < 1024:
            return f"{number:.0f} B" if unit == "B" else f"{number:.1f} {unit}"
        number /= 1024
    return f"{number:.1f} TB"
