"""Attack the weights and keep what fooled them.

Attacks and harmless texts are changed in the same ways, so that being changed is no sign of an attack. What is kept is what the network got
wrong: changed attacks that score below the harmless ones' threshold, and the changed harmless texts that score highest.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from random import Random

import numpy as np
from tokenizers import Tokenizer

from redoubt.domain.zone import Zone
from redoubt.training.dataset import Item, items
from redoubt.training.example import Example, Head
from redoubt.training.generate.user_filters import DISGUISES
from redoubt.training.generate.user_styles import STYLES
from redoubt.training.loop import score
from redoubt.training.network import GuardNetwork

FALSE_ALARMS = 0.01
"""The share of harmless texts above the threshold that an attack must stay below to have fooled the network."""
WORST = 0.05
"""The share of harmless texts that are kept, by score: those above the threshold alone would be too few to learn from."""
SHORT, LONG = 60, 200
"""Tokens of a text that others may be hidden beside, and of one that is changed."""
_WORDS = {
    "ignore": ("disregard", "skip", "overlook", "set aside", "pay no attention to"),
    "forget": ("drop", "put out of mind", "let go of"),
    "instructions": ("directions", "orders", "guidance", "rules you got", "briefing"),
    "previous": ("earlier", "prior", "foregoing", "former"),
    "system": ("base", "hidden", "initial", "underlying"),
    "prompt": ("setup text", "preamble", "brief", "starting message"),
    "reveal": ("show", "disclose", "print", "spell out", "give away"),
    "rules": ("limits", "policies", "principles"),
    "pretend": ("imagine", "act as though", "make believe"),
    "restrictions": ("limits", "constraints", "barriers"),
    "password": ("passphrase", "access word", "login secret"),
    "always": ("at all times", "every time", "without exception"),
}
"""Other words for what attacks and harmless texts alike like to say."""


@dataclass(frozen=True, slots=True)
class Round:
    """How one round went."""

    tried: int
    fooled: int
    """Changed attacks below the threshold."""
    alarmed: int
    """Changed harmless texts that were kept."""


def mutate(text: str, rng: Random, ordinary: Sequence[str]) -> str:
    """Return ``text`` changed in one to three ways; ``ordinary`` are harmless texts that it may be hidden among."""
    ways: list[Callable[[str], str]] = [
        lambda t: rng.choice(STYLES)(t, rng),
        lambda t: rng.choice(DISGUISES)(t, rng),
        lambda t: f"{rng.choice(ordinary)}\n{t}",
        lambda t: f"{t} {rng.choice(ordinary)}",
        lambda t: _reworded(t, rng),
        lambda t: _thinned(t, rng),
    ]
    weights = (3, 1, 2, 2, 4, 2)
    for way in rng.choices(ways, weights, k=rng.choice((1, 1, 2, 2, 3))):
        text = way(text)
    return text


def _reworded(text: str, rng: Random) -> str:
    words = text.split(" ")
    for place, word in enumerate(words):
        bare = word.strip(".,!?:;\"'").lower()
        if bare in _WORDS and rng.random() < 0.8:
            words[place] = word.lower().replace(bare, rng.choice(_WORDS[bare]))
    return " ".join(words)


def _thinned(text: str, rng: Random) -> str:
    """Leave out a word in twelve."""
    words = text.split(" ")
    kept = [word for word in words if rng.random() > 1 / 12]
    return " ".join(kept or words)


def changed(pool: Sequence[Item], count: int, rng: Random, tokenizer: Tokenizer) -> list[Item]:
    """Return ``count`` changed texts of the user zone, half of them attacks; none where there is nothing to change or to hide among."""
    own = [item for item in pool if item.task == "user" and 3 <= len(item) <= LONG]
    short = [item.text for item in own if not item.label and len(item) <= SHORT]
    if not short or not any(item.label for item in own):
        return []
    made: list[Example] = []
    for label in (1, 0):
        group = [item for item in own if item.label == label]
        for item in rng.choices(group, k=count // 2):
            text = mutate(item.text, rng, short)
            made.append(
                Example(text, Head.ATTACK, Zone.USER, label=bool(label), kind="changed", source=item.source)
            )
    kinds = {item.text: item.kind for item in own}
    return [replace(item, kind=kinds.get(item.text, item.kind)) for item in items(made, tokenizer)]


def fooled(network: GuardNetwork, pool: Sequence[Item]) -> tuple[list[Item], Round]:
    """Return what the network gets wrong of ``pool``, and how much that is. A pool without harmless texts fools nobody."""
    if all(item.label for item in pool):
        return [], Round(len(pool), 0, 0)
    scores = np.asarray([s.attack for s in score(network, pool)])
    labels = np.asarray([item.label for item in pool])
    threshold = float(np.quantile(scores[labels == 0], 1 - FALSE_ALARMS))
    low = (labels == 1) & (scores < threshold)
    high = (labels == 0) & (scores > float(np.quantile(scores[labels == 0], 1 - WORST)))
    wrong = [item for item, bad in zip(pool, low | high, strict=True) if bad]
    return wrong, Round(int((labels == 1).sum()), int(low.sum()), int(high.sum()))
