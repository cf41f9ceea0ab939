"""Attack the weights, keep what fooled them, train on it, and again.

Attacks and harmless texts are changed in the same ways, so that being changed is no sign of an attack. What is kept is what the network got wrong: changed
attacks that score below the harmless ones' threshold, changed harmless texts that score above it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from random import Random

import numpy as np
from tokenizers import Tokenizer

from redoubt.training.dataset import Item, items
from redoubt.training.example import Example, Head, Zone
from redoubt.training.generate.user_filters import DISGUISES
from redoubt.training.generate.user_styles import STYLES
from redoubt.training.loop import Plan, score, train
from redoubt.training.network import GuardNetwork

FALSE_ALARMS = 0.01
"""The share of harmless texts above the threshold that an attack must stay below to have fooled the network."""
REPLAY = 3
"""Texts of the old pool for each new one, so that nothing is forgotten."""
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
    """Changed harmless texts above it."""


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
    """Return ``count`` changed texts of the user zone, half of them attacks."""
    own = [item for item in pool if item.task == "user" and 3 <= len(item) <= 200]
    short = [item.text for item in own if not item.label and len(item) <= 60]
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
    """Return what the network gets wrong of ``pool``, and how much that is."""
    scores = np.asarray([s.attack for s in score(network, pool)])
    labels = np.asarray([item.label for item in pool])
    threshold = float(np.quantile(scores[labels == 0], 1 - FALSE_ALARMS))
    low = (labels == 1) & (scores < threshold)
    # Of the harmless ones the worst twentieth: those above the threshold alone would be too few to learn from.
    high = (labels == 0) & (scores > float(np.quantile(scores[labels == 0], 0.95)))
    wrong = [item for item, bad in zip(pool, low | high, strict=True) if bad]
    return wrong, Round(int((labels == 1).sum()), int(low.sum()), int(high.sum()))


def harden(
    network: GuardNetwork,
    pool: Sequence[Item],
    tokenizer: Tokenizer,
    plan: Plan,
    *,
    rounds: int = 2,
    count: int = 3000,
    tell: Callable[[Round], None] = lambda _round: None,
) -> GuardNetwork:
    """Return the network after ``rounds`` of being attacked and trained on what fooled it."""
    rng = Random(plan.seed + 1)  # noqa: S311 - choice of examples
    for number in range(rounds):
        wrong, result = fooled(network, changed(pool, count, rng, tokenizer))
        tell(result)
        again = rng.sample(list(pool), min(len(pool), REPLAY * len(wrong)))
        mixed = [*wrong, *again]
        network = train(network, lambda _epoch, mixed=mixed: mixed, replace(plan, seed=plan.seed + number))  # type: ignore[misc]
    return network
