"""International Morse code (ITU-R M.1677-1)."""

import re
from collections.abc import Iterator

from redoubt.engine.detect.views.family import Family, in_place
from redoubt.engine.detect.views.view import Edit

_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789.,?'/()&:;=+-_\"@"
_CODES = [
    ".-",
    "-...",
    "-.-.",
    "-..",
    ".",
    "..-.",
    "--.",
    "....",
    "..",
    ".---",
    "-.-",
    ".-..",
    "--",
    "-.",
    "---",
    ".--.",
    "--.-",
    ".-.",
    "...",
    "-",
    "..-",
    "...-",
    ".--",
    "-..-",
    "-.--",
    "--..",
    "-----",
    ".----",
    "..---",
    "...--",
    "....-",
    ".....",
    "-....",
    "--...",
    "---..",
    "----.",
    ".-.-.-",
    "--..--",
    "..--..",
    ".----.",
    "-..-.",
    "-.--.",
    "-.--.-",
    ".-...",
    "---...",
    "-.-.-.",
    "-...-",
    ".-.-.",
    "-....-",
    "..--.-",
    ".-..-.",
    ".--.-.",
]
_TABLE = dict(zip(_CODES, _LETTERS, strict=True))
_RUN = re.compile(r"(?<![^\s\"'`(:])[.-]{1,7}(?:[ /]{1,7}[.-]{1,7}){6,}")
_TOKEN = re.compile(r"([.-]+)([ /]*)")


def _morse(text: str) -> Iterator[Edit]:
    for run in _RUN.finditer(text):
        for token in _TOKEN.finditer(text, *run.span()):
            code, gap = token.groups()
            yield Edit(token.start(1), token.end(1), _TABLE.get(code, code))
            if gap:
                yield Edit(token.start(2), token.end(2), " " if len(gap) > 1 else "")


FAMILIES = (
    Family(
        "morse",
        r"(?:[.-]{1,7}[ /]{1,7}){6}[.-]",
        in_place(_morse),
    ),
)
