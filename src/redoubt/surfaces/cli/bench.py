"""`redoubt bench`: measure detection on your own labelled data."""

import os
from pathlib import Path
from typing import Any

import click

from redoubt import compose
from redoubt.domain.errors import ConfigError
from redoubt.engine.guard.calibration import ZONES, Zone
from redoubt.surfaces.cli.head_report import show_head
from redoubt.surfaces.cli.heads import HEADS, measure_head
from redoubt.surfaces.cli.labels import read_rows
from redoubt.surfaces.cli.measuring import measure
from redoubt.surfaces.cli.office import json_option
from redoubt.surfaces.cli.output import percent, say, say_json, table
from redoubt.surfaces.cli.plot import plot as drawn
from redoubt.surfaces.cli.rules import load
from redoubt.surfaces.cli.sizes import size
from redoubt.surfaces.cli.terms import policy_options


@click.group()
def bench() -> None:
    """Measure detection on your own labelled data.

    Benchmarks of Redoubt itself: `make bench` in its repository.

    \b
    Example:
      redoubt bench detect --data labelled.jsonl.gz
    """


@bench.command()
@click.option(
    "--data", required=True, type=click.Path(path_type=Path, dir_okay=False), help="JSONL, plain or gzipped."
)
@click.option("--min-confidence", type=click.FloatRange(0, 1), default=0.5, show_default=True)
@click.option(
    "--head", type=click.Choice(tuple(HEADS)), help="One head of the guard models alone, by its scores."
)
@click.option("--zone", type=click.Choice(ZONES), help="Where the texts stand, with --head.  [default: user]")
@click.option(
    "--plot",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Draw how well the head is calibrated, and its operating points, into this SVG file.",
)
@policy_options
@json_option
def detect(
    data: Path,
    min_confidence: float,
    head: str | None,
    zone: Zone | None,
    plot: Path | None,
    profile: str,
    policy: Path | None,
    rules: tuple[Path, ...],
    no_models: bool,
    as_json: bool,
) -> None:
    """Compare what is found with what is labelled: per type, per character, per text, and how fast.

    Each line: {"text": ..., "spans": [{"start", "end", "type"}]} or {"text": ..., "label": 0 or 1}. With --head also "labels", {label of
    harm: 0 or 1}; "kind", "source" and "lang", by whose values texts are also counted apart; and "system", which is not judged: the
    operator's own words are no attack.

    \b
    Examples:
      redoubt bench detect --data labelled.jsonl.gz
      redoubt bench detect --data prompts.jsonl --profile strict --json
      redoubt bench detect --data prompts.jsonl --head attack
      redoubt bench detect --data pages.jsonl --head attack --zone external --json
      redoubt bench detect --data prompts.jsonl --head attack --plot calibration.svg
    """
    _check_head(head, zone, no_models=no_models)
    if plot and head not in ("attack", "harm"):
        raise click.UsageError("--plot draws the scores of a head that judges: --head attack or --head harm")
    detector = load(rules)
    chosen, _ = compose.policy(profile, str(policy or ""), detector)
    guard = compose.guard(compose.model_settings(os.environ, enabled=not no_models), detector)
    if head:
        if guard is None:
            raise ConfigError(
                "there are no guard models whose head could be measured; see [models] enabled and path"
            )
        figures = measure_head(read_rows(data), guard, head, zone or "user")
        if plot:
            _draw(plot, figures)
        say_json(figures) if as_json else show_head(figures)
        return
    result = measure(read_rows(data), detector, chosen, least=min_confidence, guard=guard)
    if as_json:
        say_json(result.as_json())
    else:
        _show(result.as_json())


def _draw(path: Path, figures: dict[str, Any]) -> None:
    try:
        path.write_text(drawn(figures), encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written ({type(error).__name__})") from error


def _check_head(head: str | None, zone: Zone | None, *, no_models: bool) -> None:
    if head is None:
        if zone:
            raise click.UsageError("--zone says where the texts of a --head stand; name the head")
        return
    if no_models:
        raise click.UsageError(f"--head {head} is a head of the guard models; leave --no-models out")
    if zone and zone not in HEADS[head]:
        raise click.UsageError(
            f"--head {head} is not asked in the zone {zone}; there are {', '.join(HEADS[head])}"
        )


def _show(result: dict[str, Any]) -> None:
    if result["types"]:
        table(
            ("type", "category", "labelled", "recall", "exact", "precision", "F1", "F2"),
            (
                (
                    name,
                    t["category"],
                    t["labelled"],
                    *(percent(t[k]) for k in ("recall", "exact", "precision", "f1", "f2")),
                )
                for name, t in result["types"].items()
            ),
        )
        say()
        say(f"characters of labelled spans that were covered: {percent(result['characters_covered'])}")
    if result["labels"]:
        labels = result["labels"]
        say(
            f"texts by label: recall {percent(labels['recall'])}, precision {percent(labels['precision'])}, "
            f"F1 {percent(labels['f1'])}, false alarms {percent(labels['false_positive_rate'])}"
        )
    say(
        f"clean texts: {result['clean']:,}, of which flagged {result['clean_flagged']:,} ({percent(result['clean_flagged_rate'])})"
    )
    speed = result["speed"]
    say(
        f"{result['rows']:,} texts, {size(result['bytes'])}: p50 {speed['p50_ms']:.3f} ms, p99 {speed['p99_ms']:.3f} ms, "
        f"{speed['mb_per_cpu_second']:.1f} MB per second of CPU"
    )
