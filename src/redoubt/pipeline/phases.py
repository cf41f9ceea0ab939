"""The phases of one exchange, in the order in which they happen. Read `exchange` from top to bottom: that is the product."""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from redoubt.domain.decision import CHANGES, Decision, Effect, outcome
from redoubt.domain.errors import (
    CallerGoneError,
    ClosingError,
    LimitError,
    OverdueError,
    RedoubtError,
    ServiceError,
    UpstreamError,
)
from redoubt.domain.exchange import Direction, Segment, Uninspectable
from redoubt.domain.principal import Principal
from redoubt.domain.pseudonym import Alias
from redoubt.engine.detect.interface import Scan, Unit
from redoubt.engine.leak.fingerprints import CATEGORY as OTHERS
from redoubt.engine.leak.fingerprints import OtherPeople
from redoubt.engine.policy import model as policy
from redoubt.engine.policy.decide import decide
from redoubt.engine.policy.model import Situation
from redoubt.engine.redact.restore import Restorer
from redoubt.pipeline.commands import (
    AskApproval,
    Command,
    Forward,
    Load,
    Recall,
    Record,
    Relay,
    RelayEnd,
    Release,
    Remember,
    Save,
    StreamStarted,
    WholeAnswer,
)
from redoubt.pipeline.inspector import Inspector
from redoubt.pipeline.lanes import AnswerLanes
from redoubt.pipeline.leaks import Leaks, Watch
from redoubt.pipeline.record import Ledger
from redoubt.pipeline.rewrite import Rewriter, Ruled, rule_prompt
from redoubt.services.vault.interface import Scope


