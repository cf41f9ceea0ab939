"""`Guard`: the engine as a Python library. What it decides is what the gateway decides: it is the same code."""

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from redoubt import compose
from redoubt.domain.decision import Decision
from redoubt.domain.errors import InputError
from redoubt.domain.exchange import Direction, Role, Segment, Syntax, Trust
from redoubt.domain.finding import Finding
from redoubt.domain.pseudonym import Alias
from redoubt.domain.settings import ModelSettings
from redoubt.engine.policy.model import Situation
from redoubt.engine.redact.restore import Restorer
from redoubt.pipeline.inspector import Inspector
from redoubt.pipeline.rewrite import Rewriter, rule_prompt

_OWN = {Direction.PROMPT: (Role.USER, Trust.USER), Direction.ANSWER: (Role.ASSISTANT, Trust.MODEL)}


@dataclass(frozen=True, slots=True)
class Inspection:
    """What was found in a text and what policy says follows."""

    decision: str
    """``allow``, ``redact``, ``hold`` or ``deny``."""
    findings: tuple[Finding, ...]
    """In order of start; positions are code points of the text that was inspected."""
    details: Decision = field(repr=False)
    """Obligations, reasons and errors."""


@dataclass(frozen=True, slots=True)
class Masked:
    """A text as it may go to a model, and the way back."""

    text: str
    decision: str
    findings: tuple[Finding, ...]
    aliases: tuple[Alias, ...] = field(repr=False)
    """The pseudonyms in `text` and the values behind them. As secret as the values."""

    def restore(self, answer: str, *, json: bool = False) -> str:
        """Return ``answer`` with the pseudonyms of this text turned back; ``json`` where it is JSON, so that it stays JSON."""
        return Restorer(self.aliases).restore(answer, Syntax.JSON if json else Syntax.PLAIN)


class Session:
    """Texts that belong together: the same value has the same pseudonym in all of them.

    One session belongs to one person. Nothing made in it can be turned back in another.
    """

    __slots__ = ("_aliases", "_guard", "_key")

    def __init__(self, guard: "Guard", key: bytes) -> None:
        self._guard = guard
        self._key = key
        self._aliases: tuple[Alias, ...] = ()

    def mask(self, text: str, *, json: bool = False) -> Masked:
        """As `Guard.mask`, with the pseudonyms of the session."""
        masked = self._guard._mask(text, json, self._key, self._aliases)
        self._aliases = tuple(dict.fromkeys((*self._aliases, *masked.aliases)))
        return masked

    def restore(self, answer: str, *, json: bool = False) -> str:
        """Return ``answer`` with the pseudonyms of the session turned back."""
        return Restorer(self._aliases).restore(answer, Syntax.JSON if json else Syntax.PLAIN)


class Guard:
    """Detectors under a policy. Make one and keep it: it is safe to use from many threads and remembers what it has seen."""

    __slots__ = ("_hash_key", "_inspector")

    def __init__(self, inspector: Inspector) -> None:
        self._inspector = inspector
        self._hash_key = secrets.token_bytes(32)

    @classmethod
    def from_profile(
        cls,
        name: str = "balanced",
        *,
        models: bool = True,
        rules: Sequence[str | Path] = (),
    ) -> "Guard":
        """Return a guard with a built-in policy: ``monitor``, ``balanced`` or ``strict``.

        ``rules`` are files of your own detection rules. ``models=False`` runs the rules alone, without the guard models. Raises
        ConfigError.
        """
        return cls._make(name, "", rules, models)

    @classmethod
    def from_policy(
        cls,
        file: str | Path,
        *,
        models: bool = True,
        rules: Sequence[str | Path] = (),
    ) -> "Guard":
        """Return a guard with the policy in ``file`` (TOML). Raises ConfigError, which names the place."""
        return cls._make("", str(file), rules, models)

    @classmethod
    def _make(cls, profile: str, file: str, rules: Sequence[str | Path], models: bool) -> "Guard":
        detector = compose.detector([str(path) for path in rules])
        policy, _ = compose.policy(profile, file, detector)
        guard = compose.guard(ModelSettings(enabled=models), detector)
        return cls(compose.inspector(policy, detector, secrets.token_bytes(32), guard=guard))

    def inspect(
        self, text: str, *, direction: str = "prompt", role: str = "", trust: str = "", app: str = "default"
    ) -> Inspection:
        """Return what is in ``text`` and what policy says about it.

        ``direction`` is ``prompt`` or ``answer``; ``role`` and ``trust`` (see `redoubt.domain.exchange`) are the user's for a prompt and
        the model's for an answer unless given. Raises InputError for an unknown word.
        """
        try:
            way = Direction(direction)
            own_role, own_trust = _OWN[way]
            segment = Segment(text, Role(role or own_role), Trust(trust or own_trust))
        except ValueError as error:
            raise InputError(f"{error}; see redoubt.domain.exchange for the words") from error
        decision = self._inspector.inspect(segment, Situation(direction=way, app=app))
        return Inspection(decision.outcome, tuple(o.finding for o in decision.obligations), decision)

    def mask(self, text: str, *, json: bool = False) -> Masked:
        """Return ``text`` as policy lets it go to a model.

        ``json`` where the text is JSON, so that it stays JSON. A text that policy denies comes back with what it was denied for redacted,
        and ``decision`` says ``deny``: do not send it.
        """
        return self._mask(text, json, secrets.token_bytes(32), ())

    def restore(self, answer: str, masked: Masked, *, json: bool = False) -> str:
        """Return ``answer`` with the pseudonyms of ``masked`` turned back."""
        return masked.restore(answer, json=json)

    def session(self) -> Session:
        """Begin a session: a conversation of one person."""
        return Session(self, secrets.token_bytes(32))

    async def ainspect(
        self, text: str, *, direction: str = "prompt", role: str = "", trust: str = "", app: str = "default"
    ) -> Inspection:
        """As `inspect`, off the event loop."""
        return await asyncio.to_thread(
            self.inspect, text, direction=direction, role=role, trust=trust, app=app
        )

    async def amask(self, text: str, *, json: bool = False) -> Masked:
        """As `mask`, off the event loop."""
        return await asyncio.to_thread(self.mask, text, json=json)

    def _mask(self, text: str, json: bool, key: bytes, known: tuple[Alias, ...]) -> Masked:
        rewriter = Rewriter(
            key=key,
            hash_key=self._hash_key,
            style=self._inspector.policy.pseudonyms,
            known=known,
            texts=(text,),
        )
        segment = Segment(text, syntax=Syntax.JSON if json else Syntax.PLAIN)
        ruled = rule_prompt(self._inspector, Situation(), (segment,), rewriter)
        findings = tuple(o.finding for _, d in ruled.decisions for o in d.obligations)
        return Masked(ruled.safe[0].text, ruled.outcome, findings, rewriter.aliases())
