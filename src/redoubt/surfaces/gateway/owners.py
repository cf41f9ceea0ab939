"""Who stands behind a request: the end user the application names, and the owner of what a provider keeps."""

from redoubt.domain.principal import Principal
from redoubt.services.audit import subjects
from redoubt.services.vault.interface import Scope, Vault
from redoubt.surfaces.gateway.problems import NotServedError

_CONVERSATION = "conv_"
"""How the id of a conversation begins (https://platform.openai.com/docs/api-reference/conversations)."""


def end_user(principal: Principal, name: str, key: bytes) -> str:
    """Return what stands for the person whom an application calls ``name``; see `redoubt.services.audit.subjects`."""
    return subjects.end_user(principal.tenant, principal.app, name, key)


def owner(principal: Principal) -> Scope:
    """Return whose the answers are that a provider keeps: a key's, whoever its end user is, for a fetch by id names none."""
    return Scope(principal.tenant, principal.app, principal.id)


async def check(vault: Vault, name: str, whose: Scope) -> None:
    """Let a caller go on from, fetch or delete only what is its own.

    A conversation, which is not made through us, is whose it was first here. Raises NotServedError, also where nobody knows the id.
    """
    ours = await (vault.claim if name.startswith(_CONVERSATION) else vault.owns)(name, whose)
    if not ours:
        raise NotServedError(
            404, "not_found", "no kept answer of this id was made with this key through this gateway"
        )
