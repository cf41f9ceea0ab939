"""What looks like a name or stands beside one and is none: dates, numbers, products, roles."""

import random
import unicodedata

from redoubt.training.generate.names_bank import bank, words
from redoubt.training.generate.names_people import Person
from redoubt.training.generate.names_places import digits

_MONTHS = {
    "en": words(
        "January, February, March, April, May, June, July, August, September, October, November, December"
    ),
    "de": words(
        "Januar, Februar, März, April, Mai, Juni, Juli, August, September, Oktober, November, Dezember"
    ),
    "fr": words(
        "janvier, février, mars, avril, mai, juin, juillet, août, septembre, octobre, novembre, décembre"
    ),
    "es": words(
        "enero, febrero, marzo, abril, mayo, junio, julio, agosto, septiembre, octubre, noviembre, diciembre"
    ),
    "it": words(
        "gennaio, febbraio, marzo, aprile, maggio, giugno, luglio, agosto, settembre, ottobre, novembre, dicembre"
    ),
    "nl": words(
        "januari, februari, maart, april, mei, juni, juli, augustus, september, oktober, november, december"
    ),
    "pt": words(
        "janeiro, fevereiro, março, abril, maio, junho, julho, agosto, setembro, outubro, novembro, dezembro"
    ),
    "pl": words(
        "stycznia, lutego, marca, kwietnia, maja, czerwca, lipca, sierpnia, września, października, listopada, grudnia"
    ),
}
_DATES = {
    "en": words(
        "{d} {m} {y}, {d} {b} {y}, {o} {m} {y}, {o} of {m} {y}, {D}/{M}/{y}, {y}-{M}-{D}, {M}/{D}/{y}, {d}/{n}/{yy}"
    ),
    "de": words("{d}. {m} {y}, {D}.{M}.{y}, {d}.{n}.{y}, {D}.{M}.{yy}, {y}-{M}-{D}"),
    "fr": words("{d} {m} {y}, {D}/{M}/{y}, {D}.{M}.{y}, {D}/{M}/{yy}"),
    "es": words("{d} de {m} de {y}, {D}/{M}/{y}, {D}-{M}-{y}"),
    "it": words("{d} {m} {y}, {D}/{M}/{y}, {D}.{M}.{y}"),
    "nl": words("{d} {m} {y}, {D}-{M}-{y}, {d}-{n}-{y}"),
    "pt": words("{d} de {m} de {y}, {D}/{M}/{y}, {D}-{M}-{y}"),
    "pl": words("{d} {m} {y}, {D}.{M}.{y}, {d} {m} {y} r"),
}
_NUMERIC = words("{D}.{M}.{y}, {y}-{M}-{D}, {D}/{M}/{y}")
_UNITS = words("one, two, three, four, five, six, seven, eight, nine")
_TEENS = words("ten, eleven, twelve, thirteen, fourteen, fifteen, sixteen, seventeen, eighteen, nineteen")
_TENS = words("twenty, thirty, forty, fifty, sixty, seventy, eighty, ninety")
_SPOKEN_DAYS = words(
    "first, second, third, fourth, fifth, seventh, ninth, twelfth, fifteenth, eighteenth, twentieth, twenty second"
)
_ORDINALS = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd"}
_PHONES = words(
    "+1 (###) ###-0000, ###-###-0000, 0## 000 0000, +44 7### 000000, +49 1## 0000000, 0## / 000000, +33 6 00 00 00 00, "
    "+34 6## 000 000, +39 3## 000 0000, 06-00000000, +351 9## 000 000, +48 6## 000 000, +91 9#000 00000, (0#) 0000 0000"
)
_IDENTIFIERS = words(
    "INV-20##-0000, ##-000-000, CLM-000000, #000000, TCK-00000, PO 0000000, @@000000, @@-0000-@, 000-00-0000, SR#0000000, "
    "MRN 0000000, REF/####/00, #0000-000, JIRA-####, ORD-@@@-0000"
)
_DOMAINS = words(
    "example.com, gmail.com, mail.example.org, web.de, outlook.com, acme.io, firma.example, posta.example, uni.example.edu"
)
_HANDLE_WORDS = words(
    "night, owl, dragon, pixel, coffee, moon, shadow, storm, cyber, happy, lucky, tiger, star, blue, ninja, gamer, book, worm, "
    "cat, dog, mama, chef, runner, surf, rebel, ghost, turbo, sunny, wolf, data, dev, art, lover, queen, king, the_real"
)