@dataclass(frozen=True, slots=True)
class Desk:
    """What every exchange of one gateway shares."""

    inspector: Inspector
    session_key: Callable[[Scope], bytes]
    """The vault's key for a scope: pseudonyms are derived from it."""
    hash_key: bytes
    """Key of the `hash` action."""
    clock: Callable[[], float]
    """Seconds since the epoch, UTC."""
    leaks: Leaks | None = None
    """What answers are compared with; None: nothing."""
    value_key: bytes = b""
    """Key of the fingerprints by which the audit log is searched for a value; empty: it cannot be."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request of one caller, cut into segments."""

    exchange: str
    received_at: float
    principal: Principal
    api: str
    upstream: str
    model: str
    segments: tuple[Segment, ...]
    uninspectable: tuple[Uninspectable, ...] = ()
    session: str = ""
    """The session the caller names, else empty: then pseudonyms live as long as the exchange."""
    chain: str = ""
    """The earlier answer, kept by the provider, that this request goes on from; else empty."""
    standing: str = ""
    """Instructions that the provider's side adds to every request, as far as they are known; answers are compared with them."""

    @property
    def scope(self) -> Scope:
        """Whose pseudonyms this exchange makes."""
        who = self.principal
        return Scope(who.tenant, who.app, f"{who.id}/{who.end_user}", self.session, who.subject)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an exchange ended."""

    decision: str
    """``allow``, ``redact``, ``hold`` or ``deny``: the stricter of prompt and answer."""
    refusal: str = ""
    """What to say instead of an answer; empty where there is one (or where it was streamed already)."""
    changes: Mapping[str, str] = field(default_factory=dict)
    """For a whole answer: the segments that must be written back, by path."""


Steps = Generator[Command, Any, Outcome]
"""An exchange under way. It yields commands and is sent their replies."""

OVERDUE = "inspection took too long"
"""Stands as note in the entry of an exchange that was ended for it."""
CLOSED = "the gateway stopped"
"""Stands as note in the entry of an exchange that was still under way then."""
HELD = "This request waits for a person to approve it."
"""What a caller reads whose request is held."""

_NOTHING_TO_RESTORE = Restorer()
_STRICTNESS = ("allow", "redact", "hold", "deny")


def exchange(desk: Desk, call: Call) -> Steps:
    """Take one request to the model and its answer back.

    Nothing is forwarded that was denied or is not on record; nothing is released that was denied or is not on record.
    """
    ledger = Ledger(
        call.exchange,
        call.principal,
        call.api,
        call.upstream,
        call.model,
        desk.inspector.policy.version,
        desk.value_key,
    )
    where = Situation(
        app=call.principal.app,
        principal_roles=frozenset(call.principal.roles),
        model=call.model,
        direction=Direction.PROMPT,
    )
    known = yield from _known(call)
    rewriter = Rewriter(
        key=lambda: desk.session_key(call.scope),
        hash_key=desk.hash_key,
        style=desk.inspector.policy.pseudonyms,
        known=known,
        texts=tuple(segment.text for segment in call.segments),
    )
    try:
        ruled = rule_prompt(desk.inspector, where, call.segments, rewriter)
    except OverdueError:
        yield Record(
            ledger.entry("prompt", "deny", (), (), at=desk.clock(), opaque=call.uninspectable, note=OVERDUE)
        )
        raise
    watch = _watch(desk, call)
    if watch is not None:
        ruled = yield from _remembered(desk, where, watch, ruled)
    effect = max(ruled.effect, _uninspectable(desk, call.uninspectable))
    prompt = outcome(effect, changed=bool(ruled.changes))
    yield Record(
        ledger.entry(
            "prompt",
            prompt,
            ruled.decisions,
            ruled.safe,
            at=desk.clock(),
            opaque=call.uninspectable,
            written=call.segments,
        )
    )
    if effect is Effect.DENY:
        return Outcome("deny", desk.inspector.policy.refusal)
    if effect is Effect.HOLD and not (yield AskApproval(_merged(ruled))):
        return Outcome("hold", HELD)
    if call.session and rewriter.issued():
        yield Save(call.scope, rewriter.issued())
    try:
        marked = watch.changes(ruled.safe) if watch is not None else {}
        reply: WholeAnswer | StreamStarted = yield Forward({**ruled.changes, **marked})
        answer = yield from _answer(desk, call, ledger, where, rewriter, watch, reply)
    except (UpstreamError, CallerGoneError, ClosingError, OverdueError, LimitError) as error:
        word = "deny" if isinstance(error, OverdueError) else prompt
        yield Record(
            ledger.entry("answer", word, (), (), at=desk.clock(), note=_note(error), since=call.received_at)
        )
        raise
    if prompt == answer.decision:
        return answer
    return replace(answer, decision=max(prompt, answer.decision, key=_STRICTNESS.index))


def _known(call: Call) -> Generator[Command, Any, tuple[Alias, ...]]:
    """Fetch the aliases of the session that the request belongs to."""
    known: tuple[Alias, ...] = ()
    if call.session:
        known += yield Load(call.scope)
    if call.chain:
        known += yield Load(_link(call, call.chain))
    return known


def _link(call: Call, chain: str) -> Scope:
    """Return the scope under which the aliases behind an answer that the provider keeps are stored."""
    return replace(call.scope, session=f"chain:{chain}")


def _answer(
    desk: Desk,
    call: Call,
    ledger: Ledger,
    where: Situation,
    rewriter: Rewriter,
    watch: Watch | None,
    reply: WholeAnswer | StreamStarted,
) -> Generator[Command, Any, Outcome]:
    """Inspect, record and release what the provider said."""
    aliases = rewriter.aliases()
    where = _answering(where)
    inspector = desk.inspector
    if watch is not None:
        foreign = yield from _recalled(desk, where, watch, reply)
        inspector = inspector.beside(watch.beside(foreign))
    lanes = AnswerLanes(
        inspector,
        where,
        Restorer(aliases) if aliases else _NOTHING_TO_RESTORE,
        rewriter,
        unit=_unit(desk.inspector),
        buffered=desk.inspector.policy.streaming is policy.Streaming.BUFFERED,
    )
    if isinstance(reply, WholeAnswer):
        for segment in reply.segments:
            lanes.whole(segment)
        for part in reply.uninspectable:
            lanes.note_uninspectable(part)
        end: RelayEnd | WholeAnswer = reply
    else:
        end = yield Relay(lanes)
    effect = lanes.effect
    settled = lanes.settle()
    word = outcome(effect, changed=settled.redacted)
    yield Record(
        ledger.entry(
            "answer",
            word,
            settled.decisions,
            settled.safe if watch is None else watch.without_marker(settled.safe),
            at=desk.clock(),
            opaque=lanes.uninspectable,
            usage=end.usage,
            note=end.note,
            since=call.received_at,
        )
    )
    if end.chain and (made := rewriter.aliases()):
        yield Save(_link(call, end.chain), made)
    if isinstance(reply, StreamStarted):
        yield Release()
        return Outcome(word)
    if effect is not Effect.ALLOW:
        return Outcome(word, HELD if effect is Effect.HOLD else desk.inspector.policy.refusal)
    return Outcome(word, changes=lanes.restored)


def _note(error: RedoubtError) -> str:
    """Say in an entry why there was no answer."""
    if isinstance(error, UpstreamError):
        return f"upstream failed ({error.status})"
    if isinstance(error, ClosingError):
        return CLOSED
    if isinstance(error, LimitError):
        return "a limit was reached"
    return OVERDUE if isinstance(error, OverdueError) else "client went away"


def _unit(inspector: Inspector) -> Unit:
    """Return what a streamed answer is cut into."""
    match inspector.policy.streaming:
        case policy.Streaming.SENTENCE:
            return Unit.SENTENCE
        case policy.Streaming.AUTO if inspector.judges_sentences:
            return Unit.SENTENCE
    return Unit.WORD


def _answering(where: Situation) -> Situation:
    return replace(where, direction=Direction.ANSWER)


def _watch(desk: Desk, call: Call) -> Watch | None:
    if desk.leaks is None:
        return None
    return Watch(desk.leaks, desk.inspector.policy, call.scope, call.exchange, call.segments, call.standing)


def _remembered(desk: Desk, where: Situation, watch: Watch, ruled: Ruled) -> Generator[Command, Any, Ruled]:
    """Let the store of fingerprints know whose values the prompt brings; where it cannot answer, policy says what follows."""
    rules = desk.inspector.policy
    marks = watch.values(ruled.decisions)
    if not marks or ruled.effect is Effect.DENY or not rules.asks_about(OTHERS, _answering(where)):
        return ruled
    try:
        yield Remember(watch.owner, marks, watch.person)
    except ServiceError:
        failed = decide(rules, Scan(failed=(OtherPeople.id,)), where)
        effect = max(ruled.effect, failed.effect)
        return replace(ruled, effect=effect, decisions=(*ruled.decisions, ("", failed)))
    return ruled


def _recalled(
    desk: Desk, where: Situation, watch: Watch, reply: WholeAnswer | StreamStarted
) -> Generator[Command, Any, Callable[[bytes], bool] | None]:
    """Return what tells whether a value in the answer is another caller's; None where memory must do, in the middle of a stream."""
    if isinstance(reply, StreamStarted):
        return None
    inspector = desk.inspector
    marks = watch.strangers([(segment, inspector.scan(segment).findings) for segment in reply.segments])
    if not marks or not inspector.policy.asks_about(OTHERS, where):
        return frozenset[bytes]().__contains__
    try:
        foreign: frozenset[bytes] = yield Recall(watch.owner, marks)
    except ServiceError as error:
        return _raising(error)
    return foreign.__contains__


def _raising(error: ServiceError) -> Callable[[bytes], bool]:
    """Return what cannot answer: who asks it has failed, and policy says what that means."""

    def ask(_mark: bytes) -> bool:
        raise error

    return ask


def _uninspectable(desk: Desk, parts: tuple[Uninspectable, ...]) -> Effect:
    denied = parts and desk.inspector.policy.uninspectable is policy.Uninspectable.DENY
    return Effect.DENY if denied else Effect.ALLOW


def _merged(ruled: Ruled) -> Decision:
    """Fold the segments' decisions into the one that a person is asked about."""
    decisions = [decision for _, decision in ruled.decisions]
    return Decision(
        effect=ruled.effect,
        obligations=tuple(o for d in decisions for o in d.obligations if o.action not in CHANGES),
        reasons=tuple(dict.fromkeys(reason for d in decisions for reason in d.reasons)),
        errors=tuple(dict.fromkeys(error for d in decisions for error in d.errors)),
    )
