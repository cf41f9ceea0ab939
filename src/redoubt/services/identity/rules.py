"""Who may change what: the rules of `redoubt.services.identity.directory`, as functions of who acts and how things stand.

Each returns where the change is allowed, and raises RightsError, NotThereError or InputError where it is not.
"""

import re

from redoubt.domain.errors import InputError, RightsError
from redoubt.domain.principal import Principal
from redoubt.domain.rights import ACTIONS, ALL, ANY, ROLES, Grant, Limits, Right, Rights
from redoubt.services.identity.addresses import network
from redoubt.services.identity.directory import (
    GrantInfo,
    KeyDraft,
    KeyInfo,
    NotThereError,
    PrincipalDraft,
    PrincipalInfo,
    RoleInfo,
)
from redoubt.services.identity.roll import Roll, usable

LONGEST = 200
"""Characters of a name."""
MOST_ADDRESSES = 100
"""Networks that one key may be bound to."""
LONGEST_OVERLAP = 30 * 24 * 3600.0
"""Seconds that a key's old secret may go on to work."""
ROLE = re.compile(r"[a-z][a-z0-9-]{0,62}")
"""The form of the name of a role of one's own."""
_OUTSIDER = re.compile(r"(usr|svc|agt)_[0-9a-f]{32}")


def may(by: Principal, action: str, app: str = ANY) -> None:
    """Let who may do ``action`` for ``app``; `ANY`: for all of them."""
    if not by.rights.allow(action, app=app):
        where = "" if app == ANY else " for that application"
        raise RightsError(f"this needs the right '{action}'{where}")


def may_hand_out(by: Principal, rights: Rights) -> None:
    """Let who holds all of ``rights`` itself."""
    missing = by.rights.missing(rights)
    if missing is not None:
        raise RightsError(
            f"nobody hands out rights that are not its own, and you lack '{missing.action}'{_place(missing)}"
        )


def may_touch(by: Principal, rights: Rights) -> None:
    """Let who may do all that somebody else may do, whose things are to be changed."""
    missing = by.rights.missing(rights)
    if missing is not None:
        raise RightsError(f"that principal may do what you may not ('{missing.action}'{_place(missing)})")


def may_change_principal(by: Principal, roll: Roll, who: PrincipalInfo) -> None:
    """Let who may write principals change this one: not itself, and nobody who may do more."""
    may(by, "principals.write", who.app)
    not_oneself(by, who)
    may_touch(by, roll.rights(who))


def not_oneself(by: Principal, who: PrincipalInfo) -> None:
    """Let nobody change its own grants or standing."""
    if who.id == by.id:
        raise RightsError("nobody changes its own grants or standing; ask another administrator")


def may_make_principal(by: Principal, roll: Roll, draft: PrincipalDraft) -> str:
    """Let who may write principals make this one; return its tenant."""
    for what, value in (("name", draft.name), ("app", draft.app)):
        check_name(value, f"the {what} of a principal")
    if draft.app == ANY:
        raise InputError(f"a principal acts for one application, not for '{ANY}'")
    may(by, "principals.write", draft.app)
    tenant = draft.tenant or by.tenant
    check_name(tenant, "a tenant")
    if tenant != by.tenant and not by.sees_all_tenants:
        raise RightsError("only the operator's administrators make principals of other tenants")
    if draft.id and (draft.id in roll.principals or not _OUTSIDER.fullmatch(draft.id)):
        raise InputError(
            "the id of a principal is one that an identity provider's person was given, and not taken yet"
        )
    if draft.trusted:
        may_trust(by)
    for grant in draft.grants:
        may_grant(by, roll, grant, tenant)
    return tenant


def may_trust(by: Principal) -> None:
    """Let who may name end users itself, or may do everything, say that somebody may."""
    if not by.trusted and by.rights.missing(ALL) is not None:
        raise RightsError("only who may name end users, or an administrator, lets others name them")


def may_grant(by: Principal, roll: Roll, grant: Grant, tenant: str) -> None:
    """Let who holds all that the grant gives give it."""
    if roll.role(tenant, grant.role) is None:
        raise InputError("there is no role of that name; `redoubt roles list` shows them")
    limits: Limits = grant.limits
    for what in Limits.__slots__:
        check_name(getattr(limits, what), f"the {what} of a grant")
    may_hand_out(by, roll.given(grant, tenant))


