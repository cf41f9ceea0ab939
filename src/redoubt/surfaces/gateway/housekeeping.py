"""What a gateway does now and then, with nobody waiting."""

import asyncio

from redoubt.domain.errors import ServiceError
from redoubt.services.vault.interface import Vault
from redoubt.surfaces.gateway.problems import complain

PURGE_SECONDS = 600.0
"""Between two looks for sessions that have expired: so long their ciphertext may outlive them."""


async def forget_expired(vault: Vault, every: float = PURGE_SECONDS) -> None:
    """Delete what has expired from the vault, at once and then again ``every`` so many seconds, until cancelled."""
    while True:
        try:
            await vault.purge()
        except (
            ServiceError
        ) as error:  # the store may be back the next time; requests say for themselves that it is gone
            complain("expired sessions could not be deleted", error)
        await asyncio.sleep(every)
