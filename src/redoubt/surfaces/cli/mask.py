"""`redoubt mask`: what the gateway would send to a model, from the command line."""

import os
import secrets
from pathlib import Path

import click

from redoubt import compose
from redoubt.domain.decision import Effect
from redoubt.domain.exchange import Segment, Syntax
from redoubt.domain.pseudonym import Alias
from redoubt.engine.policy.model import Situation
from redoubt.pipeline.rewrite import Rewriter, Ruled, rule_prompt
from redoubt.surfaces.cli.explaining import members
from redoubt.surfaces.cli.office import config_option, json_option, local_scope, opened, read_settings, wait
from redoubt.surfaces.cli.output import say, say_json
from redoubt.surfaces.cli.rules import load
from redoubt.surfaces.cli.terms import policy_options
from redoubt.surfaces.cli.texts import read_text, write_text

STOPPED = 1


@click.command()
@click.argument("source", metavar="[FILE|-]", default="-")
@click.option(
    "--session", help="Keep the pseudonyms, encrypted, so that `redoubt restore` can turn them back."
)
@click.option("--json-input", is_flag=True, help="The text is JSON, and stays JSON.")
@policy_options
@json_option
@config_option
def mask(
    source: str,
    session: str | None,
    json_input: bool,
    profile: str,
    policy: Path | None,
    rules: tuple[Path, ...],
    no_models: bool,
    as_json: bool,
    config: Path | None,
) -> int:
    """Write the text as policy lets it go to a model. A text that policy denies is not written: exit 1.

    \b
    Examples:
      redoubt mask letter.txt > safe.txt
      redoubt mask letter.txt --session jane | llm "answer this" | redoubt restore --session jane
      redoubt mask record.json --json-input
    """
    text = read_text(source)
    detector = load(rules)
    chosen, _ = compose.policy(profile, str(policy or ""), detector)
    guard = compose.guard(compose.model_settings(os.environ, enabled=not no_models), detector)
    inspector = compose.inspector(chosen, detector, secrets.token_bytes(32), guard=guard)
    segment = Segment(text, syntax=Syntax.JSON if json_input else Syntax.PLAIN)

    def rewritten(key: bytes, hash_key: bytes, known: tuple[Alias, ...]) -> tuple[Ruled, Rewriter]:
        rewriter = Rewriter(key=key, hash_key=hash_key, style=chosen.pseudonyms, known=known, texts=(text,))
        return rule_prompt(inspector, Situation(app="cli"), (segment,), rewriter), rewriter

    if session:
        with opened(read_settings(config)) as (stores, key_for):
            scope = local_scope(session)
            known = wait(stores.vault.load(scope))
            ruled, rewriter = rewritten(stores.vault.key(scope), key_for("hashes"), known)
            if rewriter.issued() and ruled.effect is Effect.ALLOW:
                wait(stores.vault.save(scope, rewriter.issued()))
    else:
        ruled, _ = rewritten(secrets.token_bytes(32), secrets.token_bytes(32), ())
    return _tell(ruled, chosen.name, as_json)


def _tell(ruled: Ruled, policy: str, as_json: bool) -> int:
    stopped = ruled.effect is not Effect.ALLOW
    duties = [duty for _, decision in ruled.decisions for duty in decision.obligations]
    if as_json:
        say_json(
            {
                "decision": ruled.outcome,
                "text": None if stopped else ruled.safe[0].text,
                "findings": [
                    {**members(duty.finding), "action": duty.action.name.lower()} for duty in duties
                ],
            }
        )
    elif stopped:
        kinds = (
            ", ".join(sorted({duty.finding.category for duty in duties}))
            or "a part that could not be inspected"
        )
        say(f"not written: the policy {policy} answers {ruled.outcome} ({kinds})", error=True)
    else:
        write_text(ruled.safe[0].text)
    return STOPPED if stopped else 0
