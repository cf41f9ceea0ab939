"""From examples to a folder of weights, end to end."""

import copy
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any
from zlib import crc32

import torch
from tokenizers import Tokenizer

from redoubt.engine.guard.reading import Reader
from redoubt.engine.guard.tags import Tags
from redoubt.training import calibrate, export, recipe, release
from redoubt.training.base import Base
from redoubt.training.card import model_card
from redoubt.training.dataset import TAGS, Item, batches, items
from redoubt.training.figures import Figures, figures
from redoubt.training.harden import Round, fooled
from redoubt.training.loop import Plan, Progress, train
from redoubt.training.network import GuardNetwork, Shape, blended, pruned
from redoubt.training.second import second_pool, trial
from redoubt.training.teacher import taught
from redoubt.training.unseen import Unseen, held_out, to_calibrate

SECOND = 0.35
"""Share of the second run in the weights that are kept: all of it finds more orders in documents and fewer attacks of users."""
INNER = 768
"""Feed-forward neurons that are kept of each layer, at most."""
SAMPLE = 1_500
"""Texts on which the ranges of the activations are measured."""
NO_DATA = sha256(b"").hexdigest()
"""Stands for the training data where there was no data folder."""

ReaderOf = Callable[[bytes, bytes], Reader]
"""Makes the reader of run time from the bytes of a network and of a tokenizer."""


@dataclass(frozen=True, slots=True)
class Job:
    """What is asked for."""

    recipe: recipe.Recipe
    plan: Plan
    folder: Path | None = None
    """The data; None: examples of our own alone."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the work stands."""

    name: str
    done: int = 0
    of: int = 1
    note: str = ""


@dataclass(frozen=True, slots=True)
class Built:
    """Weights, ready to be signed, and what is to be said of them."""

    files: Mapping[str, bytes]
    described: bytes
    """``guard.json``."""
    version: str
    examples: Mapping[str, int]
    """By task, how many were trained on."""
    losses: Mapping[str, float]
    """By task, the running mean at the end."""
    figures: Figures
    held_out: bool
    """Whether the figures are of sources that nothing was trained on, and not merely of other texts."""
    rounds: tuple[Round, ...] = ()
    """How changed attacks fooled the network, after the first run and after the second."""


def build(job: Job, base: Base, reader_of: ReaderOf, tell: Callable[[Stage], None]) -> Built:
    """Train and measure. The same job, base and number of threads give the same bytes on the same machine.

    ``reader_of`` must be what run time reads with: what is promised is measured through it. Raises ConfigError where the data folder
    cannot be used.
    """
    torch.set_num_threads(job.plan.threads)
    rng = Random(job.plan.seed)  # noqa: S311 - which examples
    tokenizer = Tokenizer.from_str(base.tokenizer.decode())
    losses: dict[str, float] = {}
    pool = _pool(job, base, tokenizer, rng, tell)
    network = _trained(job.plan, base, pool, lambda p: _note("training", p, losses, tell))
    tell(Stage("attacking"))
    more = second_pool(network, pool, job.recipe.second, tokenizer, rng)
    tried = trial(job.recipe.second, job.folder, tokenizer, Random(job.plan.seed + 2))  # noqa: S311 - which texts
    rounds = [fooled(network, tried)[1]]
    if more:
        again = replace(job.plan, epochs=1, rate=job.plan.rate / 2, seed=job.plan.seed + 1)
        second = train(
            copy.deepcopy(network),
            lambda _epoch: more,
            again,
            lambda p: _note("training again", p, losses, tell),
        )
        network = blended(network, second, SECOND)
        rounds.append(fooled(network, tried)[1])
    exported = _exported(network, pool, job.plan.budget, rng)
    built = _measured(job, base, _distinct([*pool, *more]), losses, exported, reader_of, rng, tell)
    return replace(built, rounds=tuple(rounds))


