"""From what an identity provider says of somebody to what we know: by the operator's explicit mapping, and nothing else."""

import re
from collections.abc import Mapping
from typing import Any

from redoubt.domain.issuers import IssuerSettings
from redoubt.domain.principal import Kind
from redoubt.domain.rights import Grant
from redoubt.services.identity.claims import Claims, subject
from redoubt.services.identity.interface import Outsider

MAX_GROUPS = 1000
MAX_NAME = 200
"""Characters of a name that is shown."""
_UNSHOWN = re.compile(r"[^\w .,'@()+-]")


def outsider(claims: Claims, of: IssuerSettings, credential: str) -> Outsider:
    """Return who a verified token is about. A group that the mapping does not name gives nothing; neither does the lack of one."""
    groups = _groups(_at(claims, of.groups_claim))
    return mapped(
        Outsider(
            issuer=of.issuer,
            subject=subject(claims, of),
            name=_name(claims, of),
            groups=groups,
            credential=credential,
            kind=_kind(claims, of),
        ),
        of,
    )


def mapped(who: Outsider, of: IssuerSettings) -> Outsider:
    """Return ``who`` with the tenant, application and grants that the mapping gives today; kept sessions come here again and again."""
    held = frozenset(who.groups)
    roles = sorted({role for group, roles in of.roles.items() if group in held for role in roles})
    app = next((app for group, app in of.apps.items() if group in held), of.app)
    return Outsider(
        issuer=who.issuer,
        subject=who.subject,
        name=who.name,
        groups=who.groups,
        credential=who.credential,
        app=app,
        tenant=of.tenant,
        kind=who.kind,
        grants=tuple(Grant(role) for role in roles),
    )


def _at(claims: Claims, path: tuple[str, ...]) -> Any:
    value: Any = claims
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _groups(value: Any) -> tuple[str, ...]:
    """Return the names of groups; whatever is no list of names is no group at all."""
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        return ()
    return tuple(dict.fromkeys(name for name in names[:MAX_GROUPS] if _storable(name)))


def _storable(text: str) -> bool:
    return text.isprintable() and 0 < len(text) <= 256


def _name(claims: Claims, of: IssuerSettings) -> str:
    """Return the name that is shown: whatever could lead a terminal or a page astray is taken out."""
    value = _at(claims, of.name_claim)
    text = _UNSHOWN.sub("", value).strip()[:MAX_NAME] if isinstance(value, str) else ""
    return text or subject(claims, of)


def _kind(claims: Claims, of: IssuerSettings) -> Kind:
    said = claims.get(of.kind_claim) if of.kind_claim else None
    if isinstance(said, str) and said in tuple(Kind):
        return Kind(said)
    # A token that a client got for itself has the client as its subject (RFC 9068 section 2.2).
    own = claims.get("sub")
    client = claims.get("client_id", claims.get("azp"))
    return Kind.SERVICE if isinstance(own, str) and own == client else Kind.USER
