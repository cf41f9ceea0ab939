"""Characters that look like, or are compatible with, the ASCII ones a pattern looks for."""

import re
from collections.abc import Iterator
from unicodedata import decimal, normalize

from redoubt.engine.detect.views.family import Family, in_place
from redoubt.engine.detect.views.origin import EACH
from redoubt.engine.detect.views.view import Edit

_COMPATIBLE = (
    "\u00b2\u00b3\u00b9\u02b0-\u02b8\u02e0-\u02e4\u1d2c-\u1d6a\u1d78\u1d9b-\u1dbf\u2024\u2070-\u209c\u2102-\u2115\u2119-\u211d"
    "\u2124-\u2139\u2145-\u2149\u2160-\u217f\u2460-\u24ea\u2c7c\u2c7d\ufb00-\ufb06\ufe52\ufe63\ufe6b"
    "\uff0b\uff0d-\uff19\uff20-\uff3a\uff3f\uff41-\uff5a\U0001d400-\U0001d7ff\U0001f100-\U0001f10a\U0001f110-\U0001f149"
    "\U0001fbf0-\U0001fbf9"
)
"""Characters whose NFKC form is of ASCII letters, digits and the marks inside addresses, keys and numbers."""
_BOXED = "\u2776-\u2793\u24eb-\u24ff\U0001f150-\U0001f169\U0001f170-\U0001f189\U0001f1e6-\U0001f1ff"
"""The same in white on black and regional indicators, for which Unicode has no compatibility form."""
_COMPAT = re.compile(f"[{_COMPATIBLE}{_BOXED}]+")
_MARK = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0\ufe20-\ufe2f"
_MARKS = re.compile(f"(?<=[ -~])(?:\ufe0f?[{_MARK}])+")
_SPACES = "\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_DASHES = "\u058a\u2010-\u2015\u2043\u207b\u208b\u2212\u2796\u2e3a\u30fc\ufe58\ufe63\uff0d"
_DOTS = "\u00b7\u2022\u2024\u2027\u2219\u22c5\u3002\u30fb\uff0e\uff61"
_SEPARATOR = re.compile(f"(?<=[0-9])[{_SPACES}{_DASHES}{_DOTS}](?=[0-9])")
_LATIN = {
    # Cyrillic
    "а": "a", "в": "b", "с": "c", "ԁ": "d", "е": "e", "ё": "e", "һ": "h", "і": "i", "ї": "i", "ј": "j", "к": "k",
    "ӏ": "l", "м": "m", "о": "o", "р": "p", "ԛ": "q", "г": "r", "ѕ": "s", "т": "t", "у": "y", "ѵ": "v", "ԝ": "w",
    "х": "x", "ү": "y", "з": "3", "п": "n", "и": "u", "А": "A", "В": "B", "С": "C", "Е": "E", "Ԍ": "G", "Н": "H",
    "І": "I", "Ӏ": "I", "Ј": "J", "К": "K", "М": "M", "О": "O", "Р": "P", "Ѕ": "S", "Т": "T", "Ѵ": "V", "Ԝ": "W",
    "Х": "X", "У": "Y", "Ү": "Y", "З": "3", "б": "6",
    # Greek
    "α": "a", "β": "b", "ϲ": "c", "ε": "e", "η": "n", "ι": "i", "κ": "k", "ν": "v", "ο": "o", "ρ": "p", "ς": "s",
    "τ": "t", "υ": "u", "χ": "x", "γ": "y", "ω": "w", "ϳ": "j", "Α": "A", "Β": "B", "Ϲ": "C", "Ε": "E", "Ζ": "Z",
    "Η": "H", "Ι": "I", "Κ": "K", "Μ": "M", "Ν": "N", "Ο": "O", "Ρ": "P", "Τ": "T", "Υ": "Y", "Χ": "X", "Ϳ": "J",
    # Armenian
    "ա": "w", "գ": "q", "զ": "q", "հ": "h", "ո": "n", "ռ": "n", "ս": "u", "օ": "o", "ց": "g", "ք": "p", "յ": "j",
    "լ": "l", "Լ": "L", "Օ": "O", "Ս": "U", "Տ": "S",
    # Cherokee
    "Ꭰ": "D", "Ꭱ": "R", "Ꭲ": "T", "Ꭺ": "A", "Ꭻ": "J", "Ꭼ": "E", "Ꮃ": "W", "Ꮇ": "M", "Ꮋ": "H", "Ꮍ": "Y", "Ꮐ": "G",
    "Ꮓ": "Z", "Ꮞ": "4", "Ꮢ": "R", "Ꮥ": "S", "Ꮩ": "V", "Ꮪ": "S", "Ꮮ": "L", "Ꮯ": "C", "Ꮲ": "P", "Ꮶ": "K", "Ꮾ": "6",
    "Ᏼ": "B",
    # Latin letters of other shapes; not those that an orthography uses, like the Turkish dotless i
    "ɑ": "a", "ɡ": "g", "ɪ": "i", "ʀ": "r", "ɢ": "g", "ʟ": "l", "ɴ": "n", "ʏ": "y",
    "ʙ": "b", "ʜ": "h", "ᴀ": "a", "ᴄ": "c", "ᴅ": "d", "ᴇ": "e", "ᴊ": "j", "ᴋ": "k", "ᴍ": "m", "ᴏ": "o", "ᴘ": "p",
    "ᴛ": "t", "ᴜ": "u", "ᴠ": "v", "ᴡ": "w", "ᴢ": "z", "ꜱ": "s", "ꜰ": "f", "ⅼ": "l", "ǀ": "l", 
    "Ꞵ": "B", "ℓ": "l", "℮": "e",
}  # fmt: skip
"""Letters that pass for ASCII ones; written down by looking at them, as any reader does."""
_LOOK = "".join(_LATIN)
_FOLD = str.maketrans(_LATIN)
_WORD = re.compile(r"\w+")
_ASCII_LETTER = re.compile("[A-Za-z]")
_DIGITS = re.compile(r"\d+")


