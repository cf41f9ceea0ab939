"""`redoubt chats`: what was told to chatbots."""

import os
from pathlib import Path

import click

from redoubt import compose
from redoubt.domain.document import ReadLimits
from redoubt.domain.errors import ConfigError
from redoubt.surfaces.cli.chat_audit import Auditor, ChatFinding
from redoubt.surfaces.cli.office import json_option
from redoubt.surfaces.cli.output import count, printable, say, say_json, table
from redoubt.surfaces.cli.rules import load
from redoubt.surfaces.cli.terms import policy_options
from redoubt.surfaces.cli.times import moment

FOUND = 1
_WIDEST_TITLE = 48


@click.group()
def chats() -> None:
    """Find what was told to chatbots, in their exports.

    \b
    Examples:
      redoubt chats audit chatgpt-export.zip
      redoubt chats audit claude-export.zip --report report.html
    """


@chats.command("audit")
@click.argument("export", type=click.Path(path_type=Path, exists=True))
@click.option(
    "--report", type=click.Path(path_type=Path, dir_okay=False), help="Write a self-contained HTML report."
)
@click.option("--min-confidence", type=click.FloatRange(0, 1), default=0.5, show_default=True)
@policy_options
@json_option
def audit(
    export: Path,
    report: Path | None,
    min_confidence: float,
    profile: str,
    policy: Path | None,
    rules: tuple[Path, ...],
    no_models: bool,
    as_json: bool,
) -> int:
    """List which conversations of a ChatGPT or Claude EXPORT hold what, the worst first. Values are never shown.

    \b
    Examples:
      redoubt chats audit export.zip
      redoubt chats audit export.zip --report report.html
      redoubt chats audit conversations.json --json
    """
    detector = load(rules)
    chosen, _ = compose.policy(profile, str(policy or ""), detector)
    guard = compose.guard(compose.model_settings(os.environ, enabled=not no_models), detector)
    detectors = (detector, guard) if guard else (detector,)
    auditor = Auditor(detectors, chosen, least=min_confidence)
    total, found = 0, []
    for conversation in compose.conversations(export, ReadLimits()):
        total += 1
        one = auditor.audit(conversation)
        if one.total or one.uninspected:
            found.append(one)
    found.sort(key=lambda one: one.rank(), reverse=True)
    if report is not None:
        from redoubt.surfaces.cli.report import html_report

        try:
            report.write_text(html_report(export.name, total, found), encoding="utf-8")
        except OSError as error:
            raise ConfigError(f"{report}: cannot be written ({error.strerror})") from error
    if as_json:
        say_json({"conversations": total, "with_findings": [one.as_json() for one in found]})
    else:
        _table(total, found)
        if report is not None:
            say(f"report: {printable(str(report))}", error=True)
    return FOUND if found else 0


def _table(total: int, found: list[ChatFinding]) -> None:
    table(
        ("severity", "date", "title", "what (user/assistant/other)", "id"),
        (
            (
                one.severity,
                moment(one.at)[:10],
                one.title if len(one.title) <= _WIDEST_TITLE else one.title[: _WIDEST_TITLE - 3] + "...",
                one.what(),
                one.id,
            )
            for one in found
        ),
        empty="Nothing was found.",
    )
    say(f"{count(total, 'conversation')}, {len(found):,} with findings", error=True)
