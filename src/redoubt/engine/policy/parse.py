"""From the TOML that people write to a compiled `Policy`. Whatever is wrong is said at start, by path."""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from typing import TypeVar

import msgspec

from redoubt.domain.decision import Action
from redoubt.domain.errors import ConfigError
from redoubt.domain.exchange import Direction, Role, Trust
from redoubt.domain.rights import ROLES
from redoubt.engine.policy.model import (
    Allowed,
    Commitments,
    Match,
    Point,
    Policy,
    PseudonymStyle,
    Rule,
    Spotlight,
    SpotlightStyle,
    Streaming,
    Topics,
    Uninspectable,
)

MAX_BYTES = 1 << 20
"""No policy file is larger than this."""
MAX_DEPTH = 8
"""A policy may extend one that extends another, so many times."""

LEAST = 0.5
"""The least confidence of a rule that says nothing of it."""
_HOST = re.compile(
    r"(?:\*\.)?(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
)

GROUP = "@"
"""Marks a group of the taxonomy among a rule's categories: ``@identity_number``."""


class _Match(msgspec.Struct, forbid_unknown_fields=True):
    direction: list[Direction] | Direction = []
    roles: list[Role] | Role = []
    trust: list[Trust] | Trust = []
    apps: list[str] | str = []
    principal_roles: list[str] | str = []
    models: list[str] | str = []


class _Rule(_Match, forbid_unknown_fields=True, rename={"excluded": "except"}):
    id: str = ""
    categories: list[str] = []
    excluded: list[str] = []
    action: str = ""
    confidence: float | None = None
    point: Point | None = None
    unless: _Match | None = None


class _Allowed(msgspec.Struct, forbid_unknown_fields=True):
    values: list[str]
    categories: tuple[str, ...] = ("",)


