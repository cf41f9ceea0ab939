"""`redoubt scan`: find secrets and personal data."""

import io
import os
import sys
import time
from pathlib import Path

import click

from redoubt import compose
from redoubt.surfaces.cli.baseline import Baseline
from redoubt.surfaces.cli.output import say, say_json
from redoubt.surfaces.cli.scanning import Plan, scan_files, scan_stream
from redoubt.surfaces.cli.show import show_report
from redoubt.surfaces.cli.sizes import SIZE
from redoubt.surfaces.cli.terms import policy_options, terms_of

FOUND, FAILED = 1, 3


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH...|-]")
@click.option("--text", help="Scan this text (mind that shells keep a history).")
@click.option(
    "--prompt/--document",
    default=None,
    help="Read it as what a user writes to a model, or as a text from outside (default: --text is a prompt, all else a document).",
)
@policy_options
@click.option(
    "--min-confidence",
    type=click.FloatRange(0, 1),
    default=0.5,
    show_default=True,
    help="Pass over what is less sure.",
)
@click.option(
    "--category",
    "categories",
    multiple=True,
    metavar="PREFIX",
    help="Report only these: secret, pii.email, ... (repeatable).",
)
@click.option(
    "--exclude",
    multiple=True,
    metavar="GLOB",
    help="Pass over files and folders whose name or path fits (repeatable).",
)
@click.option("--jobs", type=click.IntRange(1, 256), help="Processes (default: one per core).")
@click.option("--max-size", type=SIZE, default=0, help="Pass over larger files: 500k, 20M, 1G.")
@click.option(
    "--baseline",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Report only what this file does not know.",
)
@click.option(
    "--write-baseline",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write what was found as a baseline, and exit 0.",
)
@click.option("--show", is_flag=True, help="Show what was found, in clear.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--sarif", is_flag=True, help="Print SARIF 2.1.0, for code hosts and editors.")
@click.option("--quiet", is_flag=True, help="Print no progress and no summary.")
def scan(
    paths: tuple[str, ...],
    text: str | None,
    prompt: bool | None,
    profile: str,
    policy: Path | None,
    rules: tuple[Path, ...],
    no_models: bool,
    min_confidence: float,
    categories: tuple[str, ...],
    exclude: tuple[str, ...],
    jobs: int | None,
    max_size: int,
    baseline: Path | None,
    write_baseline: Path | None,
    show: bool,
    as_json: bool,
    sarif: bool,
    quiet: bool,
) -> int:
    """Find secrets, personal data and orders to a model in files, folders, archives, or standard input.

    Reads text and source code in any usual encoding, CSV, JSON, JSONL, Parquet, e-mail, HTML, office documents, PDF, and archives of
    them. Values are shown masked. Exits 1 where something was found.

    A prompt is asked whether it tries to misuse a model; a document, whether it gives a model orders (--prompt, --document).

    The guard models read prose: names, attacks on a model, harm. For speed they pass over tables (CSV, Excel, Parquet), logs, and source
    code that is known by its file's name; the rules read everything.

    \b
    Examples:
      redoubt scan .
      redoubt scan --text "call me at +1 202 555 0143"
      redoubt scan --prompt question.txt
      git diff | redoubt scan -
      redoubt scan data.csv logs/ --category secret --json
      redoubt scan . --exclude tests --write-baseline known.json
      redoubt scan . --baseline known.json --sarif > redoubt.sarif
    """
    if as_json and sarif:
        raise click.UsageError("--json and --sarif cannot both be printed; choose one.")
    known = Baseline.read(baseline) if baseline else Baseline.new() if write_baseline else Baseline()
    terms = terms_of(
        profile=profile, policy=policy, rules=rules, least=min_confidence, categories=categories, max_size=max_size,
        key=known.key(os.environ), show=show, models=compose.model_settings(os.environ, enabled=not no_models),
        prompt=text is not None if prompt is None else prompt,
    )  # fmt: skip
    begun = time.perf_counter()
    if text is not None:
        if paths:
            raise click.UsageError("Give --text or paths, not both.")
        report = scan_stream(terms, io.BytesIO(text.encode("utf-8", "surrogateescape")), "<text>")
    elif paths in ((), ("-",)):
        if not paths and sys.stdin.isatty():
            raise click.UsageError('Say what to scan: a path, "-" for standard input, or --text.')
        report = scan_stream(terms, sys.stdin.buffer, "<stdin>")
    else:
        plan = Plan(tuple(Path(path) for path in paths), exclude, jobs or os.cpu_count() or 1)
        report = scan_files(terms, plan, progress=sys.stderr.isatty() and not quiet)
    seconds = time.perf_counter() - begun
    if write_baseline:
        known.write(write_baseline, report.records)
        if not quiet:
            say(f"{len(report.records)} findings are known from now on: {write_baseline}", error=True)
        return FAILED if report.failed() else 0
    known.remove_known(report)
    if sarif:
        from redoubt.surfaces.cli.sarif import sarif as as_sarif

        say_json(as_sarif(report))
    elif as_json:
        from redoubt.surfaces.cli.show import report_json

        say_json(report_json(report, seconds))
    else:
        show_report(report, seconds, quiet=quiet, with_action=bool(policy) or profile != "balanced")
    if report.records or report.left_out:
        return FOUND
    return FAILED if report.failed() else 0
