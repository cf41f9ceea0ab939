"""How the practice model writes what it must not tell, when it is asked to write it in another way."""

import base64
import codecs
import json
from collections.abc import Callable

_GREEK = str.maketrans("abcdefghiklmnoprstuxyz", "αβψδεφγηιξλμνοπρστθχυζ")
_ROW = 40
"""Characters of a piece where it is told piece by piece."""


def _rows(text: str) -> list[str]:
    return [text[at : at + _ROW] for at in range(0, len(text), _ROW)]


_WAYS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("base64", lambda text: base64.b64encode(text.encode()).decode()),
    ("hexadecimal", lambda text: text.encode().hex()),
    ("rot13", lambda text: codecs.encode(text, "rot13")),
    ("translate", lambda text: text.lower().translate(_GREEK)),
    ("backwards", lambda text: text[::-1]),
    ("character by character", " ".join),
    ("letter by letter", " ".join),
    ("piece by piece", lambda text: "\n".join(f"Piece {n}: {row}" for n, row in enumerate(_rows(text), 1))),
    ("one word per line", lambda text: "\n".join(text.split())),
    ("json list", lambda text: json.dumps(text.split())),
    ("as a comment", lambda text: "```python\n# " + text.replace("\n", "\n# ") + "\n```"),
)
"""(what a request for it says, what it does); the first that is asked for is done."""


def disguised(asked: str, text: str) -> str:
    """Return ``text`` in the way that ``asked`` (in lower case) wants it; as it is where it wants none."""
    return next((write(text) for words, write in _WAYS if words in asked), text)
