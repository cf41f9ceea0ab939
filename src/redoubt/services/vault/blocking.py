"""A vault over a store whose client blocks: each call is made in a thread, so that the event loop goes on."""

import asyncio
from abc import ABC, abstractmethod

from redoubt.services.vault.interface import Alias, Scope
from redoubt.services.vault.sealing import Sealing


class BlockingVault(ABC):
    """The asynchronous half of `Vault`; a store brings the blocking one, whose methods have the same names behind an underscore."""

    def __init__(self, sealing: Sealing) -> None:
        self._sealing = sealing

    def key(self, scope: Scope) -> bytes:
        """See `Vault.key`."""
        return self._sealing.key(scope)

    async def load(self, scope: Scope) -> tuple[Alias, ...]:
        """See `Vault.load`."""
        return await asyncio.to_thread(self._load, scope)

    async def save(self, scope: Scope, aliases: tuple[Alias, ...]) -> None:
        """See `Vault.save`."""
        await asyncio.to_thread(self._save, scope, aliases)

    async def claim(self, name: str, owner: Scope) -> bool:
        """See `Vault.claim`."""
        return await asyncio.to_thread(self._claim, name, owner)

    async def owns(self, name: str, owner: Scope) -> bool:
        """See `Vault.owns`."""
        return await asyncio.to_thread(self._owns, name, owner)

    async def forget(self, scope: Scope) -> int:
        """See `Vault.forget`."""
        return await asyncio.to_thread(self._forget, scope)

    async def forget_person(self, tenant: str, subject: str) -> int:
        """See `Vault.forget_person`."""
        return await asyncio.to_thread(self._forget_person, tenant, subject)

    @abstractmethod
    def _load(self, scope: Scope) -> tuple[Alias, ...]: ...

    @abstractmethod
    def _save(self, scope: Scope, aliases: tuple[Alias, ...]) -> None: ...

    @abstractmethod
    def _claim(self, name: str, owner: Scope) -> bool: ...

    @abstractmethod
    def _owns(self, name: str, owner: Scope) -> bool: ...

    @abstractmethod
    def _forget(self, scope: Scope) -> int: ...

    @abstractmethod
    def _forget_person(self, tenant: str, subject: str) -> int: ...
