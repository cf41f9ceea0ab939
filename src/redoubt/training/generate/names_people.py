"""People: who they are, and the forms in which their names are written."""

import random
from dataclasses import dataclass
from functools import cache

from redoubt.training.generate.names_bank import bank, words

_HOME = {
    "en": ("english", "english", "english", "irish_scottish"),
    "de": ("german",),
    "fr": ("french",),
    "es": ("spanish",),
    "it": ("italian",),
    "nl": ("dutch",),
    "pt": ("portuguese",),
    "pl": ("polish",),
    "sv": ("nordic",),
    "da": ("nordic",),
    "no": ("nordic",),
    "fi": ("nordic",),
    "cs": ("slavic_south_east",),
    "hu": ("romanian_hungarian_greek_baltic",),
    "ro": ("romanian_hungarian_greek_baltic",),
    "tr": ("turkish_persian_caucasus",),
    "id": ("southeast_asia_pacific",),
    "ru": ("cyrillic",),
    "uk": ("cyrillic",),
    "zh": ("han",),
    "ja": ("kanji",),
    "ar": ("arabic_script",),
    "hi": ("devanagari",),
}
_NATIVE = ("cyrillic", "han", "kanji", "arabic_script", "devanagari")
_CLOSE_UP = ("han", "kanji")
_SYLLABLES = words(
    "ba, ke, li, mo, ru, sha, ten, vi, zor, quen, dal, ith, or, ess, an, ya, gri, pol, ma, ne, fer, ul"
)
_FORMS = (
    ("full", 52),
    ("given", 12),
    ("middle_initial", 7),
    ("initial", 7),
    ("two_given", 6),
    ("last_first", 4),
    ("double", 4),
    ("initials", 3),
    ("numbered", 1),
)


@dataclass(frozen=True, slots=True)
class Culture:
    """Names that go together."""

    given: tuple[str, ...]
    family: tuple[str, ...]
    particled: tuple[str, ...]
    """Family names with a particle."""
    particles: tuple[str, ...]
    heads: tuple[str, ...]
    tails: tuple[str, ...]
    family_first: bool
    close_up: bool
    """Whether family and given name are written without a blank."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who does not exist."""

    given: str
    second: str
    family: str
    other: str
    """The second half of a double name."""
    family_first: bool
    close_up: bool

    def full(self) -> str:
        """Write given and family name in the order of their culture."""
        gap = "" if self.close_up else " "
        parts = (self.family, self.given) if self.family_first else (self.given, self.family)
        return gap.join(parts)

    def written(self, form: str) -> str:
        """Write the name in one of the forms of `_FORMS`."""
        if self.close_up:
            return self.full()
        first = self.given[0]
        match form:
            case "given":
                return self.given
            case "middle_initial":
                return f"{self.given} {self.second[0]}. {self.family}"
            case "initial":
                return f"{first}. {self.family}"
            case "initials":
                return f"{first}.{self.second[0]}. {self.family}"
            case "two_given":
                return f"{self.given} {self.second} {self.family}"
            case "last_first":
                return f"{self.family}, {self.given}"
            case "double":
                return f"{self.given} {self.family}-{self.other}"
            case "numbered":
                return f"{self.given} {self.family} III"
        return self.full()


@cache
def cultures() -> dict[str, Culture]:
    """Read every culture of the bank but the placeholders."""
    return {
        name: Culture(
            words(raw["given"]),
            words(raw["family"]),
            words(raw.get("particled", "")),
            words(raw.get("particles", "")),
            words(raw.get("heads", "")),
            words(raw.get("tails", "")),
            raw.get("order") == "family",
            name in _CLOSE_UP,
        )
        for name, raw in bank("people").items()
        if name != "placeholders"
    }


def person(rng: random.Random, lang: str) -> Person:
    """Make up somebody: mostly of the language's own culture, often of any other."""
    culture = cultures()[_culture(rng, lang)]
    family_first = culture.family_first and (culture.close_up or rng.random() < 0.7)
    given, second = rng.choice(culture.given), rng.choice(culture.given)
    if rng.random() < 0.03 and not culture.close_up:
        given = _invented(rng)
    return Person(
        given, second, _family(rng, culture), rng.choice(culture.family), family_first, culture.close_up
    )


def any_form(rng: random.Random, who: Person) -> str:
    """Write the person's name in some form, now and then misspelt, shouted or in lower case."""
    if rng.random() < 0.012:
        return rng.choice(words(bank("people")["placeholders"]["whole"]))
    forms, weights = zip(*_FORMS, strict=True)
    name = who.written(rng.choices(forms, weights)[0])
    dice = rng.random()
    if dice < 0.04:
        return name.lower()
    if dice < 0.07:
        return name.upper()
    if dice < 0.10:
        return _misspelt(rng, name)
    return name


def _culture(rng: random.Random, lang: str) -> str:
    home = _HOME.get(lang, ("english",))
    if rng.random() < 0.55:
        return rng.choice(home)
    if rng.random() < 0.04:
        return rng.choice(_NATIVE)
    return rng.choice([name for name in cultures() if name not in _NATIVE])


def _family(rng: random.Random, culture: Culture) -> str:
    dice = rng.random()
    if culture.particled and dice < 0.3:
        return rng.choice(culture.particled)
    if culture.heads and dice > 0.75:
        return rng.choice(culture.heads) + rng.choice(culture.tails)
    family = rng.choice(culture.family)
    if culture.particles and dice < 0.12:
        particle = rng.choice(culture.particles)
        return particle + family if particle.endswith("'") else f"{particle} {family}"
    if dice > 0.72 and dice < 0.75 and not culture.close_up:
        return _invented(rng)
    return family


def _invented(rng: random.Random) -> str:
    """Make up a name that no list knows, so that what stands around it has to tell."""
    return "".join(rng.choice(_SYLLABLES) for _ in range(rng.randint(2, 3))).capitalize()


def _misspelt(rng: random.Random, name: str) -> str:
    at = rng.randrange(1, max(2, len(name) - 1))
    if len(name) < 4 or not name[at].isalpha():
        return name
    return name[:at] + rng.choice(("", name[at] * 2)) + name[at + 1 :]
