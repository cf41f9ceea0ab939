"""Signs checkpoints, and never two that contradict each other.

Before it signs, it checks that the log begins with what the latest checkpoint vouched for. Several gateways may do so at once: they have
one key, so one size has one note, whoever writes it first.
"""

from collections.abc import Awaitable, Callable, Sequence
from hmac import compare_digest

from redoubt.domain.errors import InputError, ServiceError
from redoubt.services.audit.checkpoint import Checkpoint, Signer, open_checkpoint
from redoubt.services.audit.cosignature import cosignatures
from redoubt.services.audit.evidence import Checkpoints, KeptCheckpoint, Prover, TamperedError
from redoubt.services.audit.interface import Head
from redoubt.services.audit.note import VerifierKey, parse_signatures
from redoubt.services.audit.proof_text import InclusionProof
from redoubt.services.audit.proofs import extends, includes
from redoubt.services.audit.tree import EMPTY_ROOT, leaf_hash

MAX_PROOFS = 1000
"""Entries of one exchange that are proven at once."""


class Notary:
    """Signs, proves, and takes what witnesses say."""

    def __init__(
        self,
        signer: Signer,
        prover: Prover,
        checkpoints: Checkpoints,
        clock: Callable[[], float],
        witnesses: Sequence[VerifierKey] = (),
        elsewhere: Callable[[], Awaitable[bytes]] | None = None,
    ) -> None:
        """``elsewhere`` returns the newest note that was put down outside the store, empty where there is none; it is asked once.

        A store that was put back as it was last week does not contradict itself; what lies elsewhere gives it away, and so does what
        this notary saw last.
        """
        self.vkey = signer.vkey
        """The public key under which everything here verifies."""
        self.prover = prover
        self.checkpoints = checkpoints
        self._signer = signer
        self._clock = clock
        self._witnesses = tuple(witnesses)
        self._elsewhere = elsewhere
        self._seen = Checkpoint(signer.origin, 0, EMPTY_ROOT)
        """The largest tree that was found to be sound, whatever the store says since."""

    async def checkpoint(self) -> tuple[KeptCheckpoint, bool]:
        """Return a checkpoint of the log as it stands, and whether it was signed just now.

        Raises TamperedError where the log contradicts the latest checkpoint: nothing is signed then. Raises ServiceError.
        """
        # In this order: entries that are appended in between make the head larger, never a checkpoint.
        await self._look_elsewhere()
        seen = self._seen
        latest = await self.checkpoints.latest()
        head = await self.prover.head()
        old, old_root = (0, EMPTY_ROOT) if latest is None else self._vouched(latest)
        if seen.size and (seen.size, seen.root) != (old, old_root):
            await self._check(seen.size, seen.root, head)
        await self._check(old, old_root, head)
        if head.size > self._seen.size:
            self._seen = Checkpoint(self._signer.origin, head.size, head.root)
        if latest is not None and old == head.size:
            return latest, False
        signed = self._signer.sign(head.size, head.root)
        fresh = await self.checkpoints.keep(signed, self._clock())
        kept = await self.checkpoints.of_size(head.size)
        if kept is None:
            raise ServiceError("the checkpoint just signed is not in the store; check the database")
        if self._vouched(kept) != (head.size, head.root):
            raise TamperedError(f"two checkpoints of {head.size} entries contradict each other")
        return kept, fresh

    async def prove(self, indexes: Sequence[int]) -> tuple[tuple[InclusionProof, ...], KeptCheckpoint]:
        """Prove that entries stand in the log, against a checkpoint, which is returned too.

        It is the latest with a timestamp where that reaches them, else the latest; where none does, one is signed first.

        Raises InputError for an index that the log does not have, TamperedError where the proof does not hold.
        """
        if len(indexes) > MAX_PROOFS:
            raise InputError(f"no more than {MAX_PROOFS} entries are proven at once")
        kept = await self._reaching(max(indexes, default=-1))
        proofs: list[InclusionProof] = []
        for index in indexes:
            hashes = await self.prover.inclusion(index, kept.size)
            (entry,) = await self.prover.page(index, index + 1, texts=False)
            if not includes(leaf_hash(entry.body), index, kept.size, hashes, kept.root):
                raise TamperedError(f"entry {index} is not the one that the checkpoint vouches for")
            proofs.append(InclusionProof(index, hashes, kept.note))
        return tuple(proofs), kept

    async def prove_exchange(self, exchange: str) -> tuple[tuple[InclusionProof, ...], KeptCheckpoint]:
        """Prove every entry of an exchange that is in the log by now, as `prove` does; no proofs where there is none."""
        head = await self.prover.head()
        return await self.prove(await self.prover.indexes(exchange, head.size, MAX_PROOFS))

    async def cosign(self, size: int, lines: str) -> KeptCheckpoint:
        """Keep the cosignatures of known witnesses among signature ``lines`` about the checkpoint of ``size``.

        Raises InputError where there is no such checkpoint, where a line is wrong, or where none is of a known witness.
        """
        kept = await self.checkpoints.of_size(size)
        if kept is None:
            raise InputError("there is no checkpoint of that size")
        body = open_checkpoint(kept.signed, [self.vkey]).note.text
        try:
            found = cosignatures(parse_signatures(lines), body, self._witnesses)
        except ValueError as error:
            raise InputError(f"the cosignature cannot be taken: {error}") from error
        if not found:
            raise InputError("no line is of a witness that [[audit.witnesses]] names")
        await self.checkpoints.add_cosignatures(size, found)
        return await self.checkpoints.of_size(size) or kept

    async def _reaching(self, index: int) -> KeptCheckpoint:
        latest = await self.checkpoints.latest(stamped=True)
        if latest is None or latest.size <= index:
            latest = await self.checkpoints.latest()
        if latest is None or latest.size <= index:
            latest, _ = await self.checkpoint()
        if latest.size <= index:
            raise InputError(f"there is no entry {index}; the log has {latest.size}")
        self._vouched(latest)
        return latest

    async def _look_elsewhere(self) -> None:
        """Take what lies elsewhere for seen, the first time."""
        note = b"" if self._elsewhere is None else await self._elsewhere()
        try:
            if note:
                self._seen = open_checkpoint(note, [self.vkey]).checkpoint
        except ValueError as error:
            raise TamperedError(
                f"the newest file in [audit] checkpoint_dir is no checkpoint of this log ({error}); name another folder, or see "
                "what became of it"
            ) from error
        self._elsewhere = None

    async def _check(self, old: int, old_root: bytes, head: Head) -> None:
        new, new_root = head.size, head.root
        if old > new:
            raise TamperedError(
                f"the audit log has {new} entries, and a checkpoint was signed of {old}: entries were removed, or an "
                "older copy of the database was put back; nothing is signed any more"
            )
        proof = await self.prover.consistency(old, new)
        if not extends(old, old_root, new, new_root, proof):
            raise TamperedError(
                f"the audit log's {new} entries do not begin with the {old} that a checkpoint was signed of: entries were "
                "changed; nothing is signed any more"
            )
        # The tree is kept apart from the entries, and grows without them: that both still agree is looked at here.
        if not compare_digest(await self.prover.root(new), new_root):
            raise TamperedError(
                "the entries of the audit log do not give the root that its tree has: entries were changed; nothing is signed"
            )

    def _vouched(self, kept: KeptCheckpoint) -> tuple[int, bytes]:
        """Return size and root that we signed; what else the row says counts for nothing."""
        try:
            signed = open_checkpoint(kept.signed, [self.vkey])
        except ValueError as error:
            raise TamperedError(
                f"the kept checkpoint of {kept.size} entries is not signed by this installation's key for {self.vkey.name} "
                f"({error}); put master key and [audit] origin back as they were, or see what became of the database"
            ) from error
        if (signed.checkpoint.size, signed.checkpoint.root) != (kept.size, kept.root):
            raise TamperedError(f"the kept checkpoint of {kept.size} entries was changed")
        return kept.size, kept.root
