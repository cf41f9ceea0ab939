"""`redoubt train`: guard models of your own, from data to signed weights."""

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from redoubt import compose
from redoubt.domain.errors import ConfigError
from redoubt.surfaces.cli.output import percent, say, table
from redoubt.surfaces.cli.progress import Stages
from redoubt.surfaces.cli.sizes import size

if TYPE_CHECKING:
    from redoubt.training.build import Built

_FOLDER = click.Path(path_type=Path, file_okay=False)
_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.option("--data", type=_FOLDER, help="Folder of the training data. May be left out with --small.")
@click.option("--out", required=True, type=_FOLDER, help="Folder the weights are written to.")
@click.option("--base", type=_FILE, help="Another base (model.safetensors, its tokenizer.json beside it).")
@click.option("--small", is_flag=True, help="A run of a minute: the whole path, weights of no use.")
@click.option("--seed", type=int, default=20261125, show_default=True)
@click.option("--threads", type=click.IntRange(1, 256), default=2, show_default=True)
@click.option("--epochs", type=click.IntRange(1, 100), default=2, show_default=True)
@click.option(
    "--sign-key", type=_FILE, help="File with 64 hexadecimal digits (default: a new key, used once)."
)
def train(
    data: Path | None,
    out: Path,
    base: Path | None,
    small: bool,
    seed: int,
    threads: int,
    epochs: int,
    sign_key: Path | None,
) -> None:
    """Train guard models, measure what their scores mean, and sign them.

    The same data, base, seed and number of threads give the same network on the same machine. To use the weights, say in redoubt.toml:
    [models] path = OUT, public_key = what stands in OUT/signer.pub.

    \b
    Examples:
      redoubt train --small --out weights
      redoubt train --data data --out weights --threads 8 --sign-key key.hex
    """
    from redoubt.training.release import SIGNER, signing_key, write

    if data is None and not small:
        raise click.UsageError("Say where the training data lies: --data; only --small does without.")
    key = signing_key(sign_key) if sign_key else Ed25519PrivateKey.generate()
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"{out}: cannot be made ({type(error).__name__})") from error
    begun = time.perf_counter()
    bar = Stages()
    built = compose.train(
        data, base=base, small=small, seed=seed, threads=threads, epochs=epochs,
        tell=lambda stage: bar.show(stage.name, stage.done, stage.of, stage.note),
    )  # fmt: skip
    bar.end()
    write(out, built.files, built.described, key)
    _show(built)
    say(
        f"{size(sum(map(len, built.files.values())))} of weights {built.version} in {time.perf_counter() - begun:.0f} s: {out}"
    )
    say(f"signed; the key to check them with stands in {out / SIGNER}")


def _show(built: "Built") -> None:
    table(
        ("task", "examples", "loss"),
        (
            (task, count, f"{built.losses.get(task, 0.0):.3f}")
            for task, count in sorted(built.examples.items())
        ),
    )
    say()
    table(
        ("attacks that were changed to fool it", "tried", "fooled it"),
        (
            (when, round_.tried, percent(round_.fooled / round_.tried))
            for when, round_ in zip(("after the first run", "at the end"), built.rounds, strict=False)
            if round_.tried
        ),
    )
    say()
    say("on sources that nothing was trained on:" if built.held_out else "on texts that were not trained on:")
    table(
        ("head", "zone", "label", "bad", "good", "AUC", "recall at 1 % false positives"),
        (
            (f.head, f.zone, f.label, f.bad, f.good, f"{f.auc:.4f}", percent(f.recall))
            for f in built.figures.judged
        ),
    )
    named = built.figures.names
    say(
        f"names: precision {percent(named.precision)}, recall {percent(named.recall)}, {named.marked:,} marked"
    )
    say()
