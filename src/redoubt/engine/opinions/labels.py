"""Which of a classifier's labels count, and for what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from redoubt.domain.finding import under

OF_PASSAGES = ("attack", "harm")
"""What a second opinion may say of a passage: links, code and promises are told by rules, which know where they begin and end."""
_OPENING = frozenset("BSU")
"""``B-``: begins (BIO). ``S-`` and ``U-``: a whole one (BIOES, BILOU)."""
_WITHIN = frozenset("IELM")
"""``I-``, ``M-``: goes on. ``E-``, ``L-``: ends."""


def of_passages(category: str) -> bool:
    """Tell whether a second opinion may say ``category`` of a passage."""
    return any(under(category, prefix) for prefix in OF_PASSAGES)


@dataclass(frozen=True, slots=True)
class Label:
    """One kind of thing that is reported."""

    name: str
    category: str
    opening: tuple[int, ...] = ()
    """Numbers of the outputs that say: here it begins."""
    within: tuple[int, ...] = ()
    """Numbers of the outputs that say: it is this. A plain tag, without ``B-`` and the like, is one of them."""

    @property
    def outputs(self) -> list[int]:
        """Numbers of all outputs that speak of it."""
        return [*self.opening, *self.within]


def passage_labels(outputs: Sequence[str], wanted: Mapping[str, str]) -> tuple[Label, ...]:
    """Return the labels of a sequence classifier that are ``wanted``. Raises ValueError for one that it does not have."""
    _check(outputs, wanted)
    return tuple(
        Label(name, wanted[name], within=(number,)) for number, name in enumerate(outputs) if name in wanted
    )


def tag_labels(outputs: Sequence[str], wanted: Mapping[str, str]) -> tuple[Label, ...]:
    """Return the types of a token classifier that are ``wanted``, its tags gathered. Raises ValueError for one that it does not have."""
    opening: dict[str, list[int]] = {}
    within: dict[str, list[int]] = {}
    for number, tag in enumerate(outputs):
        prefix, dash, rest = tag.partition("-")
        if dash and prefix in _OPENING:
            opening.setdefault(rest, []).append(number)
        else:
            within.setdefault(rest if dash and prefix in _WITHIN else tag, []).append(number)
    _check(sorted({*opening, *within}), wanted)
    return tuple(
        Label(name, category, tuple(opening.get(name, ())), tuple(within.get(name, ())))
        for name, category in wanted.items()
    )


def _check(known: Sequence[str], wanted: Mapping[str, str]) -> None:
    for name in wanted:
        if name not in known:
            raise ValueError(f"it has no label {name!r}; there are {', '.join(known)}")
