"""Forgets a person everywhere: in the log, in the vault, among the fingerprints."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from redoubt.domain.errors import HeldError
from redoubt.services.audit.forgetting import Forgetting
from redoubt.services.fingerprints.interface import Fingerprints
from redoubt.services.vault.interface import Vault


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What went."""

    keys: int
    """Data keys of the log, one for each month."""
    entries: int
    """Entries of the log that lost their text."""
    aliases: int
    """Pseudonyms that can be turned back no more."""
    fingerprints: int
    remains: tuple[str, ...]
    """Where copies may lie that this program cannot reach, in words for the operator."""

    def __str__(self) -> str:
        """Say it in a line, for the record."""
        return (
            f"{self.entries} entries lost their text, {self.keys} data keys, {self.aliases} pseudonyms and "
            f"{self.fingerprints} fingerprints were destroyed"
        )


@dataclass(frozen=True, slots=True)
class Eraser:
    """Erases persons from all stores."""

    log: Forgetting
    vault: Vault
    fingerprints: Fingerprints
    whose: Callable[[str, str], bytes]
    """Gives what stands for a tenant and a subject among the fingerprints (`redoubt.pipeline.leaks.person`)."""

    async def refuse_held(self, persons: Sequence[tuple[str, str]]) -> None:
        """Raise HeldError where any of ``persons`` (tenant, subject) is held, for who goes by several names is erased under all or none."""
        for hold in await self.log.holds():
            if (hold.tenant, hold.subject) in persons:
                raise HeldError(
                    f"this person's texts are under legal hold ({hold.id}) and stay; nothing was erased. Release the hold first"
                )

    async def erase(self, tenant: str, subject: str, by: str) -> Forgotten:
        """Erase a person; what was done already is done again, so that one that broke off can be repeated.

        The log's keys go first, in the step that looks for a hold. Raises HeldError, and then nothing was erased; ServiceError.
        """
        done = await self.log.erase(tenant, subject, by)
        aliases = await self.vault.forget_person(tenant, subject)
        fingerprints = await self.fingerprints.forget(self.whose(tenant, subject))
        return Forgotten(done.keys, done.entries, aliases, fingerprints, await self.log.scrub())