def _compatible_form(character: str) -> str:
    point = ord(character)
    for first, last, base in (
        (0x2776, 0x277E, "1"), (0x2780, 0x2788, "1"), (0x278A, 0x2792, "1"), (0x24F5, 0x24FD, "1"),
        (0x1F150, 0x1F169, "A"), (0x1F170, 0x1F189, "A"), (0x1F1E6, 0x1F1FF, "A"),
    ):  # fmt: skip
        if first <= point <= last:
            return chr(ord(base) + point - first)
    return "0" if character == "\u24ff" else normalize("NFKC", character)


def _compatible(text: str) -> Iterator[Edit]:
    """Replace by the compatibility form (Unicode Annex 15, NFKC)."""
    for match in _COMPAT.finditer(text):
        forms = [_compatible_form(character) for character in match[0]]
        plain = "".join(forms)
        if len(plain) == len(forms):
            yield Edit(*match.span(), plain, EACH)
        else:
            for i, form in enumerate(forms, match.start()):
                yield Edit(i, i + 1, form)


def _marks(text: str) -> Iterator[Edit]:
    for match in _MARKS.finditer(text):
        yield Edit(match.start(), match.end(), "")


def _separators(text: str) -> Iterator[Edit]:
    for match in _SEPARATOR.finditer(text):
        character = match[0]
        plain = (
            "-" if re.match(f"[{_DASHES}]", character) else "." if re.match(f"[{_DOTS}]", character) else " "
        )
        yield Edit(match.start(), match.end(), plain)


def _digits(text: str) -> Iterator[Edit]:
    """Replace decimal digits of other scripts (Unicode Nd) by ASCII ones."""
    for match in _DIGITS.finditer(text):
        if not match[0].isascii():
            yield Edit(*match.span(), "".join(str(decimal(digit)) for digit in match[0]), EACH)


def _homoglyphs(text: str) -> Iterator[Edit]:
    """Fold look-alikes in words that mix them with ASCII letters; words of one script are left alone."""
    for word in _WORD.finditer(text):
        if not word[0].isascii() and _ASCII_LETTER.search(word[0]):
            folded = word[0].translate(_FOLD)
            if folded != word[0]:
                yield Edit(*word.span(), folded, EACH)


_C = f"[{_COMPATIBLE}{_BOXED}]"
_D = r"[^\P{Nd}0-9\x{ff10}-\x{ff19}\x{1d7ce}-\x{1d7ff}]"
_S = f"[{_SPACES}{_DASHES}{_DOTS}]"

FAMILIES = (
    Family(
        "compatibility", f"{_C}{_C}|[0-9A-Za-z@._-]{_C}[0-9A-Za-z@._-]", in_place(_compatible), unicode=True
    ),
    Family(
        "marks",
        f"[!-~][{_MARK}]{{2}}|[!-~][\u0334-\u0338]|[0-9@._-][\u0300-\u036f]|[0-9]\ufe0f?\u20e3[ .-]?[0-9]\ufe0f?\u20e3",
        in_place(_marks),
        unicode=True,
    ),
    Family(
        "digits", rf"(?:{_D}[ ./-]?){{8}}|[0-9][ ./-]?{_D}|{_D}[ ./-]?[0-9]", in_place(_digits), unicode=True
    ),
    Family(
        "separators",
        rf"[0-9]{{2}}(?:{_S}[0-9]{{2,6}}(?:{_S}|[ .-])|[ .-][0-9]{{2,6}}{_S})[0-9]{{2}}",
        in_place(_separators),
        unicode=True,
    ),
    Family("homoglyphs", f"[A-Za-z0-9][{_LOOK}]|[{_LOOK}][A-Za-z0-9]", in_place(_homoglyphs), unicode=True),
)
