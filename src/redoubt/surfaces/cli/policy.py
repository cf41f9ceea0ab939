"""`redoubt policy`: check, explain and test policies."""

import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

import click

from redoubt import compose
from redoubt.domain.taxonomy import TAXONOMY
from redoubt.engine.policy.model import Situation
from redoubt.surfaces.cli.explaining import WHERE, act_of, explain_text
from redoubt.surfaces.cli.office import config_option, json_option, read_settings
from redoubt.surfaces.cli.output import count, paint, printable, say, say_json, table
from redoubt.surfaces.cli.rules import load
from redoubt.surfaces.cli.terms import models_option

if TYPE_CHECKING:
    from redoubt.engine.detect.rule_detector import RuleDetector
    from redoubt.engine.policy.model import Policy
    from redoubt.pipeline.inspector import Inspector

FAILED_TESTS = 1
_FILE = click.Path(path_type=Path, dir_okay=False)


@click.group()
def policy() -> None:
    """Check, explain and test policies.

    \b
    Examples:
      redoubt policy check policy.toml
      redoubt policy explain --profile strict
      redoubt policy explain policy.toml --text "my card is 4111 1111 1111 1111"
      redoubt policy test policy.toml
      redoubt policy categories
      redoubt policy show balanced > policy.toml
      redoubt policy reload
    """


@policy.command()
@click.argument("file", type=_FILE)
@click.option("--rules", type=_FILE, multiple=True, help="Your own detection rules (repeatable).")
@json_option
def check(file: Path, rules: tuple[Path, ...], as_json: bool) -> None:
    """Compile a policy and say what it is; what is wrong is named with its place, exit 3.

    Example: redoubt policy check policy.toml
    """
    compiled, tests = compose.policy("", str(file), load(rules))
    if as_json:
        say_json(
            {
                "name": compiled.name,
                "digest": compiled.digest,
                "rules": [r.id for r in compiled.rules],
                "tests": len(tests),
            }
        )
    else:
        say(
            f"{file}: good: {compiled.version}, {count(len(compiled.rules), 'rule')}, "
            f"{count(len(compiled.allowed), 'allowed value')}, {count(len(tests), 'test')}"
        )


@policy.command()
@click.argument("file", type=_FILE, required=False)
@click.option("--profile", type=click.Choice(compose.PROFILES), default="balanced", show_default=True)
@click.option("--rules", type=_FILE, multiple=True, help="Your own detection rules (repeatable).")
@click.option("--text", help="Explain the decision about this text.")
@click.option("--direction", type=click.Choice(("prompt", "answer")), default="prompt", show_default=True)
@click.option(
    "--role",
    default="",
    help="Who speaks: system, user, assistant, tool_result, ... (default: user, or assistant).",
)
@click.option("--app", default="default", show_default=True)
@click.option("--principal-role", default="developer", show_default=True)
@click.option("--model", default="")
@models_option
@json_option
def explain(
    file: Path | None,
    profile: str,
    rules: tuple[Path, ...],
    text: str | None,
    direction: str,
    role: str,
    app: str,
    principal_role: str,
    model: str,
    no_models: bool,
    as_json: bool,
) -> None:
    """Show what becomes of each category, or of a text, and by which rules.

    \b
    Examples:
      redoubt policy explain policy.toml
      redoubt policy explain --profile strict --app support --model "gpt-4o"
      redoubt policy explain --text "mail jane@acme.com" --json
    """
    detector = load(rules)
    compiled, _ = compose.policy(profile, str(file or ""), detector)
    who = Situation(app=app, principal_roles=frozenset({principal_role}), model=model)
    if text is not None:
        explain_text(
            _inspector(compiled, detector, no_models=no_models),
            text,
            direction,
            role,
            who,
            as_json=as_json,
        )
        return
    categories = sorted({c.id for c in TAXONOMY})
    rows = [
        (category, *(act_of(compiled, category, where, who) for where in WHERE.values()))
        for category in categories
    ]
    if as_json:
        say_json(
            {
                "policy": compiled.version,
                "on_failure": compiled.on_failure.name.lower(),
                "uninspectable": compiled.uninspectable.value,
                "categories": {
                    row[0]: dict(zip(WHERE, ({"action": a, "rule": r} for a, r in row[1:]), strict=True))
                    for row in rows
                },
            }
        )
        return
    table(("category", *WHERE), ((row[0], *(f"{a} ({r})" if r else a for a, r in row[1:])) for row in rows))
    say()
    say(
        f"{compiled.version}: a detector that fails: {compiled.on_failure.name.lower()}; "
        f"a part that holds no text: {compiled.uninspectable.value}; pseudonyms: {compiled.pseudonyms.value}; "
        f"streams: {compiled.streaming.value}; canary: {'yes' if compiled.canary else 'no'}; spotlight: {compiled.spotlight.value}"
    )


