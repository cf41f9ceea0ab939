"""Everybody, and what each may do, at one moment."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from redoubt.domain.errors import RightsError
from redoubt.domain.principal import OPERATOR_TENANT, Principal
from redoubt.domain.rights import ADMINISTRATOR, ROLES, Grant, Rights, resolve
from redoubt.services.identity.directory import GrantInfo, KeyInfo, PrincipalInfo, RoleInfo


@dataclass(frozen=True, slots=True)
class Roll:
    """Principals (with their grants), grants of groups, roles of one's own, and keys."""

    principals: Mapping[str, PrincipalInfo] = field(default_factory=dict)
    groups: tuple[GrantInfo, ...] = ()
    own_roles: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    """By tenant and name."""
    keys: Mapping[str, KeyInfo] = field(default_factory=dict)

    def roles(self, tenant: str) -> dict[str, tuple[str, ...]]:
        """Return the roles that a tenant has made."""
        return {name: actions for (whose, name), actions in self.own_roles.items() if whose == tenant}

    def role(self, tenant: str, name: str) -> RoleInfo | None:
        """Return a role that a tenant may grant."""
        if name in ROLES:
            return RoleInfo(name, ROLES[name], True)
        actions = self.own_roles.get((tenant, name))
        return None if actions is None else RoleInfo(name, actions, False)

    def given(self, grant: Grant, tenant: str) -> Rights:
        """Return the rights that a grant gives."""
        return resolve((grant,), self.roles(tenant))

    def rights(self, who: PrincipalInfo) -> Rights:
        """Return all that a principal may do by its own grants."""
        return resolve((info.grant for info in who.grants), self.roles(who.tenant))

    def rights_of_key(self, key: KeyInfo) -> Rights:
        """Return all that may be done with a key."""
        rights = self.rights(self.principals[key.principal])
        return rights.only(key.scopes) if key.scopes else rights

    def of_group(self, tenant: str, groups: tuple[str, ...]) -> tuple[Grant, ...]:
        """Return what the members of ``groups`` are granted."""
        return tuple(info.grant for info in self.groups if info.tenant == tenant and info.group in groups)

    def admins(self, now: float) -> frozenset[str]:
        """Return the administrators of the operator's tenant who can come in: see `redoubt.services.identity.directory`."""
        able = {key.principal for key in self.keys.values() if not key.scopes and usable(key, now)}
        return frozenset(
            who.id
            for who in self.principals.values()
            if who.id in able
            and who.tenant == OPERATOR_TENANT
            and who.disabled_at is None
            and any(info.grant == ADMINISTRATOR for info in who.grants)
        )

    def current(self, by: Principal, now: float) -> Principal:
        """Return ``by`` with the rights it has at this moment, which may be fewer than when it came in.

        Raises RightsError where it would not be let in any more.
        """
        who = self.principals.get(by.id)
        if who is None:
            return by
        key = self.keys.get(by.credential)
        if who.disabled_at is not None or (key is not None and not usable(key, now)):
            raise RightsError("this principal or its key has been shut out meanwhile")
        if key is None:
            return by
        grants = [info.grant for info in who.grants]
        return replace(
            by,
            rights=self.rights_of_key(key),
            roles=names(grants),
            administrator=ADMINISTRATOR in grants,
        )


def usable(key: KeyInfo, now: float) -> bool:
    """Tell whether a key opens anything at ``now``, as far as the key goes."""
    return key.revoked_at is None and (key.expires_at is None or now < key.expires_at)


def names(grants: Iterable[Grant]) -> tuple[str, ...]:
    """Return the names of the roles that are granted, each once, in their order."""
    return tuple(sorted({grant.role for grant in grants}))
