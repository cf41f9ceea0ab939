"""Ways to write a text so that a keyword search does not see it; for attacks and for harmless texts alike."""

import base64
import codecs
import random
from collections.abc import Callable, Mapping
from urllib.parse import quote

Filter = Callable[[str, random.Random], str]

_LEET = str.maketrans("aeiostAEIOST", "431057431057")
_LOOKALIKES = str.maketrans("aceopxyisABCEHKMOPTX", "асеорхуіѕАВСЕНКМОРТХ")  # Cyrillic
_INVISIBLE = ("\u200b", "\u200c", "\u2060", "\u00ad")
_FULL_WIDTH = 0xFEE0
"""Distance from ASCII to the full-width forms."""
_MORSE = dict(
    entry.split("=")
    for entry in (
        *(
            "a=.-",
            "b=-...",
            "c=-.-.",
            "d=-..",
            "e=.",
            "f=..-.",
            "g=--.",
            "h=....",
            "i=..",
            "j=.---",
            "k=-.-",
            "l=.-..",
        ),
        *(
            "m=--",
            "n=-.",
            "o=---",
            "p=.--.",
            "q=--.-",
            "r=.-.",
            "s=...",
            "t=-",
            "u=..-",
            "v=...-",
            "w=.--",
            "x=-..-",
        ),
        *(
            "y=-.--",
            "z=--..",
            "0=-----",
            "1=.----",
            "2=..---",
            "3=...--",
            "4=....-",
            "5=.....",
            "6=-....",
            "7=--...",
        ),
        *("8=---..", "9=----."),
    )
)
"""ITU-R M.1677-1."""


def _base64(text: str, _rng: random.Random) -> str:
    return base64.b64encode(text.encode()).decode()


def _rot13(text: str, _rng: random.Random) -> str:
    return codecs.encode(text, "rot13")


def _hex(text: str, rng: random.Random) -> str:
    return text.encode().hex(rng.choice((" ", "-", ":")))


def _morse(text: str, _rng: random.Random) -> str:
    words = (" ".join(_MORSE[letter] for letter in word if letter in _MORSE) for word in text.lower().split())
    return " / ".join(word for word in words if word)


def _reversed(text: str, _rng: random.Random) -> str:
    return text[::-1]


def _reversed_words(text: str, _rng: random.Random) -> str:
    return " ".join(reversed(text.split()))


def _binary(text: str, _rng: random.Random) -> str:
    return " ".join(f"{byte:08b}" for byte in text.encode()[:40])


def _percent(text: str, _rng: random.Random) -> str:
    return quote(text)


def _pieces(text: str, rng: random.Random) -> str:
    words = text.split()
    cut = rng.randint(1, max(1, len(words) - 1))
    first, second = " ".join(words[:cut]), " ".join(words[cut:])
    names = rng.choice((("a", "b"), ("x", "y"), ("part1", "part2"), ("s1", "s2"), ("A", "B")))
    glue = rng.choice(("; ", "\n", ", "))
    return f'{names[0]} = "{first} "{glue}{names[1]} = "{second}"{glue}{names[0]} + {names[1]}'


def leet(text: str, rng: random.Random) -> str:
    """Write digits for letters."""
    return "".join(letter.translate(_LEET) if rng.random() < 0.75 else letter for letter in text)


def lookalikes(text: str, rng: random.Random) -> str:
    """Take Cyrillic letters for the Latin ones that look the same."""
    return "".join(letter.translate(_LOOKALIKES) if rng.random() < 0.5 else letter for letter in text)


def invisible(text: str, rng: random.Random) -> str:
    """Put characters of no width inside the words."""
    return "".join(letter + rng.choice(_INVISIBLE) if rng.random() < 0.25 else letter for letter in text)


def spaced(text: str, rng: random.Random) -> str:
    """Put a space, dot or hyphen between the letters."""
    gap = rng.choice((" ", " ", ".", "-", "_"))
    return "  ".join(gap.join(word) for word in text.split())


def dotted(text: str, rng: random.Random) -> str:
    """Put a stray mark inside some words."""
    marks = ".-_*|~'"
    words = text.split(" ")
    for index, word in enumerate(words):
        if len(word) > 3 and rng.random() < 0.6:
            cut = rng.randint(1, len(word) - 1)
            words[index] = word[:cut] + rng.choice(marks) + word[cut:]
    return " ".join(words)


def wide(text: str, _rng: random.Random) -> str:
    """Take the full-width forms of ASCII."""
    return "".join(chr(ord(letter) + _FULL_WIDTH) if "!" <= letter <= "~" else letter for letter in text)


def alternating(text: str, _rng: random.Random) -> str:
    """Mix small and large letters: tHiS wAy."""
    return "".join(letter.upper() if index % 2 else letter.lower() for index, letter in enumerate(text))


FILTERS: Mapping[str, Filter] = {
    "base64": _base64,
    "rot13": _rot13,
    "hex": _hex,
    "morse": _morse,
    "binary": _binary,
    "percent": _percent,
    "reversed": _reversed,
    "rwords": _reversed_words,
    "pieces": _pieces,
    "leet": leet,
    "spaced": spaced,
}
"""What a bank may write before a slot: ``{base64:goal}``."""

DISGUISES: tuple[Filter, ...] = (
    leet,
    lookalikes,
    lookalikes,
    invisible,
    invisible,
    spaced,
    dotted,
    dotted,
    wide,
    alternating,
)
"""What is done to a whole text, which stays readable to a model."""