def _measured(
    job: Job,
    base: Base,
    shown: list[Item],
    losses: Mapping[str, float],
    exported: bytes,
    reader_of: ReaderOf,
    rng: Random,
    tell: Callable[[Stage], None],
) -> Built:
    """Say what the scores of a finished network mean, and how good it is."""
    unseen = to_calibrate(job.folder, job.recipe.measured, (item.text for item in shown), rng)
    reader = reader_of(exported, base.tokenizer)
    curves, least = _calibrated(reader, unseen, tell)
    tell(Stage("judging"))
    apart = held_out(job.folder, job.recipe.measured, rng)
    measured_on = Unseen(apart.judged or unseen.judged, apart.named or unseen.named)
    found = figures(reader, measured_on, Tags.of(TAGS), least)
    version = f"own.{sha256(exported).hexdigest()[:12]}"
    data = recipe.digest(job.folder) if job.folder else NO_DATA
    began = f"{base.name}, SHA-256 `{base.digest}`"
    card = model_card(version, began, data, _sources(shown), found, held_out=bool(apart.judged))
    files = {release.NETWORK: exported, release.TOKENIZER: base.tokenizer, release.CARD: card.encode()}
    return Built(
        files=files,
        described=release.metadata(version, files, data, curves, least),
        version=version,
        examples=Counter(item.task for item in shown),
        losses=losses,
        figures=found,
        held_out=bool(apart.judged),
    )


def _pool(
    job: Job, base: Base, tokenizer: Tokenizer, rng: Random, tell: Callable[[Stage], None]
) -> list[Item]:
    tell(Stage("gathering"))
    examples = recipe.gather(
        job.folder, job.recipe, rng, lambda name, count: tell(Stage("gathering", note=f"{name}: {count:,}"))
    )
    tell(Stage("encoding"))
    pool = list(items(examples, tokenizer))
    tell(Stage("teaching"))
    told: list[Item] = taught(base.tensors, pool, job.recipe.taught)
    return told


def _trained(plan: Plan, base: Base, pool: list[Item], tell: Callable[[Progress], None]) -> GuardNetwork:
    # The heads begin with random weights.
    torch.manual_seed(plan.seed)
    network = pruned(base.tensors, Shape(inner=min(INNER, base.inner), vocabulary=base.vocabulary))
    return train(network, lambda epoch: _of_epoch(pool, epoch, plan.epochs), plan, tell)


def _of_epoch(pool: list[Item], epoch: int, epochs: int) -> list[Item]:
    """Return what is shown in one epoch: others' texts in each, our own, of which there are as many as one likes, in one alone."""
    return [
        item for item in pool if not recipe.ours(item.source) or crc32(item.text.encode()) % epochs == epoch
    ]


def _note(name: str, progress: Progress, losses: dict[str, float], tell: Callable[[Stage], None]) -> None:
    losses.update(progress.losses)
    note = ", ".join(f"{task} {value:.3f}" for task, value in sorted(progress.losses.items()))
    tell(Stage(name, progress.step, max(1, progress.steps), note))


def _exported(network: GuardNetwork, pool: list[Item], budget: int, rng: Random) -> bytes:
    sample = rng.sample(pool, min(SAMPLE, len(pool)))
    return export.export(network, export.measure(network, list(batches(sample, rng, budget))))


def _calibrated(
    reader: Reader, unseen: Unseen, tell: Callable[[Stage], None]
) -> tuple[list[dict[str, Any]], dict[str, float]]:
    count = len(unseen.judged)
    found = calibrate.marks(reader, unseen.judged, lambda done: tell(Stage("calibrating", done, count)))
    tell(Stage("calibrating", count, count, "names"))
    return calibrate.curves(found), calibrate.least(reader, unseen.named, Tags.of(TAGS))


def _distinct(shown: Iterable[Item]) -> list[Item]:
    """Return what was shown, once where the second run repeats the first."""
    return list({id(item): item for item in shown}.values())


def _sources(pool: Iterable[Item]) -> dict[str, int]:
    return dict(sorted(Counter(item.source for item in pool).items()))