class _Links(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    allow: list[str] = []


class _Commitments(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    allow: list[str] = []
    topics: list[str] | None = None


class _Topics(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    allow: list[str] = []
    deny: list[str] = []
    threshold: float | None = None


class PolicyTest(msgspec.Struct, forbid_unknown_fields=True):
    """One ``[[tests]]`` table: a text, where it stands, and what must become of it."""

    name: str
    text: str
    decision: str
    """``allow``, ``redact``, ``hold`` or ``deny``."""
    output: str | None = None
    """The text afterwards; only where no pseudonym is in it (they depend on a secret key)."""
    categories: list[str] | None = None
    """Exactly the categories that must be found."""
    not_in_output: list[str] = []
    direction: Direction = Direction.PROMPT
    role: Role = Role.USER
    trust: Trust = Trust.USER
    app: str = "default"
    principal_role: str = "developer"
    model: str = ""


class _File(msgspec.Struct, forbid_unknown_fields=True):
    name: str = ""
    extends: str = ""
    disable: list[str] = []
    own_roles: list[str] = []
    on_failure: str | None = None
    uninspectable: Uninspectable | None = None
    pseudonyms: PseudonymStyle | None = None
    streaming: Streaming | None = None
    refusal: str | None = None
    shareable: list[str] = []
    canary: bool | None = None
    spotlight: Spotlight | None = None
    spotlight_style: SpotlightStyle | None = None
    rules: list[_Rule] = []
    allow: list[_Allowed] = []
    links: _Links = _Links()
    commitments: _Commitments = _Commitments()
    topics: _Topics = _Topics()
    tests: list[PolicyTest] = []


_T = TypeVar("_T")
_ACTIONS = {action.name.lower(): action for action in Action}
_ON_FAILURE = {"deny": Action.DENY, "hold": Action.HOLD, "flag": Action.FLAG}
_DECISIONS = ("allow", "redact", "hold", "deny")


def parse_policy(
    data: bytes,
    source: str,
    *,
    groups: Mapping[str, tuple[str, ...]],
    categories: frozenset[str],
    profile: Callable[[str], bytes],
) -> tuple[Policy, tuple[PolicyTest, ...]]:
    """Compile the policy in ``data`` and return it with the tests that its file holds.

    ``source`` names it in errors. ``groups`` and ``categories`` are the taxonomy's. ``profile`` returns the built-in profile that
    ``extends`` names. Raises ConfigError for anything that is not exactly right.
    """
    return _compile(data, source, groups, categories, profile, MAX_DEPTH)


def _compile(
    data: bytes,
    source: str,
    groups: Mapping[str, tuple[str, ...]],
    categories: frozenset[str],
    profile: Callable[[str], bytes],
    depth: int,
) -> tuple[Policy, tuple[PolicyTest, ...]]:
    file = _read(data, source)
    base: Policy | None = None
    if file.extends:
        if depth == 0:
            raise ConfigError(f"{source}: `extends` goes round in a circle or is more than {MAX_DEPTH} deep")
        base, _ = _compile(profile(file.extends), file.extends, groups, categories, profile, depth - 1)
    rules = {rule.id: rule for rule in (base.rules if base else ())}
    for unwanted in file.disable:
        if rules.pop(unwanted, None) is None:
            raise ConfigError(
                f"{source}: `disable` names the rule {unwanted!r}, which {file.extends or 'no policy'} has not"
            )
    seen: set[str] = set()
    roles = frozenset((*ROLES, *file.own_roles))
    for index, raw in enumerate(file.rules):
        rule = _rule(raw, f"{source}: $.rules[{index}]", groups, categories, roles)
        if rule.id in seen:
            raise ConfigError(f"{source}: $.rules[{index}].id: two rules are called {rule.id!r}")
        seen.add(rule.id)
        rules[rule.id] = rule
    on_failure = base.on_failure if base else Action.DENY
    if file.on_failure is not None:
        on_failure = _word(file.on_failure, _ON_FAILURE, f"{source}: $.on_failure")
    for index, test in enumerate(file.tests):
        if test.decision not in _DECISIONS:
            raise ConfigError(f"{source}: $.tests[{index}].decision: must be one of {', '.join(_DECISIONS)}")
    plain = Policy("", "", ())
    policy = Policy(
        name=file.name or (base.name if base else source),
        digest=sha256(data + (base.digest.encode() if base else b"")).hexdigest()[:16],
        rules=tuple(rules.values()),
        allowed=(base.allowed if base else ())
        + tuple(
            Allowed(value, _categories(entry.categories, f"{source}: $.allow[{i}]", groups, categories))
            for i, entry in enumerate(file.allow)
            for value in entry.values
        ),
        on_failure=on_failure,
        uninspectable=file.uninspectable or (base or plain).uninspectable,
        pseudonyms=file.pseudonyms or (base or plain).pseudonyms,
        streaming=file.streaming or (base or plain).streaming,
        refusal=file.refusal or (base or plain).refusal,
        links=(base or plain).links + _hosts(file.links.allow, f"{source}: $.links.allow"),
        commitments=_commitments(file.commitments, (base or plain).commitments, f"{source}: $.commitments"),
        topics=_topics(file.topics, (base or plain).topics, f"{source}: $.topics"),
        shareable=(base or plain).shareable + tuple(file.shareable),
        canary=(base or plain).canary if file.canary is None else file.canary,
        spotlight=file.spotlight or (base or plain).spotlight,
        spotlight_style=file.spotlight_style or (base or plain).spotlight_style,
    )
    return policy, tuple(file.tests)


def _read(data: bytes, source: str) -> _File:
    if len(data) > MAX_BYTES:
        raise ConfigError(f"{source}: larger than {MAX_BYTES} bytes; no policy needs that")
    try:
        return msgspec.convert(tomllib.loads(data.decode()), _File)
    except UnicodeDecodeError as error:
        raise ConfigError(f"{source}: not UTF-8 at byte {error.start}") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{source}: not TOML: {error}") from error
    except msgspec.ValidationError as error:
        raise ConfigError(f"{source}: {error}") from error
    except RecursionError as error:
        raise ConfigError(f"{source}: nested too deeply") from error


def _rule(
    raw: _Rule,
    where: str,
    groups: Mapping[str, tuple[str, ...]],
    known: frozenset[str],
    roles: frozenset[str],
) -> Rule:
    if not raw.id:
        raise ConfigError(f"{where}.id: every rule needs an id; entries of the audit log name it")
    if not raw.categories:
        raise ConfigError(f'{where}.categories: name at least one category ("" is all of them)')
    confidence = raw.confidence
    if confidence is None:
        confidence = LEAST if raw.point is None else 0.0  # who names a point has said how sure is sure enough
    if not 0.0 <= confidence <= 1.0:
        raise ConfigError(f"{where}.confidence: must lie between 0 and 1")
    if "" in raw.excluded:
        raise ConfigError(
            f'{where}.except: "" is every category and would switch the rule off; use `disable`'
        )
    unless = _match(raw.unless, f"{where}.unless", roles) if raw.unless is not None else None
    if unless is not None and unless.is_everything:
        raise ConfigError(f"{where}.unless: is empty and would switch the rule off; use `disable` for that")
    return Rule(
        id=raw.id,
        categories=_categories(raw.categories, where, groups, known),
        action=_word(raw.action, _ACTIONS, f"{where}.action"),
        confidence=confidence,
        match=_match(raw, where, roles),
        unless=unless,
        point=raw.point,
        excluded=_categories(raw.excluded, where, groups, known, key="except"),
    )


def _categories(
    names: Iterable[str],
    where: str,
    groups: Mapping[str, tuple[str, ...]],
    known: frozenset[str],
    *,
    key: str = "categories",
) -> tuple[str, ...]:
    resolved: list[str] = []
    for name in names:
        if name.startswith(GROUP):
            if name[1:] not in groups:
                raise ConfigError(
                    f"{where}.{key}: no group {name!r}; there are {', '.join('@' + g for g in groups)}"
                )
            resolved.extend(groups[name[1:]])
        elif name and name not in known and not any(category.startswith(name + ".") for category in known):
            raise ConfigError(
                f"{where}.{key}: the taxonomy has no category {name!r}; `redoubt policy categories` lists them"
            )
        else:
            resolved.append(name)
    return tuple(resolved)


def _match(raw: _Match, where: str, roles: frozenset[str]) -> Match:
    for role in _many(raw.principal_roles):
        if role not in roles:
            raise ConfigError(
                f"{where}.principal_roles: nobody has the role {role!r}; there are {', '.join(ROLES)}, "
                "and those that `own_roles` of this file names"
            )
    return Match(
        direction=frozenset(_many(raw.direction)),
        roles=frozenset(_many(raw.roles)),
        trust=frozenset(_many(raw.trust)),
        apps=frozenset(_many(raw.apps)),
        principal_roles=frozenset(_many(raw.principal_roles)),
        models=tuple(_many(raw.models)),
    )


def _hosts(names: list[str], where: str) -> tuple[str, ...]:
    for index, name in enumerate(names):
        if not _HOST.fullmatch(name):
            raise ConfigError(
                f"{where}[{index}]: {name!r} is not a host; write www.acme.example, or *.acme.example for all beneath"
            )
    return tuple(name.lower() for name in names)


def _commitments(raw: _Commitments, base: Commitments, where: str) -> Commitments:
    for index, topic in enumerate(raw.topics or ()):
        if topic not in Commitments().topics:
            raise ConfigError(f"{where}.topics[{index}]: must be one of {', '.join(Commitments().topics)}")
    for index, phrase in enumerate(raw.allow):
        if len(re.findall(r"\w+", phrase)) < 2:
            raise ConfigError(
                f"{where}.allow[{index}]: a phrase has at least two words, or it allows too much"
            )
    return Commitments(
        base.allow + tuple(raw.allow), base.topics if raw.topics is None else tuple(raw.topics)
    )


def _topics(raw: _Topics, base: Topics, where: str) -> Topics:
    threshold = base.threshold if raw.threshold is None else raw.threshold
    if not 0.0 < threshold < 1.0:
        raise ConfigError(f"{where}.threshold: must lie between 0 and 1")
    if any(not topic.strip() for topic in (*raw.allow, *raw.deny)):
        raise ConfigError(f"{where}: a topic may not be empty; name it in a few words")
    return Topics(base.allow + tuple(raw.allow), base.deny + tuple(raw.deny), threshold)


def _many(one_or_more: list[_T] | _T) -> list[_T]:
    return one_or_more if isinstance(one_or_more, list) else [one_or_more]


def _word(word: str, words: Mapping[str, Action], where: str) -> Action:
    if word not in words:
        raise ConfigError(f"{where}: must be one of {', '.join(words)}")
    return words[word]