def may_put_role(by: Principal, roll: Roll, name: str, actions: tuple[str, ...]) -> None:
    """Let who holds all the actions, those before and those after, say what a role allows; nobody changes a role that it has itself."""
    if name in ROLES:
        raise InputError(f"the role '{name}' is built in and stays as it is; choose another name")
    if not ROLE.fullmatch(name):
        raise InputError("the name of a role must be 1 to 63 of the characters a-z 0-9 -, a letter first")
    if not actions:
        raise InputError(f"a role needs at least one action; there are {', '.join(ACTIONS)}")
    if any(action not in ACTIONS for action in actions):
        raise InputError(f"there is no such action; there are {', '.join(ACTIONS)}")
    may(by, "roles.write")
    if name in by.roles:
        raise RightsError("nobody changes a role that it has itself; ask another administrator")
    may_hand_out(by, everywhere(actions))
    may_touch(by, everywhere(roll.own_roles.get((by.tenant, name), ())))


def may_delete_role(by: Principal, roll: Roll, name: str) -> RoleInfo:
    """Let who may write roles delete one that nobody has; return it."""
    role = roll.role(by.tenant, name)
    if role is None:
        raise NotThereError("there is no role of that name; `redoubt roles list` shows them")
    if role.built_in:
        raise InputError(f"the role '{name}' is built in and stays")
    may(by, "roles.write")
    may_touch(by, everywhere(role.actions))
    grants = [info for who in roll.principals.values() for info in who.grants] + list(roll.groups)
    held = sum(info.tenant == by.tenant and info.grant.role == name for info in grants)
    if held:
        raise InputError(f"the role '{name}' is granted {held} times; take those grants back first")
    return role


def may_make_key(by: Principal, roll: Roll, who: PrincipalInfo, draft: KeyDraft, now: float) -> None:
    """Let who may write keys, and may do all that the key is good for, make it."""
    check_name(draft.name, "the name of a key")
    may(by, "keys.write", who.app)
    if draft.expires_at is not None and not draft.expires_at > now:
        raise InputError(
            "a key cannot have expired before it is made; expires_at counts seconds since 1970, UTC"
        )
    if len(draft.addresses) > MOST_ADDRESSES:
        raise InputError(f"a key can be bound to {MOST_ADDRESSES} networks at most")
    for each in draft.addresses:
        network(each)
    rights = roll.rights(who)
    for scope in draft.scopes:
        if not rights.somewhere(scope):
            raise InputError("a scope must be an action that the key's principal may do")
    may_hand_out(by, rights.only(draft.scopes) if draft.scopes else rights)
    if who.trusted:
        may_trust(by)


def may_change_key(by: Principal, roll: Roll, key: KeyInfo) -> None:
    """Let who may write keys, and may do all that the key is good for, rotate or revoke it."""
    may(by, "keys.write", key.app)
    may_touch(by, roll.rights_of_key(key))


def may_rotate(by: Principal, roll: Roll, key: KeyInfo, overlap: float, now: float) -> None:
    """Let who may change a key that opens something rotate it, with an overlap that is no second key for good."""
    may_change_key(by, roll, key)
    if roll.principals[key.principal].trusted:
        may_trust(by)
    if not usable(key, now):
        raise InputError("that key has expired or was revoked; make a new one")
    if not 0 <= overlap <= LONGEST_OVERLAP:
        raise InputError(f"the overlap must be 0 to {LONGEST_OVERLAP:.0f} seconds (30 days)")


def keeps_an_admin(before: Roll, after: Roll, now: float) -> None:
    """Refuse what would leave nobody who may do everything."""
    if before.admins(now) and not after.admins(now):
        raise RightsError("this would leave no administrator with a key; make another one first")


def may_see(by: Principal, tenant: str) -> None:
    """Let who is of ``tenant``, or of the operator's administrators, name what is its by an id, which nobody guesses."""
    if not sees(by, tenant):
        raise RightsError(
            "that belongs to another tenant; only its own administrators, and the operator's, reach it"
        )


def sees(by: Principal, tenant: str) -> bool:
    """Tell whether principals of ``tenant`` are there for ``by``."""
    return tenant == by.tenant or by.sees_all_tenants


def grant_of(roll: Roll, grant: str) -> GrantInfo | None:
    """Return a grant by its id."""
    of_principals = (info for who in roll.principals.values() for info in who.grants)
    return next((info for info in (*roll.groups, *of_principals) if info.id == grant), None)


def everywhere(actions: tuple[str, ...]) -> Rights:
    """Return the rights to do ``actions`` everywhere."""
    return Rights(frozenset(Right(action) for action in actions))


def check_name(value: str, what: str) -> None:
    """Refuse what is no name. Raises InputError."""
    if not 1 <= len(value) <= LONGEST or not value.isprintable():
        raise InputError(f"{what} must be 1 to {LONGEST} printable characters")


def _place(right: Right) -> str:
    limits = right.limits
    named = [f"{what} {getattr(limits, what)}" for what in Limits.__slots__ if getattr(limits, what) != ANY]
    return f" for {', '.join(named)}" if named else " everywhere"
