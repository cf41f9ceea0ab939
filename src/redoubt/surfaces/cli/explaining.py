"""What a policy does, in words: per category, and for one text."""

from dataclasses import replace
from typing import Any

from redoubt.domain.decision import Obligation
from redoubt.domain.errors import InputError
from redoubt.domain.exchange import Direction, Role, Segment, Trust
from redoubt.domain.finding import Finding
from redoubt.engine.detect.interface import Scan
from redoubt.engine.policy.decide import NO_RULE, decide
from redoubt.engine.policy.model import Policy, Situation
from redoubt.pipeline.inspector import Inspector
from redoubt.surfaces.cli.output import say, say_json, table
from redoubt.surfaces.cli.samples import sample

WHERE = {
    "user's prompt": (Direction.PROMPT, Role.USER, Trust.USER),
    "system prompt": (Direction.PROMPT, Role.SYSTEM, Trust.OPERATOR),
    "tool result": (Direction.PROMPT, Role.TOOL_RESULT, Trust.EXTERNAL),
    "answer": (Direction.ANSWER, Role.ASSISTANT, Trust.MODEL),
}
"""The columns of the table: where a text stands, and whose words it is."""

_TRUST = {
    Role.SYSTEM: Trust.OPERATOR,
    Role.DEVELOPER: Trust.OPERATOR,
    Role.USER: Trust.USER,
    Role.ASSISTANT: Trust.MODEL,
}


def act_of(
    policy: Policy, category: str, where: tuple[Direction, Role, Trust], who: Situation
) -> tuple[str, str]:
    """Return the action for a sure finding of ``category``, and the rule that asks for it."""
    direction, role, trust = where
    situation = replace(who, direction=direction, role=role, trust=trust)
    duty = decide(policy, Scan((Finding(category, "", 0, 1),)), situation).obligations[0]
    return _action(duty), "" if duty.rule == NO_RULE else duty.rule


def explain_text(
    inspector: Inspector, text: str, direction: str, role: str, who: Situation, *, as_json: bool
) -> None:
    """Print what is found in ``text``, what becomes of it, and by which rules."""
    way = Direction(direction)
    try:
        speaker = Role(role) if role else Role.ASSISTANT if way is Direction.ANSWER else Role.USER
    except ValueError as error:
        raise InputError(f"--role: there is no such role; there are {', '.join(Role)}") from error
    trust = Trust.MODEL if way is Direction.ANSWER else _TRUST.get(speaker, Trust.EXTERNAL)
    decision = inspector.inspect(Segment(text, speaker, trust), replace(who, direction=way))
    duties = decision.obligations
    if as_json:
        say_json(
            {
                "decision": decision.outcome,
                "policy": inspector.policy.version,
                "reasons": list(decision.reasons),
                "errors": list(decision.errors),
                "findings": [
                    {**members(d.finding), "action": _action(d), "policy_rule": d.rule} for d in duties
                ],
            }
        )
        return
    say(f"decision: {decision.outcome}   policy: {inspector.policy.version}")
    say(f"rules that contributed: {', '.join(decision.reasons) or 'none'}")
    say()
    table(
        ("found", "what", "by", "confidence", "false alarms", "action", "policy rule"),
        (
            (
                d.finding.category,
                sample(d.finding.category, text[d.finding.start : d.finding.end]),
                d.finding.rule,
                f"{d.finding.confidence:.2f}",
                "-" if d.finding.false_alarm is None else f"1 in {1 / d.finding.false_alarm:,.0f}",
                _action(d),
                d.rule,
            )
            for d in duties
        ),
        empty="Nothing was found.",
    )


def members(finding: Finding) -> dict[str, Any]:
    """Return a finding's members as JSON has them; ``false_alarm`` where it was measured."""
    told = {
        name: getattr(finding, name) for name in ("category", "rule", "start", "end", "confidence", "view")
    }
    return told if finding.false_alarm is None else {**told, "false_alarm": finding.false_alarm}


def _action(duty: Obligation) -> str:
    return duty.action.name.lower()
