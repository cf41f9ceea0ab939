"""Verifies an export of the log with nothing but a public key.

Signed are roots, so the roots decide. Which entry is the bad one, roots alone cannot say: an export therefore carries the hash of every
leaf as well. Those hashes are believed only where they give the signed root themselves; a forged list of them cannot accuse a good entry.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from typing import Any

import msgspec

from redoubt.services.audit.checkpoint import Checkpoint, SignedCheckpoint, open_checkpoint
from redoubt.services.audit.cosignature import cosignatures
from redoubt.services.audit.note import VerifierKey
from redoubt.services.audit.tree import EMPTY_ROOT, Growing, leaf_hash

TELL_EVERY = 1000
"""Entries between two words about how far it is."""

_decode = msgspec.json.Decoder().decode
_encode = msgspec.json.Encoder(order="sorted").encode


@dataclass(frozen=True, slots=True)
class Fault:
    """Evidence that something was changed; nothing after it was looked at."""

    kind: str
    """``signature``, ``contradiction``, ``changed``, ``removed``, ``swapped``, ``truncated``, ``unvouched``, ``form`` or ``text``."""
    said: str
    index: int | None = None
    """Of the first bad entry, or of the first that may be it."""
    last: int | None = None
    """Of the last that may be it, where more than one may."""


@dataclass(frozen=True, slots=True)
class Witnessed:
    """That a witness saw the log when it had so many entries."""

    witness: str
    size: int
    at: int
    """Seconds since the epoch, by the witness's clock."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a verification."""

    origin: str
    size: int
    """Entries that the latest checkpoint vouches for."""
    start: int = 0
    """The first entry that is here."""
    entries: int = 0
    """Entries that were verified."""
    texts: int = 0
    """Encrypted texts among them that are here and fit."""
    checkpoints: int = 0
    """Checkpoints that the entries were compared with."""
    witnessed: tuple[Witnessed, ...] = ()
    """What the witnesses that were asked about cosigned: of each, the checkpoint of the largest tree."""
    skipped: tuple[str, ...] = ()
    """Names of checkpoints from before the first entry: their signatures are right, nothing here can be compared with them."""
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Exported:
    """An export, as it is read."""

    latest: bytes
    """The signed note that says how the log ends."""
    earlier: Sequence[tuple[str, bytes]] = ()
    """Names and notes of other checkpoints: of before, or of after the export was cut."""
    entries: Iterable[bytes] = ()
    """Their canonical forms, in order."""
    leaves: Callable[[], Iterator[bytes]] | None = None
    """The hashes of the entries, from the first one on, each time anew."""
    sealed: Iterable[tuple[int, bytes]] = ()
    """Index and encrypted text, in the order of the entries."""
    start: int = 0
    before: Sequence[bytes] = ()
    """Hashes of the perfect subtrees of the entries before ``start``."""


class FaultError(Exception):
    """Carries a fault to where it is told."""

    def __init__(self, kind: str, said: str, index: int | None = None, last: int | None = None) -> None:
        super().__init__(said)
        self.fault = Fault(kind, said, index, last)


def verify(
    export: Exported,
    key: VerifierKey,
    tell: Callable[[int], None] = lambda _: None,
    witnesses: Sequence[VerifierKey] = (),
) -> Verdict:
    """Verify ``export``; ``tell`` hears now and then how many entries are done. What is wrong is in `Verdict.fault`.

    Each of ``witnesses`` must have cosigned one of the checkpoints.
    """
    walk = _Walk(export, key, tell, witnesses)
    try:
        walk.run()
    except FaultError as error:
        return walk.verdict(error.fault)
    return walk.verdict(None)


def form_of(body: bytes) -> dict[str, Any] | None:
    """Return an entry's members; None where the bytes are not their one canonical form (RFC 8785)."""
    try:
        members = _decode(body)
        if not isinstance(members, dict) or _encode(members) != body:
            return None
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    return members