def plain_ascii(text: str) -> str:
    """Take the accents off."""
    folded = (
        text.replace("ß", "ss")
        .replace("ø", "o")
        .replace("ł", "l")
        .replace("Ł", "L")
        .replace("đ", "d")
        .replace("Ø", "O")
    )
    return "".join(char for char in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(char))


def date(rng: random.Random, lang: str, first: int, last: int) -> str:
    """Draw a day between the years, as the language writes it."""
    day, month, year = rng.randint(1, 28), rng.randint(1, 12), rng.randint(first, last)
    names = _MONTHS.get(lang, ())
    pattern = rng.choice(_DATES.get(lang, _NUMERIC))
    name = names[month - 1] if names else ""
    values = {
        "d": str(day), "D": f"{day:02}", "o": f"{day}{_ORDINALS.get(day, 'th')}", "n": str(month), "M": f"{month:02}",
        "m": name, "b": name[:3], "y": str(year), "yy": f"{year % 100:02}",
    }  # fmt: skip
    if lang == "en" and rng.random() < 0.25:
        return f"{name} {day}, {year}"
    return str(pattern.format_map(values))


def spoken_date(rng: random.Random) -> str:
    """Draw a day of the last century, as an English speaker says it."""
    day, month = rng.choice(_SPOKEN_DAYS), rng.choice(_MONTHS["en"])
    year = rng.choice(
        (rng.choice(_TEENS), f"{rng.choice(_TENS)} {rng.choice(_UNITS)}", f"{rng.choice(_TENS)}")
    )
    return rng.choice((f"{day} of {month}", f"the {day} of {month}", f"{month} {day}")) + f" nineteen {year}"


def user(rng: random.Random, who: Person) -> str:
    """Make up a login name: of the person's name, or of words."""
    given, family = (
        "".join(char for char in plain_ascii(name).lower() if char.isalnum())
        for name in (who.given, who.family)
    )
    number = rng.choice(("", str(rng.randint(1, 99)), str(rng.randint(1960, 2012)), digits(rng, "000")))
    one, two = rng.choice(_HANDLE_WORDS), rng.choice(_HANDLE_WORDS)
    shapes = (
        f"{given}.{family}", f"{given[0]}{family}{number}", f"{given}_{family}", f"{family}{given[0]}{number or 7}",
        f"{given}{number or 42}",
        f"{one}{two}{number}", f"{one}_{two}{number}", f"x{one.capitalize()}{two.capitalize()}x", f"{given}-{one}", f"{given[0]}.{family}",
    )  # fmt: skip
    weights = (3, 4, 2, 2, 2, 2, 2, 1, 1, 2) if (given + family).isascii() else (0, 0, 0, 0, 0, 2, 2, 1, 0, 0)
    return rng.choices(shapes, weights)[0]


def handle(rng: random.Random, who: Person) -> str:
    """Make up a name on a social network."""
    return "@" + user(rng, who).replace(".", "_").replace("-", "_")


def email(rng: random.Random, who: Person) -> str:
    """Make up a mail address: no span, a rule finds it."""
    return f"{user(rng, who)}@{rng.choice(_DOMAINS)}"


def phone(rng: random.Random) -> str:
    """Make up a telephone number."""
    return digits(rng, rng.choice(_PHONES))


def identifier(rng: random.Random) -> str:
    """Make up an invoice, ticket, claim, record number."""
    return digits(rng, rng.choice(_IDENTIFIERS))


def word(rng: random.Random, key: str, lang: str) -> str:
    """Draw a word of the list ``key`` of ``names_words.toml``, in the language where there is one."""
    table = bank("words")
    own = table.get(lang, {}).get(key)
    return rng.choice(words(own or table["any"].get(key) or table["en"][key]))
