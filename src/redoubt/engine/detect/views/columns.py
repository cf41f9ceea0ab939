"""Tables: what a column is called stands in its first row only, far from the values that need the name to be known.

In CSV, TSV, Markdown tables and SQL ``INSERT`` statements the name of its column is written before each cell that holds
digits, so that rules which ask for a word nearby find it there.
"""

import re
from collections.abc import Iterator

from redoubt.engine.detect.views.family import Family, in_place
from redoubt.engine.detect.views.view import Edit

NAME = "columns"
_MAX_NAME = 40
"""Characters of a column's name; together with `_SHORTEST` it bounds how much a table may grow."""
_MAX_WORDS = 4
_SHORTEST = 6
_INSERT = re.compile(r"insert\s+into\s+[^\s(]{1,200}\s*\(([^()]{1,8000})\)\s*values\s*(?=\()", re.IGNORECASE)
_TOKEN = re.compile(r"'[^']*'|[(),;]|[^'(),;]+")
_DIVIDERS = "\t|;,"
_DIVIDER = re.compile(f"[{_DIVIDERS}]")
_EDGES = " \t\r\"'`*[]"

Cells = list[tuple[int, int]]


def _cells(text: str, start: int, end: int, divider: str) -> Cells:
    """Return where the cells of a line lie; a divider between double quotes divides nothing."""
    cells: Cells = []
    at = start
    while at <= end:
        search = at
        if at < end and text[at] == '"':
            quote = text.find('"', at + 1, end)
            search = quote if quote >= 0 else at
        stop = text.find(divider, search, end)
        stop = end if stop < 0 else stop
        cells.append((at, stop))
        at = stop + 1
    return cells


def _names(text: str, cells: Cells) -> list[str]:
    """Return the names in the first row; none of them where it does not read as names."""
    names = [text[start:end].strip(_EDGES) for start, end in cells]
    told = [name for name in names if name]
    return names if len(told) > 1 and all(_is_name(name) for name in told) else []


def _is_name(text: str) -> bool:
    return len(text) <= _MAX_NAME and text.count(" ") < _MAX_WORDS and any(c.isalpha() for c in text)


def _named(text: str, names: list[str], cells: Cells) -> Iterator[Edit]:
    for name, (start, end) in zip(names, cells, strict=False):
        if name and end - start >= _SHORTEST and any(c.isdigit() for c in text[start:end]):
            label = f"{name}: "
            if label not in text[start:end] and not text.endswith(label, 0, start):
                yield Edit(start, start, f" {label}")


def _rows(text: str) -> Iterator[Edit]:
    """Name the cells of lines that have as many of them as the line which began the table."""
    names: list[str] = []
    divider = ""
    before: tuple[int, int] | None = None
    for line in _divided(text):
        if before is not None and before[1] + 1 < line[0]:
            names, before = [], None
        cells = _cells(text, *line, divider) if names else []
        if len(cells) != len(names):
            names = []
        if not names and before is not None:
            divider, names, cells = _table(text, before, line)
        if names:
            yield from _named(text, names, cells)
        before = line


def _divided(text: str) -> Iterator[tuple[int, int]]:
    """Yield where the lines lie that hold a divider: no other is part of a table."""
    at = 0
    while found := _DIVIDER.search(text, at):
        start = max(at, text.rfind("\n", at, found.start()) + 1)
        end = text.find("\n", found.start())
        end = len(text) if end < 0 else end
        yield start, end
        at = end + 1


def _table(text: str, first: tuple[int, int], second: tuple[int, int]) -> tuple[str, list[str], Cells]:
    """Tell whether two lines begin a table: the divider, the names and the second line's cells."""
    for divider in _DIVIDERS:
        if text.find(divider, *first) < 0 or text.find(divider, *second) < 0:
            continue
        heads, cells = _cells(text, *first, divider), _cells(text, *second, divider)
        if divider == "," and len(heads) == 2 and text[heads[1][0] : heads[1][0] + 1] == " ":
            continue  # a sentence with a comma
        if len(heads) == len(cells) and (names := _names(text, heads)):
            return divider, names, cells
    return "", [], []


def _statements(text: str) -> Iterator[Edit]:
    """Name the values of ``INSERT INTO t (a, b) VALUES (1, 'x'), (2, 'y')``."""
    after = 0
    for match in _INSERT.finditer(text):
        if match.start() < after:
            continue
        names = [name.strip(_EDGES)[:_MAX_NAME] for name in match[1].split(",")]
        column, depth = 0, 0
        for token in _TOKEN.finditer(text, match.end()):
            mark = token[0]
            after = token.end()
            if mark == ";" and depth == 0:
                break
            depth += (mark == "(") - (mark == ")")
            if mark == "(" and depth == 1:
                column = 0
            elif mark == "," and depth == 1:
                column += 1
            elif depth == 1 and column < len(names):
                yield from _named(text, [names[column]], [token.span()])
            elif depth < 0 or (depth == 0 and mark.strip() and mark not in "),"):
                break


FAMILIES = (
    Family(
        NAME,
        r"(?:^|\n)[|\"' \t]*\pL[^\n,;\t|.!?:=(){}]*[,;\t|][|\"' \t]*\pL[^\n.!?=(){}]*\n",
        in_place(_rows),
    ),
    Family(
        NAME,
        r"(?i)insert\s+into\s[^()]*\([^()]*\)\s*values\s*\(",
        in_place(_statements),
    ),
)