def check_text(index: int, members: dict[str, Any], sealed: bytes) -> None:
    """Raise FaultError where the encrypted text is not the one that the entry vouches for."""
    if members.get("text_sha256") != sha256(sealed).hexdigest():
        raise FaultError(
            "text", f"the encrypted text of entry {index} is not the one it was logged with", index
        )


def opened(name: str, note: bytes, key: VerifierKey) -> SignedCheckpoint:
    """Return a signed checkpoint. Raises FaultError where it is not signed by ``key``."""
    try:
        return open_checkpoint(note, [key])
    except ValueError as error:
        raise FaultError("signature", f"{name} is no checkpoint signed with this key: {error}") from error


def witnessed(
    checkpoints: Sequence[SignedCheckpoint], witnesses: Sequence[VerifierKey]
) -> tuple[Witnessed, ...]:
    """Return what each witness cosigned last. Raises FaultError where one cosigned nothing, or where its cosignature is wrong."""
    last: dict[VerifierKey, Witnessed] = {}
    for signed in sorted(checkpoints, key=lambda each: each.checkpoint.size):
        try:
            found = cosignatures(signed.note.signatures, signed.note.text, witnesses)
        except ValueError as error:
            raise FaultError(
                "signature", f"a checkpoint of {signed.checkpoint.size} entries: {error}"
            ) from error
        last |= {each.key: Witnessed(each.key.name, signed.checkpoint.size, each.at) for each in found}
    for key in witnesses:
        if key not in last:
            raise FaultError("signature", f"no checkpoint here is cosigned by the witness {key.name}")
    return tuple(last[key] for key in witnesses)


