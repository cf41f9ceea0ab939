"""What a person or a program reads: tables, JSON, colour. Nothing that was inspected can steer the terminal."""

import json
import os
import sys
from collections.abc import Iterable, Sequence
from shutil import get_terminal_size
from typing import Any, TextIO

from redoubt.surfaces.cli.columns import lay_out

_COLOURS = {"red": "31", "green": "32", "yellow": "33", "cyan": "36", "bold": "1", "dim": "2"}


def printable(text: str) -> str:
    r"""Return ``text`` with everything that could steer a terminal, or hide, written as an escape.

    >>> printable("a\x1b[31mb\u202ec\n")
    'a\\x1b[31mb\\u202ec\\n'
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def coloured(stream: TextIO) -> bool:
    """Tell whether to use colours: on a terminal, unless NO_COLOR (https://no-color.org) is set."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def paint(text: str, colour: str, stream: TextIO | None = None) -> str:
    """Return ``text`` in a colour where colours are wanted."""
    if not coloured(stream or sys.stdout):
        return text
    return f"\x1b[{_COLOURS[colour]}m{text}\x1b[0m"


def say(text: str = "", *, error: bool = False, end: str = "\n") -> None:
    """Print a line; ``error`` to standard error. What the encoding of the terminal lacks is escaped."""
    stream = sys.stderr if error else sys.stdout
    try:
        print(text, file=stream, end=end)
    except UnicodeEncodeError:
        encoding = stream.encoding or "ascii"
        print(text.encode(encoding, "backslashreplace").decode(encoding), file=stream, end=end)


def say_json(value: Any) -> None:
    """Print ``value`` as JSON, in ASCII, so that no terminal and no encoding can be upset by it."""
    print(json.dumps(value, indent=2))


def table(head: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str = "nothing") -> None:
    """Print rows as columns; on a terminal no wider than it is."""
    cells = [[printable(str(cell)) for cell in row] for row in rows]
    if not cells:
        say(empty)
        return
    width = get_terminal_size().columns if sys.stdout.isatty() else None
    titles, *lines = lay_out([head, *cells], width)
    say("\n".join(paint(title, "bold") for title in titles.split("\n")))
    for line in lines:
        say(line)


def count(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun.

    >>> count(1, "file"), count(2, "entry", "entries")
    ('1 file', '2 entries')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def percent(share: float | None) -> str:
    """Return a share for people.

    >>> percent(0.5), percent(None)
    ('50.00 %', '-')
    """
    return "-" if share is None else f"{100 * share:.2f} %"
