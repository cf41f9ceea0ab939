"""Of whom a request to the management API speaks: a person as they are typed, and as the log names them."""

from redoubt.domain.principal import LOCAL_TENANT, OPERATOR_TENANT
from redoubt.services.audit.forgetting import Forgetting
from redoubt.services.audit.subjects import candidates
from redoubt.services.identity.directory import PrincipalInfo
from redoubt.surfaces.gateway.endpoint import Asked
from redoubt.surfaces.gateway.problems import NotServedError


def candidates_of(asked: Asked, name: str, app: str = "") -> list[tuple[str, str]]:
    """Return tenant and subject under which the log may know ``name``, of the tenants whose records the caller may see."""
    apps = [app] if app else [who.app for who in _principals(asked)]
    key = asked.gateway.desk.hash_key
    return [(each, subject) for each in tenants_of(asked) for subject in candidates(each, apps, name, key)]


async def known(log: Forgetting, found: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return those of ``found`` whom the log knows. Raises NotServedError where it knows nobody."""
    there = [(tenant, subject) for tenant, subject in found if await log.knows(tenant, subject)]
    if not there:
        raise NotServedError(404, "not_found", "the log knows nobody of that name, as far as you may see it")
    return there


def tenants_of(asked: Asked) -> list[str]:
    """Return the tenants whose records the caller may see."""
    every = {
        OPERATOR_TENANT,
        LOCAL_TENANT,
        asked.principal.tenant,
        *(who.tenant for who in _principals(asked)),
    }
    return sorted(tenant for tenant in every if asked.principal.sees(tenant))


def _principals(asked: Asked) -> tuple[PrincipalInfo, ...]:
    directory = asked.gateway.directory
    return directory.list_principals() if directory is not None else ()
