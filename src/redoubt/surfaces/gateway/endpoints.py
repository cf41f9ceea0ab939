"""The management API: what each endpoint does."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from redoubt.domain.decision import Decision, Effect
from redoubt.domain.errors import InputError, ServiceError
from redoubt.domain.evidence import Entry
from redoubt.domain.exchange import Direction, Role, Segment, Trust
from redoubt.domain.principal import Principal
from redoubt.engine.policy.model import Situation
from redoubt.engine.redact.restore import Restorer
from redoubt.pipeline.rewrite import Rewriter, Ruled, rule_prompt
from redoubt.services.audit.interface import StoredEntry
from redoubt.services.identity.interface import KeyInfo
from redoubt.services.vault.interface import Scope
from redoubt.surfaces.gateway import bodies
from redoubt.surfaces.gateway.gateway import Gateway
from redoubt.surfaces.gateway.problems import NotServedError

MAX_ENTRIES = 1000
_TRUST = {
    Role.SYSTEM: Trust.OPERATOR,
    Role.DEVELOPER: Trust.OPERATOR,
    Role.TOOL_DEFINITION: Trust.OPERATOR,
    Role.USER: Trust.USER,
}
_WORDS = ("allow", "hold", "deny")
"""By `Effect`."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request to the management API, understood."""

    gateway: Gateway
    principal: Principal
    exchange: str
    body: Any
    """As the endpoint's request type; None where it has none."""
    query: Mapping[str, str]
    name: str
    """What ``{id}`` in the path stands for."""


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
    """Turn the pseudonyms of a session back; it is on record before the values are shown."""
    body: bodies.RestoreRequest = asked.body
    aliases = await asked.gateway.vault.load(_scope(asked.principal, body.session))
    await record(asked, "restore", f"session of {len(aliases)} pseudonyms")
    return bodies.RestoreReply(Restorer(aliases).restore(body.text))


async def list_keys(asked: Asked) -> bodies.KeyList:
    """List all keys, revoked and expired ones too."""
    return bodies.KeyList([_key(info) for info in asked.gateway.identity.list()])


async def create_key(asked: Asked) -> bodies.NewKeyBody:
    """Make a key. One whose making cannot be put on record is revoked again."""
    body: bodies.KeyRequest = asked.body
    made = asked.gateway.identity.create(
        name=body.name,
        app=body.app,
        role=body.role,
        expires_at=body.expires_at,
        per_second=body.per_second,
        per_minute=body.per_minute,
    )
    try:
        await record(asked, "keys.create", made.info.id)
    except ServiceError:
        asked.gateway.identity.revoke(made.info.id)
        raise
    return bodies.NewKeyBody(_key(made.info), made.secret)


async def revoke_key(asked: Asked) -> bodies.KeyBody:
    """Revoke a key."""
    try:
        info = asked.gateway.identity.revoke(asked.name)
    except InputError as error:
        raise NotServedError(404, "not_found", str(error)) from None
    await record(asked, "keys.revoke", info.id)
    return _key(info)


async def list_entries(asked: Asked) -> bodies.EntryList:
    """Read the log, newest first. Revealing the texts is itself put on record first."""
    limit = _number(asked.query, "limit", 100)
    before = _number(asked.query, "before", None)
    reveal = asked.query.get("reveal", "false")
    if reveal not in ("true", "false"):
        raise InputError("the query parameter reveal must be true or false")
    exchange = asked.query.get("exchange", "")
    if limit is None or not 1 <= limit <= MAX_ENTRIES:
        raise InputError(f"the query parameter limit must be 1 to {MAX_ENTRIES}")
    if reveal == "true":
        await record(asked, "audit.reveal", f"up to {limit} entries")
    stored = asked.gateway.audit.read(exchange=exchange, limit=limit, before=before, reveal=reveal == "true")
    return bodies.EntryList([_entry(item) async for item in stored])


async def head(asked: Asked) -> bodies.HeadBody:
    """Return the state of the whole log."""
    state = await asked.gateway.audit.head()
    return bodies.HeadBody(state.size, state.root.hex())


async def list_policies(asked: Asked) -> bodies.PolicyList:
    """Return the policy in force."""
    policy = asked.gateway.desk.inspector.policy
    rules = [rule.id for rule in policy.rules]
    return bodies.PolicyList([bodies.PolicyBody(policy.name, policy.digest, True, rules)])


async def reload_policy(asked: Asked) -> bodies.ReloadReply:
    """Read the policy's file anew; it is in force for new exchanges when this answers."""
    reloader = asked.gateway.reloader
    if reloader is None:
        raise ServiceError("this gateway cannot reload its policy; restart it")
    done = await reloader.reload(asked.principal, asked.exchange)
    return bodies.ReloadReply(done.before, done.now, done.changed, done.tests)


async def record(asked: Asked, action: str, note: str) -> None:
    """Put a management action on record; durable on return. Raises ServiceError."""
    who = asked.principal
    entry = Entry(
        exchange=asked.exchange,
        kind="admin",
        at=asked.gateway.clock(),
        principal=who.id,
        app=who.app,
        tenant=who.tenant,
        subject=who.id,
        decision="allow",
        api=action,
        policy=asked.gateway.desk.inspector.policy.version,
        note=note,
    )
    await asked.gateway.audit.append(entry)


def _segment(text: str, role: str, direction: str) -> Segment:
    speaker = Role(role) if direction == "prompt" or role != "user" else Role.ASSISTANT
    trust = Trust.MODEL if direction == "answer" else _TRUST.get(speaker, Trust.EXTERNAL)
    return Segment(text, speaker, trust, "/text")


def _situation(principal: Principal, direction: Direction = Direction.PROMPT, model: str = "") -> Situation:
    return Situation(app=principal.app, principal_role=principal.role, model=model, direction=direction)


def _scope(principal: Principal, session: str) -> Scope:
    """Return the scope that a call in the same session has (`redoubt.pipeline.phases.Call.scope`)."""
    who = f"{principal.id}/{principal.end_user}"
    return Scope(principal.tenant, principal.app, who, session, principal.subject)


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


def _key(info: KeyInfo) -> bodies.KeyBody:
    return bodies.KeyBody(
        info.id,
        info.prefix,
        info.name,
        info.app,
        info.role,
        info.created_at,
        info.expires_at,
        info.revoked_at,
        info.per_second,
        info.per_minute,
    )


def _entry(stored: StoredEntry) -> bodies.EntryBody:
    entry = stored.entry
    records = [
        bodies.RecordBody(f.category, f.rule, r.path, f.start, f.end, f.confidence, f.view, r.action)
        for r in entry.findings
        for f in (r.finding,)
    ]
    return bodies.EntryBody(
        index=stored.receipt.index,
        leaf=stored.receipt.leaf.hex(),
        exchange=entry.exchange,
        kind=entry.kind,
        at=entry.at,
        principal=entry.principal,
        app=entry.app,
        tenant=entry.tenant,
        subject=entry.subject,
        decision=entry.decision,
        upstream=entry.upstream,
        model=entry.model,
        api=entry.api,
        policy=entry.policy,
        findings=records,
        reasons=list(entry.reasons),
        errors=list(entry.errors),
        input_tokens=entry.input_tokens,
        output_tokens=entry.output_tokens,
        latency_ms=entry.latency_ms,
        note=entry.note,
        text=entry.text,
    )


def _number(query: Mapping[str, str], name: str, default: int | None) -> int | None:
    text = query.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit()) or len(text) > 15:
        raise InputError(f"the query parameter {name} must be a whole number")
    return int(text)
