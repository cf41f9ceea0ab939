"""Frames: texts with ``{slots}`` and ``<this|that>`` choices, filled with a cast of people, places, dates."""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from redoubt.training.generate import names_distractors as distractors
from redoubt.training.generate import names_places as places
from redoubt.training.generate.names_people import Person, any_form, person

_SLOT = re.compile(r"\{([a-z_]+)(?:\.([a-z]))?\}")
_CHOICE = re.compile(r"<([^<>|]*(?:\|[^<>|]*)+)>")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text: of the frame, a name (``type`` is set), or a filler."""

    text: str
    type: str | None = None
    filler: bool = False
    """Neither typos nor missing punctuation may touch it."""


@dataclass(slots=True)
class Cast:
    """Who and what one frame speaks of; ``{given.a}`` and ``{email.a}`` belong to the same person."""

    rng: random.Random
    lang: str
    people: dict[str, Person] = field(default_factory=dict)

    def person(self, key: str | None) -> Person:
        """Return the person of that letter; without a letter somebody new."""
        if key is None:
            return person(self.rng, self.lang)
        if key not in self.people:
            self.people[key] = person(self.rng, self.lang)
        return self.people[key]


_NAMES: dict[str, tuple[str, Callable[[Cast, str | None], str]]] = {
    "person": ("PERSON", lambda cast, key: any_form(cast.rng, cast.person(key))),
    "full": ("PERSON", lambda cast, key: cast.person(key).full()),
    "given": ("PERSON", lambda cast, key: cast.person(key).written("given")),
    "family": ("PERSON", lambda cast, key: cast.person(key).family),
    "last_first": ("PERSON", lambda cast, key: cast.person(key).written("last_first")),
    "initial": ("PERSON", lambda cast, key: cast.person(key).written("initial")),
    "place": ("LOCATION", lambda cast, _: places.place(cast.rng, cast.lang)),
    "city": ("LOCATION", lambda cast, _: places.city(cast.rng)),
    "country": ("LOCATION", lambda cast, _: places.country(cast.rng, cast.lang)),
    "org": ("ORGANISATION", lambda cast, _: places.organisation(cast.rng, cast.lang)),
    "firm": ("ORGANISATION", lambda cast, _: places.organisation(cast.rng, cast.lang, "firm")),
    "school": ("ORGANISATION", lambda cast, _: places.organisation(cast.rng, cast.lang, "school")),
    "hospital": ("ORGANISATION", lambda cast, _: places.organisation(cast.rng, cast.lang, "hospital")),
    "agency": ("ORGANISATION", lambda cast, _: places.organisation(cast.rng, cast.lang, "public")),
    "team": ("ORGANISATION", lambda cast, _: places.organisation(cast.rng, cast.lang, "team")),
    "address": ("ADDRESS", lambda cast, _: places.address(cast.rng, cast.lang)),
    "address_one": ("ADDRESS", lambda cast, _: places.address(cast.rng, cast.lang, lines=False)),
    "address_block": ("ADDRESS", lambda cast, _: places.address(cast.rng, cast.lang, lines=True)),
    "street": ("ADDRESS", lambda cast, _: places.street(cast.rng, cast.lang)),
    "postcode": ("ADDRESS", lambda cast, _: places.postcode(cast.rng, cast.lang)),
    "user": ("USERNAME", lambda cast, key: distractors.user(cast.rng, cast.person(key))),
    "handle": ("USERNAME", lambda cast, key: distractors.handle(cast.rng, cast.person(key))),
    "spoken_dob": ("DATE_OF_BIRTH", lambda cast, _: distractors.spoken_date(cast.rng)),
    "dob": ("DATE_OF_BIRTH", lambda cast, _: distractors.date(cast.rng, cast.lang, 1928, 2021)),
}
_FILLERS: dict[str, Callable[[Cast, str | None], str]] = {
    "email": lambda cast, key: distractors.email(cast.rng, cast.person(key)),
    "phone": lambda cast, _: distractors.phone(cast.rng),
    "id": lambda cast, _: distractors.identifier(cast.rng),
    "date": lambda cast, _: distractors.date(cast.rng, cast.lang, 2012, 2027),
    "time": lambda cast, _: f"{cast.rng.randint(0, 23):02}:{cast.rng.randint(0, 59):02}",
    "num": lambda cast, _: str(cast.rng.choice((cast.rng.randint(1, 12), cast.rng.randint(2, 900)))),
    "amount": lambda cast, _: f"{cast.rng.randint(3, 9800)}.{cast.rng.randint(0, 99):02}",
    "card": lambda cast, _: places.digits(cast.rng, "4000 0000 0000 0000"),
    "ip": lambda cast, _: ".".join(str(cast.rng.randint(1, 254)) for _ in range(4)),
    "spoken_date": lambda cast, _: distractors.spoken_date(cast.rng),
    "hex": lambda cast, _: f"{cast.rng.getrandbits(32):08x}",
}
_LISTS = {"people": "person", "places": "place", "orgs": "org"}
_JOINTS = (", ", ", ", ", ", "; ", "\n", "\n- ", " / ", " | ")


def fill(rng: random.Random, frame: str, lang: str) -> list[Piece]:
    """Make the choices of the frame and fill its slots.

    Raises:
        KeyError: when a slot is neither known nor a list of ``names_words.toml``.

    """
    frame = _CHOICE.sub(lambda found: rng.choice(found[1].split("|")), frame)
    cast = Cast(rng, lang)
    pieces: list[Piece] = []
    at = 0
    for slot in _SLOT.finditer(frame):
        pieces.append(Piece(frame[at : slot.start()]))
        pieces.extend(_slot(cast, slot[1], slot[2]))
        at = slot.end()
    pieces.append(Piece(frame[at:]))
    return [piece for piece in pieces if piece.text]


def _slot(cast: Cast, name: str, key: str | None) -> list[Piece]:
    if name in _LISTS:
        return _list(cast, _LISTS[name])
    if name in _NAMES:
        kind, write = _NAMES[name]
        return [Piece(write(cast, key), kind)]
    if name in _FILLERS:
        return [Piece(_FILLERS[name](cast, key), filler=True)]
    return [Piece(distractors.word(cast.rng, name, cast.lang), filler=True)]


def _list(cast: Cast, name: str) -> list[Piece]:
    joint = Piece(cast.rng.choice(_JOINTS), filler=True)
    pieces: list[Piece] = []
    for _ in range(cast.rng.randint(2, 6)):
        pieces.extend([*([joint] if pieces else []), *_slot(cast, name, None)])
    return pieces
