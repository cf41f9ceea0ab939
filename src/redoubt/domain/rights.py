"""What may be done, and by whom: actions, roles, grants, and the rights that come of them.

Everything is denied that no grant allows. A grant gives somebody a role, within an app, an upstream, a model, a collection: each a name,
compared exactly, or `ANY`. There are no globs: what a pattern lets in changes with every new name, and a right should not.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

ANY = "*"
"""Every name, also one that does not exist yet."""

ACTIONS: Mapping[str, str] = {
    "model.call": "send prompts to a model through the gateway",
    "text.inspect": "have a text inspected",
    "text.mask": "have a text masked",
    "text.restore": "turn the pseudonyms of one's own sessions back",
    "keys.read": "list API keys",
    "keys.write": "make, rotate and revoke API keys",
    "principals.read": "list principals, their grants, and roles",
    "principals.write": "make, disable and enable principals; grant roles and take them away",
    "roles.write": "write and delete roles of one's own",
    "audit.read": "read the audit log, without the texts",
    "audit.reveal": "read the texts that the audit log keeps",
    "audit.export": "export the audit log, and incidents as bundles",
    "audit.erase": "erase a person's texts",
    "audit.hold": "hold a person's texts against erasure, and let go of them",
    "policy.read": "read the policy in force",
    "policy.write": "change the policy",
    "approvals.read": "see what waits for approval",
    "approvals.decide": "approve or refuse what waits",
    "limits.read": "read limits and what is used of them",
    "limits.write": "change limits",
    "operations.backup": "back up and restore keys and records",
}
"""Every action there is, and what it means."""

ADMIN = "admin"
"""The role that holds every right: there is always somebody who has it."""

ROLES: Mapping[str, tuple[str, ...]] = {
    ADMIN: tuple(ACTIONS),
    "policy-author": ("policy.read", "policy.write", "text.inspect", "text.mask", "limits.read", "limits.write"),
    "approver": ("approvals.read", "approvals.decide", "policy.read"),
    "auditor": (
        "audit.read", "audit.reveal", "audit.export", "audit.hold", "keys.read", "principals.read", "policy.read",
        "limits.read", "approvals.read",
    ),
    "developer": ("model.call", "text.inspect", "text.mask", "text.restore", "policy.read", "limits.read"),
    "user": ("model.call",),
}  # fmt: skip
"""The roles that are built in, and the actions of each. Roles of one's own stand beside them under other names."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Where a grant applies: names, compared exactly, or `ANY`."""

    app: str = ANY
    upstream: str = ANY
    model: str = ANY
    collection: str = ANY

    @property
    def place(self) -> tuple[str, str, str, str]:
        """The four names, in their order."""
        return self.app, self.upstream, self.model, self.collection

    def cover(self, other: "Limits") -> bool:
        """Tell whether all that lies within ``other`` lies within these. `ANY` is covered by nothing but itself."""
        return (
            self.app in (ANY, other.app)
            and self.upstream in (ANY, other.upstream)
            and self.model in (ANY, other.model)
            and self.collection in (ANY, other.collection)
        )


EVERYWHERE = Limits()


@dataclass(frozen=True, slots=True)
class Right:
    """One action, and where it may be done."""

    action: str
    limits: Limits = EVERYWHERE


@dataclass(frozen=True, slots=True)
class Grant:
    """A role, given within limits."""

    role: str
    limits: Limits = EVERYWHERE


ADMINISTRATOR = Grant(ADMIN)
"""Who has this may do everything, everywhere."""

_Place = tuple[str, str, str, str]
_Free = tuple[bool, bool, bool, bool]
_Alike = tuple[bool, bool, bool, bool, frozenset[_Place]]
"""Places of grants that leave the same names free, and which names those are."""


@dataclass(frozen=True, slots=True)
class Rights:
    """All that somebody may do, ready to be asked on every request: one look-up where all grants are limited alike, never over sixteen."""

    held: frozenset[Right] = frozenset()
    _unlimited: frozenset[str] = field(init=False, repr=False, compare=False)
    _where: dict[str, tuple[_Alike, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        alike: dict[str, dict[_Free, set[_Place]]] = {}
        for right in self.held:
            place = right.limits.place
            free = (place[0] == ANY, place[1] == ANY, place[2] == ANY, place[3] == ANY)
            alike.setdefault(right.action, {}).setdefault(free, set()).add(place)
        where = {
            action: tuple((*free, frozenset(places)) for free, places in kinds.items())
            for action, kinds in alike.items()
        }
        object.__setattr__(self, "_where", where)
        unlimited = frozenset(right.action for right in self.held if right.limits == EVERYWHERE)
        object.__setattr__(self, "_unlimited", unlimited)

    def allow(
        self, action: str, *, app: str = ANY, upstream: str = ANY, model: str = ANY, collection: str = ANY
    ) -> bool:
        """Tell whether ``action`` may be done there; a place that is left out stands for all of them."""
        if action in self._unlimited:
            return True
        for any_app, any_upstream, any_model, any_collection, places in self._where.get(action, ()):
            place = (
                ANY if any_app else app,
                ANY if any_upstream else upstream,
                ANY if any_model else model,
                ANY if any_collection else collection,
            )
            if place in places:
                return True
        return False

    def somewhere(self, action: str) -> bool:
        """Tell whether there is any place where ``action`` may be done."""
        return action in self._where

    def apps(self, action: str) -> tuple[str, ...] | None:
        """Return the applications for which ``action`` may be done, whatever else it is about; None: for all."""
        if action in self._unlimited:
            return None
        held = (right.limits for right in self.held if right.action == action)
        return tuple(sorted(limits.app for limits in held if limits == Limits(app=limits.app)))

    def missing(self, wanted: "Rights") -> Right | None:
        """Return a right of ``wanted`` that is not held here, or None where all of them are: these may be handed out."""
        for right in sorted(wanted.held, key=lambda one: one.action):
            app, upstream, model, collection = right.limits.place
            if not self.allow(right.action, app=app, upstream=upstream, model=model, collection=collection):
                return right
        return None

    def only(self, scopes: Iterable[str]) -> "Rights":
        """Return the rights whose action is one of ``scopes``: those of a key that may do less than its principal."""
        wanted = frozenset(scopes)
        return Rights(frozenset(right for right in self.held if right.action in wanted))

    @property
    def actions(self) -> tuple[str, ...]:
        """The actions that may be done somewhere, in the order of the table."""
        return tuple(action for action in ACTIONS if action in self._where)


NONE = Rights()
ALL = Rights(frozenset(Right(action) for action in ACTIONS))
"""Those of whoever runs the installation itself."""


def resolve(grants: Iterable[Grant], roles: Mapping[str, tuple[str, ...]]) -> Rights:
    """Return the rights that ``grants`` come to.

    ``roles`` are those of the operator's own: they never replace a built-in one, and a role that nobody knows gives nothing.
    """
    return Rights(frozenset(_rights(grants, roles)))


def _rights(grants: Iterable[Grant], roles: Mapping[str, tuple[str, ...]]) -> Iterator[Right]:
    for grant in grants:
        for action in ROLES.get(grant.role) or roles.get(grant.role, ()):
            if action in ACTIONS:
                yield Right(action, grant.limits)