class _Walk:
    """One verification."""

    def __init__(
        self,
        export: Exported,
        key: VerifierKey,
        tell: Callable[[int], None],
        witnesses: Sequence[VerifierKey],
    ) -> None:
        self._export, self._key, self._tell, self._witnesses = export, key, tell, witnesses
        self._witnessed: tuple[Witnessed, ...] = ()
        self._latest = Checkpoint(key.name, 0, EMPTY_ROOT)
        self._marks: list[tuple[int, bytes, str]] = []
        self._good = export.start
        self._tree = Growing(export.start, export.before)
        self._sealed = iter(export.sealed)
        self._next_text: tuple[int, bytes] | None = None
        self._texts = self._good_texts = self._compared = 0
        self._skipped: tuple[str, ...] = ()
        self._bodies = iter(export.entries)
        self._leaves = iter(export.leaves()) if export.leaves else None

    def verdict(self, fault: Fault | None) -> Verdict:
        entries, texts = self._verified(fault)
        return Verdict(
            self._latest.origin,
            self._latest.size,
            self._export.start,
            entries,
            texts,
            self._compared,
            self._witnessed,
            self._skipped,
            fault,
        )

    def _verified(self, fault: Fault | None) -> tuple[int, int]:
        """Count the entries that are certain, and their texts: up to the last checkpoint that agreed, or a signed list of leaves says."""
        walked = self._tree.size - self._export.start
        listed = self._leaves is not None and (fault is None or fault.kind != "contradiction")
        if not walked or fault is None or (listed and self._trusted()):
            return walked, self._texts
        return self._good - self._export.start, self._good_texts

    def run(self) -> None:
        self._read_checkpoints()
        self._next_text = next(self._sealed, None)
        for size, root, name in self._marks:
            self._walk_to(size)
            self._compare(size, root, name)
        if next(self._bodies, None) is not None:
            size = self._latest.size
            raise FaultError(
                "unvouched", f"entry {size} and those after it are vouched for by no checkpoint", size
            )
        if self._next_text is not None:
            raise FaultError(
                "text", "there is an encrypted text of an entry that is not here", self._next_text[0]
            )

    def _read_checkpoints(self) -> None:
        export = self._export
        newest = opened("checkpoint", export.latest, self._key)
        self._latest = latest = newest.checkpoint
        if export.start > latest.size:
            raise FaultError(
                "truncated", "the export begins after the end of the log that its checkpoint vouches for"
            )
        notes = [(name, opened(name, note, self._key)) for name, note in export.earlier]
        # One from before the first entry here may be of another log: what a witness said about it, it did not say about this one.
        compared = [signed for _, signed in notes if signed.checkpoint.size >= export.start]
        self._witnessed = witnessed([newest, *compared], self._witnesses)
        others = [(name, signed.checkpoint) for name, signed in notes]
        for name, other in others:
            if other.size > latest.size:
                raise FaultError(
                    "truncated",
                    f"the export ends after {latest.size} entries, but {name} vouches for {other.size}: its tail was cut off",
                    latest.size,
                    other.size - 1,
                )
        self._skipped = tuple(name for name, other in others if other.size < export.start)
        marks = [(other.size, other.root, name) for name, other in others if other.size >= export.start]
        self._marks = sorted([*marks, (latest.size, latest.root, "checkpoint")], key=lambda mark: mark[0])

    def _compare(self, size: int, root: bytes, name: str) -> None:
        if self._tree.root() == root:
            self._good, self._good_texts = size, self._texts
            self._compared += 1
            return
        if size == 0 or self._good >= size:
            raise FaultError("contradiction", f"{name} contradicts another checkpoint of {size} entries")
        # Entries that are all in the signed list of leaves are what the log now says: then it once said something else.
        kind = "contradiction" if self._leaves is not None and self._trusted() else "changed"
        raise FaultError(
            kind,
            f"entries {self._good} to {size - 1} are not those that {name} vouches for",
            self._good,
            size - 1,
        )

    def _walk_to(self, size: int) -> None:
        tree, next_leaf, texts = self._tree, self._leaves, self._next_text
        append, start = tree.append, tree.size
        for index, body in zip(range(start, size), self._bodies, strict=False):
            leaf = leaf_hash(body)
            if next_leaf is not None and leaf != next(next_leaf, None):
                self._locate(index, leaf)
                next_leaf = self._leaves
            members = form_of(body)
            if members is None:
                raise FaultError("form", f"entry {index} is not in the canonical form of an entry", index)
            append(leaf)
            if texts is not None and texts[0] <= index:
                self._check(index, members)
                texts = self._next_text
            if not index % TELL_EVERY:
                self._tell(tree.size - self._export.start)
        if tree.size < size:
            raise FaultError(
                "truncated",
                f"the export ends after {tree.size} entries, but its checkpoint vouches for {self._latest.size}",
                tree.size,
                self._latest.size - 1,
            )

    def _check(self, index: int, members: dict[str, Any]) -> None:
        at, sealed = self._next_text or (index, b"")
        if at != index:
            raise FaultError("text", f"the encrypted text of entry {at} stands in the wrong place", at)
        check_text(index, members, sealed)
        self._texts += 1
        self._next_text = next(self._sealed, None)

    def _trusted(self) -> bool:
        """Tell whether the list of leaves gives the signed root: then it says truly which entry is bad."""
        if self._export.leaves is None:
            return False
        tree = Growing(self._export.start, self._export.before)
        for leaf in islice(self._export.leaves(), self._latest.size - self._export.start):
            tree.append(leaf)
        return tree.size == self._latest.size and tree.root() == self._latest.root

    def _locate(self, index: int, leaf: bytes) -> None:
        """Say what became of the entry at ``index``; where the list of leaves proves nothing, go on without it."""
        if not self._trusted() or self._export.leaves is None:
            self._leaves = None
            return
        wanted = list(
            islice(self._export.leaves(), index - self._export.start, index - self._export.start + 2)
        )
        if len(wanted) == 2 and leaf == wanted[1]:
            following = next(self._bodies, None)
            if following is not None and leaf_hash(following) == wanted[0]:
                raise FaultError("swapped", f"entries {index} and {index + 1} were swapped", index)
            raise FaultError("removed", f"entry {index} was removed", index)
        raise FaultError("changed", f"entry {index} is not the one that was logged there", index)
