"""Characters that are not seen: left out, or read where they carry a text of their own.

Joiners and selectors that a script or an emoji needs are never touched: they stand next to the characters they are for.
"""

import re
from collections.abc import Iterator

from redoubt.engine.detect.views.family import Family, in_place
from redoubt.engine.detect.views.origin import EACH
from redoubt.engine.detect.views.view import Edit

_INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff9-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
    "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"
)
"""Default_Ignorable_Code_Point (Unicode 16, DerivedCoreProperties.txt), interlinear annotations, control characters."""
_RUN = re.compile(f"[{_INVISIBLE}]+")
_REACH = 8
_NEXT_SEEN = re.compile(rf"[\s{_INVISIBLE}]{{0,{_REACH}}}([^\s{_INVISIBLE}])")
_LAST_SEEN = re.compile(rf"([^\s{_INVISIBLE}])[\s{_INVISIBLE}]*\Z")
_JOINING = re.compile(
    "[\u0620-\u065f\u066e-\u06ef\u06fa-\u08ff\u0900-\u0965\u0971-\u0de5\u0df2-\u0e4f\u0e5a-\u0ecf\u0eda-\u0f1f\u0f34-\u0fff"
    "\u1000-\u103f\u104a-\u108f\u1700-\u17df\u17ea-\u180e\u181a-\u18af\u1950-\u19ff\u1a00-\u1aaf\u1b00-\u1b4f\ufb50-\ufdff\ufe70-\ufefe"
    "\U00010d00-\U00010d23\U00010e80-\U00011fff]"
)
"""Letters and marks of scripts that are written with joiners or with invisible word breaks."""
_PLAIN = re.compile(
    "[!-~\u00a1-\u058f\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\u1e00-\u1fff\u2070-\u209f\u2460-\u24ff"
    "\uff01-\uff5e\U0001d400-\U0001d7ff]"
)
"""What secrets and attacks on a reader of Latin, Greek or Cyrillic are written with, and digits."""
_IN_NUMBERS = re.compile(r"[A-Z\d]")
"""What numbers in groups are written with: cards, IBANs."""
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]{2,}")
_TAGS = re.compile("[\U000e0020-\U000e007e]+")
_PRINTABLE = re.compile(rb"[\t\n\r -~]+")
_FLAG = "\U0001f3f4"


def _needed(before: str, run: str, after: str) -> bool:
    """Tell whether ``run`` belongs to how its neighbours are written, or stands where it hides nothing."""
    if len(run) == 1:
        if run in "\u200c\u200d" and (_JOINING.match(before) or _JOINING.match(after)):
            return True
        if run in "\ufe0e\ufe0f" and (after == "\u20e3" or not (before.isascii() or before.isalnum())):
            return True
    if before == _FLAG and run[0] >= "\U000e0020":
        return True
    return not (_PLAIN.match(before) or _PLAIN.match(after))


def _invisible(text: str) -> Iterator[Edit]:
    """Leave out what stands inside a word or a number, and keep what the script or emoji around it needs."""
    for match in _RUN.finditer(text):
        if _inside(text, match):
            yield Edit(*match.span(), "")


def _inside(text: str, match: re.Match[str]) -> bool:
    start, end = match.span()
    before, after = text[start - 1 : start], text[end : end + 1]
    if before.isspace() or after.isspace():
        # Next to a space it breaks no word, but it can break a number written in groups.
        left = _LAST_SEEN.search(text[max(0, start - _REACH) : start])
        right = _NEXT_SEEN.match(text, end)
        return (
            left is not None and right is not None and all(_IN_NUMBERS.match(c) for c in (left[1], right[1]))
        )
    return bool(before and after) and not _needed(before, match[0], after)


def _tags(text: str) -> Iterator[Edit]:
    """Read tag characters as the ASCII they stand for (Unicode 23.9); flags of regions keep theirs."""
    for match in _TAGS.finditer(text):
        if text[match.start() - 1 : match.start()] == _FLAG and len(match[0]) <= 6:
            continue
        yield Edit(*match.span(), "".join(chr(ord(character) - 0xE0000) for character in match[0]), EACH)


def _selectors(text: str) -> Iterator[Edit]:
    """Read variation selectors 1-256 as the bytes 0-255, where that is text."""
    for match in _SELECTORS.finditer(text):
        points = (ord(character) for character in match[0])
        octets = bytes(point - 0xFE00 if point < 0xE0100 else point - 0xE0100 + 16 for point in points)
        for piece in _PRINTABLE.finditer(octets):
            start, end = match.start() + piece.start(), match.start() + piece.end()
            yield Edit(start, end, piece[0].decode(), EACH)


FAMILIES = (
    Family("tags", "[\U000e0020-\U000e007e]", in_place(_tags), unicode=True),
    Family(
        "variation-selectors", "[\ufe00-\ufe0f\U000e0100-\U000e01ef]{2}", in_place(_selectors), unicode=True
    ),
    Family("invisible", f"[{_INVISIBLE}]", in_place(_invisible)),
)
