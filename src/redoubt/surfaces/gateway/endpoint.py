"""What an endpoint of the management API is: one line of its table, and one request to it."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from hashlib import blake2b
from typing import Any

import msgspec

from redoubt.domain.errors import InputError, RightsError, ServiceError
from redoubt.domain.principal import OPERATOR_TENANT, Principal
from redoubt.domain.rights import ACTIONS, ROLES
from redoubt.services.identity.directory import Directory
from redoubt.surfaces.gateway.gateway import Gateway

_QUOTED = re.compile(
    r"(?:key|usr|svc|agt|ex)_[0-9a-f]{1,64}"  # ids of ours
    r"|grn_(?:key_)?[0-9a-f]{1,64}(?:_[a-z]{1,16})?"
    r"|[0-9]{1,15}"
)


class Reach(Enum):
    """How far an endpoint reaches, and so which right it takes."""

    ALL = "all"
    """The whole installation: the right without limits, and the operator's tenant. What says nothing else has this."""
    TENANT = "tenant"
    """The caller's tenant, to which the endpoint keeps itself: the right without limits."""
    NARROWED = "narrowed"
    """What the caller's right is limited to, to which the endpoint keeps itself: the right, wherever it holds."""
    OWN = "own"
    """The caller's own: the right for its own application."""


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
    number: str
    """16 hexadecimal digits for the id of what is made, so that it is on record before it is there."""
    csrf: str = ""
    """What a page sends back with each change, where the caller came with a session."""

    @property
    def directory(self) -> Directory:
        """The directory, as the caller may use it. Raises ServiceError where there is none."""
        directory = self.gateway.directory
        if directory is None:
            raise ServiceError("this gateway was started without a directory of principals")
        return directory.on_behalf(self.principal)


def shown(word: str) -> str:
    """Return ``word`` as a note may quote it: an id or a number, or the name of a role or an action; nothing else is quoted."""
    return word if word in ROLES or word in ACTIONS or _QUOTED.fullmatch(word) else "?"


def named(asked: Asked) -> str:
    """Note which thing an action is about: the ``{id}`` of its path."""
    return shown(asked.name) if asked.name else ""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One line of the API."""

    method: str
    path: str
    answer: Callable[[Asked], Awaitable[Any]]
    action: str
    """The action of `redoubt.domain.rights.ACTIONS` that it takes; empty: everybody with a credential may."""
    takes: type[msgspec.Struct] | None
    gives: type[msgspec.Struct]
    summary: str
    query: tuple[str, ...] = ()
    status: int = 200
    reach: Reach = Reach.ALL
    event: str = ""
    """What stands on record before it is done; empty: nothing, since it changes and shows nothing of anybody else's."""
    note: Callable[[Asked], str] = named
    """What the record says besides."""
    step_up: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """Query parameters and values that take another action, which is also the event then."""
    pages: tuple[str, ...] = ()
    """Query parameters that choose a page of the same: the same person's turning the pages is one event, not one for each."""
    fails: Mapping[str, str] = field(default_factory=dict)
    """What it may answer besides what every endpoint may: from the status to why."""

    def asks(self, query: Mapping[str, str]) -> tuple[str, str]:
        """Return the action that a request takes, and the event it is."""
        for (name, value), action in self.step_up.items():
            if query.get(name) == value:
                return action, action
        return self.action, self.event

    def same(self, query: Mapping[str, str]) -> bytes:
        """Return what is equal for all pages of the same; empty where each request is an event of its own."""
        if not self.pages or self.asks(query) != (self.action, self.event):
            return b""
        rest = sorted((name, value) for name, value in query.items() if name not in self.pages)
        return blake2b(repr((self.event, rest)).encode(), digest_size=16).digest()

    def admit(self, who: Principal, action: str) -> None:
        """Let who may do ``action`` as far as the endpoint reaches. Raises RightsError."""
        if not action:
            return
        if self.reach is Reach.ALL and who.tenant != OPERATOR_TENANT:
            raise RightsError("this is for the operator's own tenant only")
        match self.reach:
            case Reach.NARROWED:
                allowed = who.rights.somewhere(action)
            case Reach.OWN:
                allowed = who.rights.allow(action, app=who.app)
            case _:
                allowed = who.rights.allow(action)
        if not allowed:
            raise RightsError(f"this needs the right '{action}'")


def whole_number(query: Mapping[str, str], name: str, default: int | None) -> int | None:
    """Return a query parameter as a number, ``default`` where it is not there. Raises InputError."""
    text = query.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit()) or len(text) > 15:
        raise InputError(f"the query parameter {name} must be a whole number")
    return int(text)
