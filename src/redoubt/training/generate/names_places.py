"""Places, organisations and postal addresses."""

import random
from functools import cache

from redoubt.training.generate.names_bank import bank, words
from redoubt.training.generate.names_people import person

_COUNTRIES = {
    "en": ("us", "us", "us", "uk", "uk", "uk", "au", "ca", "ie", "in", "jp"),
    "de": ("de", "de", "de", "de", "at", "ch"),
    "fr": ("fr", "fr", "fr", "be", "ch", "ca"),
    "es": ("es",),
    "it": ("it", "it", "it", "ch"),
    "nl": ("nl", "nl", "nl", "be"),
    "pt": ("pt", "br"),
    "pl": ("pl",),
    "sv": ("se",),
}
_NAMED_STREETS = ("us", "uk", "au", "ca", "ie", "fr", "es", "it", "pt", "br")


@cache
def _list(name: str, key: str) -> tuple[str, ...]:
    return words(bank(name)[key])


def city(rng: random.Random) -> str:
    """Draw a city; one in six is composed, so no list knows it."""
    if rng.random() < 0.16:
        return rng.choice(_list("places", "heads")) + rng.choice(_list("places", "tails"))
    return rng.choice(_list("places", "cities"))


def country(rng: random.Random, lang: str) -> str:
    """Draw a country, in the language of the text where we have it."""
    return place(rng, lang, ("countries",))


def place(rng: random.Random, lang: str, lists: tuple[str, ...] = ()) -> str:
    """Draw any place."""
    own = bank("places")["translated"].get(lang)
    if own and rng.random() < 0.5:
        return rng.choice(words(own))
    kind = rng.choice(lists or ("cities", "cities", "cities", "countries", "regions", "nature", "landmarks"))
    name = city(rng) if kind == "cities" else rng.choice(_list("places", kind))
    return name.removeprefix("the ")


def organisation(rng: random.Random, lang: str, sort: str | None = None) -> str:
    """Make up a company, agency, school, hospital, team; ``sort`` is a key of ``shapes`` in the bank."""
    dice = rng.random()
    if sort is None and dice < 0.35:
        return rng.choice(_list("organisations", "known"))
    if sort in (None, "firm") and dice < 0.62:
        return _company(rng)
    shapes = bank("organisations")["shapes"]
    shape: str = rng.choice(shapes[sort or rng.choice(list(shapes))])
    return shape.format(
        city=city(rng),
        family=person(rng, lang).family,
        family2=person(rng, lang).family,
        saint=rng.choice(_list("organisations", "saints")),
        field=rng.choice(_list("organisations", "fields")),
        stem=rng.choice(_list("organisations", "stems")),
        trade=rng.choice(_list("organisations", "trades")).lower(),
    )


def _company(rng: random.Random) -> str:
    parts = [rng.choice(_list("organisations", "stems"))]
    if rng.random() < 0.75:
        parts.append(rng.choice(_list("organisations", "trades")))
    if rng.random() < 0.6:
        parts.append(rng.choice(_list("organisations", "forms")))
    return " ".join(parts)


def digits(rng: random.Random, pattern: str) -> str:
    """Fill the pattern: ``#`` is a digit from 1, ``0`` any digit, ``@`` a capital letter."""
    choices = {"#": "123456789", "0": "0123456789", "@": "ABCDEFGHJKLMNPRSTVWXY"}
    return "".join(rng.choice(choices[char]) if char in choices else char for char in pattern)


def address(rng: random.Random, lang: str, *, lines: bool | None = None) -> str:
    """Make up a postal address. ``lines``: over several lines, on one, or either (None)."""
    table = bank("addresses")[_address_country(rng, lang)]
    formats = [text for text in table["formats"] if lines is not True or "\n" in text]
    town, region, postcode = rng.choice(words(table["towns"])).split("|")
    if rng.random() < 0.2:
        town = rng.choice(_list("places", "heads")) + rng.choice(_list("places", "tails"))
    text = rng.choice(formats).format(
        l=_line(rng, lang, table),
        t=town,
        r=region or town,
        p=digits(rng, postcode),
        c=rng.choice(words(table["country"])),
    )
    return text.replace("\n", ", ") if lines is False else str(text)


def street(rng: random.Random, lang: str) -> str:
    """Make up street and house number alone."""
    return _line(rng, lang, bank("addresses")[_address_country(rng, lang)])


def postcode(rng: random.Random, lang: str) -> str:
    """Make up a postcode alone."""
    table = bank("addresses")[_address_country(rng, lang)]
    return digits(rng, rng.choice(words(table["towns"])).split("|")[2])


def _address_country(rng: random.Random, lang: str) -> str:
    if rng.random() < 0.14 or lang not in _COUNTRIES:
        return rng.choice(list(bank("addresses")))
    return rng.choice(_COUNTRIES[lang])


def _line(rng: random.Random, lang: str, table: dict[str, object]) -> str:
    own = rng.choice(words(str(table["streets"])))
    if any(table is bank("addresses")[name] for name in _NAMED_STREETS) and rng.random() < 0.25:
        who = person(rng, lang)
        own = who.family if rng.random() < 0.5 else who.full()
    lines = table["lines"]
    if not isinstance(lines, list):
        raise TypeError("names_addresses.toml: 'lines' must be a list of patterns")
    return str(rng.choice(lines)).format(
        k=rng.choice(words(str(table["kinds"]))).format(s=own),
        n=digits(rng, rng.choice(words(str(table["numbers"])))),
        u=digits(rng, rng.choice(words(str(table["units"])))),
    )
