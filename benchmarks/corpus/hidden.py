"""Values written so that a person or a model reads them and a simple pattern does not."""

import base64
import codecs
from collections.abc import Callable
from random import Random
from urllib.parse import quote

from benchmarks.corpus import personal, secrets
from benchmarks.prompts import Prompt

Hide = Callable[[Random, str], str]
_SPELLED = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
_LIKE = str.maketrans("aceopxyABCEHKMOPTX", "асеорхуАВСЕНКМОРТХ")
_LEET = str.maketrans("aeiost", "431057")


def _sprinkle(draw: Random, text: str, mark: str) -> str:
    return "".join(c + (mark if draw.random() < 0.4 else "") for c in text[:-1]) + text[-1]


def _wide(_: Random, text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def _entities(draw: Random, text: str) -> str:
    return "".join(f"&#x{ord(c):x};" if draw.random() < 0.5 else f"&#{ord(c)};" for c in text)


def _percent(_: Random, text: str) -> str:
    return "".join(f"%{ord(c):02X}" for c in text)


HIDERS: dict[str, Hide] = {
    "zero-width": lambda d, t: _sprinkle(d, t, d.choice("\u200b\u200c\u200d\u2060\ufeff")),
    "soft-hyphen": lambda d, t: _sprinkle(d, t, "\u00ad"),
    "bidi": lambda _, t: "\u202d" + t + "\u202c",
    "variation": lambda d, t: _sprinkle(d, t, "\ufe0f"),
    "full-width": _wide,
    "mathematical": lambda _, t: "".join(
        chr(0x1D7CE + int(c))
        if c in "0123456789"
        else chr(0x1D5BA + ord(c) - 97)
        if c.islower() and c.isascii()
        else c
        for c in t
    ),
    "arabic-digits": lambda _, t: "".join(chr(0x0660 + int(c)) if c in "0123456789" else c for c in t),
    "homoglyph": lambda _, t: t.translate(_LIKE),
    "base64": lambda _, t: base64.b64encode(f"value: {t} ok".encode()).decode(),
    "base64-bare": lambda _, t: base64.b64encode(t.encode()).decode(),
    "base32": lambda _, t: base64.b32encode(f"value: {t}".encode()).decode(),
    "hex": lambda _, t: t.encode().hex(),
    "hex-spaced": lambda _, t: t.encode().hex(" "),
    "escapes": lambda _, t: "".join(f"\\u{ord(c):04x}" for c in t),
    "url": _percent,
    "url-twice": lambda d, t: quote(_percent(d, t), safe=""),
    "html": _entities,
    "quoted-printable": lambda _, t: "".join(f"={ord(c):02X}" for c in t),
    "rot13": lambda _, t: codecs.encode(t, "rot13"),
    "reversed": lambda _, t: t[::-1],
    "spaced": lambda _, t: " ".join(t),
    "dotted": lambda _, t: "".join(".".join(t.replace("-", "").replace(" ", ""))),
    "mixed-separators": lambda d, t: "".join(
        c + (d.choice("-. ") if i % 4 == 3 and i < 15 else "")
        for i, c in enumerate(t.replace("-", "").replace(" ", ""))
    ),
    "spelled-digits": lambda _, t: " ".join(_SPELLED[int(c)] for c in t if c in "0123456789"),
    "at-dot": lambda d, t: t.replace("@", d.choice((" at ", " [at] ", "(at)", " AT "))).replace(
        ".", d.choice((" dot ", " [dot] ", " DOT "))
    ),
    "leet": lambda _, t: t.translate(_LEET),
    "tags": lambda _, t: "".join(chr(0xE0000 + ord(c)) for c in t),
    "base64-nested": lambda _, t: base64.b64encode(base64.b64encode(f"value: {t} ok".encode())).decode(),
}
"""What each way of hiding does to a value."""

_VALUES: dict[str, tuple[Callable[[Random], str], str]] = {
    "EMAIL": (lambda d: personal.email(d).replace("'", ""), "my mail is {}"),
    "CREDIT_CARD": (lambda d: personal.card(d), "charge card {}"),
    "US_SSN": (
        lambda d: f"{d.randint(100, 650)}-{d.randint(11, 98)}-{d.randint(1100, 9800)}",
        "my SSN is {}",
    ),
    "IBAN": (personal.bank_account, "IBAN {}"),
    "PHONE": (lambda d: personal.fill(d, "+49 151 2#######"), "call me at {}"),
    "SECRET:aws": (secrets.draw_aws, "the key is {}"),
    "SECRET:github": (secrets.DISTINCT["github_pat"], "the token is {}"),
    "SECRET:stripe": (secrets.DISTINCT["stripe_live"], "use {}"),
}
_FITS: dict[str, tuple[str, ...]] = {
    "mixed-separators": ("CREDIT_CARD",),
    "dotted": ("CREDIT_CARD",),
    "spelled-digits": ("CREDIT_CARD", "US_SSN"),
    "at-dot": ("EMAIL",),
    "leet": ("EMAIL",),
    "arabic-digits": ("CREDIT_CARD", "US_SSN"),
    "homoglyph": ("EMAIL", "SECRET:aws"),
    "spaced": ("CREDIT_CARD", "US_SSN", "IBAN", "SECRET:github", "SECRET:aws"),
    "rot13": ("EMAIL", "SECRET:github", "SECRET:stripe", "SECRET:aws"),
    "reversed": ("EMAIL", "SECRET:github", "SECRET:stripe", "SECRET:aws"),
}
"""The values for which a way of hiding makes sense; all, where none are named."""


def document(draw: Random) -> Prompt:
    """Make up a text with one hidden value; its span is all that writes the value."""
    way = draw.choice(tuple(HIDERS))
    kind = draw.choice(_FITS.get(way) or tuple(_VALUES))
    make, form = _VALUES[kind]
    value = HIDERS[way](draw, make(draw))
    before, _, after = f"Hello. {form}, please keep it.".partition("{}")
    start = len(before)
    return Prompt(f"{before}{value}{after}", ((start, start + len(value), f"{kind.split(':')[0]}:{way}"),))
