"""Texts: inspected, masked, restored."""

import secrets
from typing import Any

from redoubt.domain.decision import Decision, Effect
from redoubt.domain.exchange import Direction, Role, Segment, Trust
from redoubt.domain.principal import Principal
from redoubt.engine.policy.model import Situation
from redoubt.engine.redact.restore import Restorer
from redoubt.pipeline.rewrite import Rewriter, Ruled, rule_prompt
from redoubt.services.vault.interface import Scope
from redoubt.surfaces.gateway import bodies
from redoubt.surfaces.gateway.endpoint import Asked, Endpoint, Reach

_TRUST = {
    Role.SYSTEM: Trust.OPERATOR,
    Role.DEVELOPER: Trust.OPERATOR,
    Role.TOOL_DEFINITION: Trust.OPERATOR,
    Role.USER: Trust.USER,
}
_WORDS = ("allow", "hold", "deny")
"""By `Effect`."""


async def inspect(asked: Asked) -> bodies.InspectReply:
    """Inspect a text and decide about it."""
    body: bodies.InspectRequest = asked.body
    segment = _segment(body.text, body.role, body.direction)
    where = _situation(asked.principal, direction=Direction(body.direction), model=body.model)
    thinker = asked.gateway.thinker()
    inspector = asked.gateway.desk.inspector.within(thinker.check)
    decision = await thinker.think(len(body.text), lambda: inspector.inspect(segment, where))
    findings = _findings((("", decision),))
    return bodies.InspectReply(_outcome(decision), findings, list(decision.reasons), list(decision.errors))


async def mask(asked: Asked) -> bodies.MaskReply:
    """Mask a text as policy says, and keep what can be turned back in a session."""
    body: bodies.MaskRequest = asked.body
    session = body.session or f"s_{secrets.token_hex(16)}"
    scope = _scope(asked.principal, session)
    known = await asked.gateway.vault.load(scope) if body.session else ()
    desk = asked.gateway.desk
    rewriter = Rewriter(
        key=desk.session_key(scope),
        hash_key=desk.hash_key,
        style=desk.inspector.policy.pseudonyms,
        known=known,
        texts=(body.text,),
    )
    segment = _segment(body.text, body.role, "prompt")
    where = _situation(asked.principal)
    thinker = asked.gateway.thinker()
    inspector = desk.inspector.within(thinker.check)
    ruled = await thinker.think(len(body.text), lambda: rule_prompt(inspector, where, (segment,), rewriter))
    if rewriter.issued():
        await asked.gateway.vault.save(scope, rewriter.issued())
    text = ruled.safe[0].text if ruled.effect is Effect.ALLOW else ""
    return bodies.MaskReply(text, session, _word(ruled), _findings(ruled.decisions))


async def restore(asked: Asked) -> bodies.RestoreReply:
    """Turn the pseudonyms of a session back; it is on record by now."""
    body: bodies.RestoreRequest = asked.body
    aliases = await asked.gateway.vault.load(_scope(asked.principal, body.session))
    return bodies.RestoreReply(Restorer(aliases).restore(body.text))


def _segment(text: str, role: str, direction: str) -> Segment:
    speaker = Role(role) if direction == "prompt" or role != "user" else Role.ASSISTANT
    trust = Trust.MODEL if direction == "answer" else _TRUST.get(speaker, Trust.EXTERNAL)
    return Segment(text, speaker, trust, "/text")


def _situation(principal: Principal, direction: Direction = Direction.PROMPT, model: str = "") -> Situation:
    return Situation(
        app=principal.app, principal_roles=frozenset(principal.roles), model=model, direction=direction
    )


def _scope(principal: Principal, session: str) -> Scope:
    """Return the scope that a call in the same session has (`redoubt.pipeline.phases.Call.scope`)."""
    return Scope(principal.tenant, principal.app, f"{principal.id}/{principal.end_user}", session)


def _outcome(decision: Decision) -> Any:
    return decision.outcome


def _word(ruled: Ruled) -> Any:
    return "redact" if ruled.changes and not ruled.effect else _WORDS[ruled.effect]


def _findings(decided: tuple[tuple[str, Decision], ...]) -> list[bodies.FindingBody]:
    return [
        bodies.FindingBody(
            f.category, f.rule, f.start, f.end, f.confidence, f.view, duty.action.name.lower(), f.false_alarm
        )
        for _, decision in decided
        for duty in decision.obligations
        for f in (duty.finding,)
    ]


ENDPOINTS = (
    Endpoint(
        "POST", "/redoubt/v1/inspect", inspect, "text.inspect", bodies.InspectRequest, bodies.InspectReply,
        "Inspect a text and say what policy decides.", reach=Reach.OWN,
    ),
    Endpoint(
        "POST", "/redoubt/v1/mask", mask, "text.mask", bodies.MaskRequest, bodies.MaskReply,
        "Mask a text as policy says.", reach=Reach.OWN,
    ),
    Endpoint(
        "POST", "/redoubt/v1/restore", restore, "text.restore", bodies.RestoreRequest, bodies.RestoreReply,
        "Turn the pseudonyms of a session of the same principal back.", reach=Reach.OWN, event="restore",
    ),
)  # fmt: skip