@policy.command()
@click.argument("file", type=_FILE, required=False)
@click.option("--profile", type=click.Choice(compose.PROFILES), default="balanced", show_default=True)
@click.option("--rules", type=_FILE, multiple=True, help="Your own detection rules (repeatable).")
@models_option
@json_option
def test(file: Path | None, profile: str, rules: tuple[Path, ...], no_models: bool, as_json: bool) -> int:
    """Run the tests that live in a policy file; exit 1 where one fails.

    Example: redoubt policy test policy.toml
    """
    from redoubt.pipeline.rehearse import rehearse

    detector = load(rules)
    compiled, tests = compose.policy(profile, str(file or ""), detector)
    results = list(rehearse(_inspector(compiled, detector, no_models=no_models), tests))
    failed = sum(not result.passed for result in results)
    if as_json:
        say_json(
            {
                "policy": compiled.version,
                "passed": len(results) - failed,
                "failed": failed,
                "tests": [
                    {"name": r.name, "passed": r.passed, "complaints": list(r.complaints)} for r in results
                ],
            }
        )
        return FAILED_TESTS if failed else 0
    for result in results:
        word = paint("ok  ", "green") if result.passed else paint("FAIL", "red")
        say(f"{word}  {printable(result.name)}")
        for complaint in result.complaints:
            say(f"      {printable(complaint)}")
    say(f"{count(len(results), 'test')}, {failed} failed" if results else "The policy holds no [[tests]].")
    return FAILED_TESTS if failed else 0


@policy.command()
@click.option("--url", help="The gateway (default: the address of the configuration).")
@json_option
@config_option
def reload(url: str | None, as_json: bool, config: Path | None) -> None:
    """Have a gateway that runs read its policy anew; one that is no good changes nothing, exit 3. Needs REDOUBT_API_KEY.

    Example: redoubt policy reload --url https://gateway.acme.example
    """
    from redoubt.surfaces.cli.asking import ask_gateway
    from redoubt.surfaces.cli.up import url as address

    where = (url or address(read_settings(config).server)).rstrip("/")
    done = ask_gateway(where, "POST", "/redoubt/v1/policies/reload")
    if as_json:
        say_json(done)
    elif done["changed"]:
        say(f"{printable(done['before'])} -> {printable(done['now'])}, {count(done['tests'], 'test')} passed")
    else:
        say(f"{printable(done['now'])} is in force already")


@policy.command()
@json_option
def categories(as_json: bool) -> None:
    """List the kinds of findings that a policy can name, with their ids in the public catalogues.

    Example: redoubt policy categories --json
    """
    rules = load().rules
    if as_json:
        known = {c.id for c in TAXONOMY}
        say_json(
            [
                {
                    "id": c.id, "meaning": c.meaning, "owasp_2025": list(c.owasp_2025), "owasp_2026": list(c.owasp_2026),
                    "atlas": list(c.atlas), "nist_600_1": list(c.nist_600_1),
                }
                for c in TAXONOMY
            ]
            + [{"id": category, "meaning": ""} for category in sorted({r.category for r in rules} - known)]
        )  # fmt: skip
        return
    table(
        ("category", "kinds", "OWASP 2025", "OWASP 2026", "ATLAS", "meaning"),
        (
            (
                c.id,
                len({r.category for r in rules if r.category == c.id or r.category.startswith(c.id + ".")})
                or "-",
                " ".join(c.owasp_2025),
                " ".join(c.owasp_2026),
                " ".join(c.atlas),
                c.meaning,
            )
            for c in TAXONOMY
        ),
    )


@policy.command()
@click.argument("profile", type=click.Choice(compose.PROFILES))
@json_option
def show(profile: str, as_json: bool) -> None:
    """Print the source of a built-in policy.

    Example: redoubt policy show balanced > policy.toml
    """
    source = compose.profile(profile).decode()
    if as_json:
        say_json({"profile": profile, "source": source})
    else:
        say(source.rstrip("\n"))


def _inspector(of: "Policy", rules: "RuleDetector", *, no_models: bool) -> "Inspector":
    guard = compose.guard(compose.model_settings(os.environ, enabled=not no_models), rules)
    return compose.inspector(of, rules, secrets.token_bytes(32), guard=guard)
