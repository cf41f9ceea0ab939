"""`redoubt bench`: measure detection on your own labelled data."""

import os
from pathlib import Path
from typing import Any

import click

from redoubt import compose
from redoubt.surfaces.cli.labels import read_rows
from redoubt.surfaces.cli.measuring import measure
from redoubt.surfaces.cli.office import json_option
from redoubt.surfaces.cli.output import say, say_json, table
from redoubt.surfaces.cli.rules import load
from redoubt.surfaces.cli.sizes import size
from redoubt.surfaces.cli.terms import policy_options


@click.group()
def bench() -> None:
    r"""Measure detection on your own labelled data.

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
@policy_options
@json_option
def detect(
    data: Path,
    min_confidence: float,
    profile: str,
    policy: Path | None,
    rules: tuple[Path, ...],
    no_models: bool,
    as_json: bool,
) -> None:
    r"""Compare what is found with what is labelled: per type, per character, per text, and how fast.

    Each line: {"text": ..., "spans": [{"start", "end", "type"}]} or {"text": ..., "label": 0 or 1}.

    \b
    Examples:
      redoubt bench detect --data labelled.jsonl.gz
      redoubt bench detect --data prompts.jsonl --profile strict --json
    """
    detector = load(rules)
    chosen, _ = compose.policy(profile, str(policy or ""), detector)
    guard = compose.guard(compose.model_settings(os.environ, enabled=not no_models), detector)
    result = measure(read_rows(data), detector, chosen, least=min_confidence, guard=guard)
    if as_json:
        say_json(result.as_json())
    else:
        _show(result.as_json())


def _show(result: dict[str, Any]) -> None:
    if result["types"]:
        table(
            ("type", "category", "labelled", "recall", "exact", "precision", "F1", "F2"),
            (
                (
                    name,
                    t["category"],
                    t["labelled"],
                    *(_percent(t[k]) for k in ("recall", "exact", "precision", "f1", "f2")),
                )
                for name, t in result["types"].items()
            ),
        )
        say()
        say(f"characters of labelled spans that were covered: {_percent(result['characters_covered'])}")
    if result["labels"]:
        labels = result["labels"]
        say(
            f"texts by label: recall {_percent(labels['recall'])}, precision {_percent(labels['precision'])}, "
            f"F1 {_percent(labels['f1'])}, false alarms {_percent(labels['false_positive_rate'])}"
        )
    say(
        f"clean texts: {result['clean']:,}, of which flagged {result['clean_flagged']:,} ({_percent(result['clean_flagged_rate'])})"
    )
    speed = result["speed"]
    say(
        f"{result['rows']:,} texts, {size(result['bytes'])}: p50 {speed['p50_ms']:.3f} ms, p99 {speed['p99_ms']:.3f} ms, "
        f"{speed['mb_per_cpu_second']:.1f} MB per second of CPU"
    )


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:.2f} %"
