"""One incident as one file: its entries, the proofs that they stand in the log, and how an outsider verifies that.

A bundle is a ZIP file. Reading one is bounded: nothing of it is written anywhere, names count only where they are ours, and what unpacks to
more than it may is refused while it unpacks.
"""

import re
import zipfile
from collections.abc import Iterator, Sequence
from importlib import resources
from io import BytesIO
from itertools import zip_longest
from pathlib import Path
from typing import BinaryIO, cast

from redoubt.adapters.evidence import layout
from redoubt.adapters.evidence.export import put
from redoubt.adapters.evidence.layout import unreadable
from redoubt.adapters.evidence.lines import lines, read, sealed_line, sealed_texts
from redoubt.domain.errors import InputError, ServiceError
from redoubt.services.audit.checkpoint import Checkpoint
from redoubt.services.audit.evidence import KeptCheckpoint
from redoubt.services.audit.notary import Notary
from redoubt.services.audit.note import VerifierKey
from redoubt.services.audit.proof_text import MAX_TEXT, InclusionProof, parse_proof
from redoubt.services.audit.proofs import includes
from redoubt.services.audit.tree import leaf_hash
from redoubt.services.audit.verifying import (
    FaultError,
    Verdict,
    Witnessed,
    check_text,
    form_of,
    opened,
    witnessed,
)

MAX_MEMBERS = 4096
MAX_UNPACKED = 4 * 1024 * 1024 * 1024
"""Bytes of all members together."""
STAMP, STAMPED = "timestamp.tsr", "timestamp.checkpoint"
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""Of every member: a bundle says when in its entries, and the same bundle is the same bytes."""
_PREFIX, _SUFFIX = f"{layout.PROOFS}/", ".tlog-proof"
_NUMBER = re.compile("0|[1-9][0-9]{0,17}")


async def write_bundle(
    notary: Notary, exchange: str, out: Path, *, texts: bool
) -> tuple[int, KeptCheckpoint]:
    """Write the bundle of ``exchange``; return how many entries it has, and the checkpoint they are proven against.

    Raises InputError where the log has no entry of it, or ``out`` is there already; ServiceError where it cannot be written.
    """
    proofs, kept = await notary.prove_exchange(exchange)
    if not proofs:
        raise InputError(
            "nothing is recorded under that exchange; `redoubt audit show` lists those there are"
        )
    if out.exists():
        raise InputError(f"{out}: is there already; name a new file")
    files = {
        layout.CHECKPOINT: kept.note,
        layout.PUBLIC_KEY: f"{notary.vkey}\n".encode(),
        layout.INSTRUCTIONS: instructions(notary.vkey, kept).encode(),
        layout.SCRIPT: script(),
    }
    if kept.timestamp:
        files |= {STAMP: kept.timestamp, STAMPED: kept.signed}
    bodies, sealed = b"", b""
    for proof in proofs:
        (entry,) = await notary.prover.page(proof.index, proof.index + 1, texts=texts)
        bodies += entry.body + b"\n"
        sealed += sealed_line(entry.index, entry.sealed) if entry.sealed else b""
        files[f"{_PREFIX}{proof.index}{_SUFFIX}"] = bytes(proof)
    files[layout.ENTRIES] = bodies
    if texts:
        files[layout.SEALED] = sealed
    try:
        _pack(out, files)
    except OSError as error:
        raise ServiceError(
            f"{out}: cannot be written ({type(error).__name__}); check the disk and its free space"
        ) from error
    return len(proofs), kept


def verify_bundle(path: Path, key: VerifierKey, witnesses: Sequence[VerifierKey] = ()) -> Verdict:
    """Verify a bundle. Raises InputError where it cannot be read."""
    try:
        with zipfile.ZipFile(path) as archive:
            return _verify(_Members(archive), key, witnesses)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError) as error:
        raise unreadable(str(path), f"is no ZIP file that can be read ({type(error).__name__})") from error


def script() -> bytes:
    """Return the outsider's verifier, ``docs/verify_log.py``."""
    return (resources.files("redoubt.adapters.evidence") / "verify_log.txt").read_bytes()


def instructions(key: VerifierKey, kept: KeptCheckpoint) -> str:
    """Return what an outsider is told."""
    return f"""\
# How to verify this bundle

It holds all entries of one exchange, out of an audit log of {kept.size} entries, and a proof for each that it stands in that log.
You need not believe whoever gave it to you, but you need the log's public key by another way (in person, from a web page, a contract):

    {key}

The copy in `public-key` is a convenience and proves nothing.

**With Redoubt:** `redoubt audit verify BUNDLE.zip --public-key FILE`

**Without it**, with Python 3.9 or later: unpack, `pip install cryptography`, read `verify_log.py` (60 lines), then
`python verify_log.py FOLDER PUBLIC-KEY-FILE` (it verifies the entries, and does not look at the encrypted texts)

| file | what it is | format |
| --- | --- | --- |
| `entries.jsonl` | one entry a line; its leaf is SHA-256(00, line) | RFC 8785 JSON |
| `proofs/N.tlog-proof` | that the entry of the same line is number N of the log | C2SP tlog-proof, RFC 9162 |
| `checkpoint` | size and root of the log, signed by its operator, perhaps by witnesses too | C2SP tlog-checkpoint |
| `sealed.jsonl` | the encrypted texts, where they were given out; an entry holds the SHA-256 of its text's ciphertext | JSON, base64 |
| `timestamp.tsr` | where it is there, an authority's word that `timestamp.checkpoint` existed by then | RFC 3161 |

The timestamp: `openssl ts -verify -data timestamp.checkpoint -in timestamp.tsr -CAfile ROOTS.pem`
"""


def _pack(out: Path, files: dict[str, bytes]) -> None:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            member = zipfile.ZipInfo(name, _EPOCH)
            member.external_attr = 0o644 << 16
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, files[name])
    put(out, packed.getvalue())


class _Members:
    """The members of a bundle, read within bounds."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        members = archive.infolist()
        names = {member.filename: member for member in members}
        if len(members) > MAX_MEMBERS or len(names) != len(members):
            raise unreadable("the bundle", f"holds more than {MAX_MEMBERS} files, or one twice")
        if sum(member.file_size for member in members) > MAX_UNPACKED:
            raise unreadable("the bundle", f"unpacks to more than {MAX_UNPACKED} bytes")
        self._archive, self._names = archive, names

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def open(self, name: str) -> BinaryIO:
        """Return a member as a file; it gives no more bytes than the directory of the archive says."""
        if name not in self._names:
            raise unreadable(name, "is not in the bundle")
        return cast(BinaryIO, self._archive.open(self._names[name]))

    def small(self, name: str, most: int) -> bytes:
        with self.open(name) as file:
            data = read(file, most + 1, name)
        if len(data) > most:
            raise unreadable(name, f"is longer than {most} bytes")
        return data

    def proofs(self) -> Iterator[tuple[str, int]]:
        """Yield names and indices of the proofs, in the order of the entries."""
        found = []
        for name in self._names:
            number = name.removeprefix(_PREFIX).removesuffix(_SUFFIX)
            if name.startswith(_PREFIX):
                # One name for one number: "1" and "01" would be one entry that was recorded twice.
                if name != f"{_PREFIX}{number}{_SUFFIX}" or not _NUMBER.fullmatch(number):
                    raise unreadable("the bundle", "holds a proof whose name is no number")
                found.append((int(number), name))
        return ((name, index) for index, name in sorted(found))


def _verify(members: _Members, key: VerifierKey, witnesses: Sequence[VerifierKey]) -> Verdict:
    size = entries = texts = 0
    seen: tuple[Witnessed, ...] = ()
    try:
        latest = opened(layout.CHECKPOINT, members.small(layout.CHECKPOINT, MAX_TEXT), key)
        size = latest.checkpoint.size
        seen = witnessed([latest], witnesses)
        sealed = (
            sealed_texts(members.open(layout.SEALED), layout.SEALED) if layout.SEALED in members else iter(())
        )
        text = next(sealed, None)
        bodies = lines(members.open(layout.ENTRIES), layout.ENTRIES, layout.MAX_ENTRY)
        for named, body in zip_longest(members.proofs(), bodies):
            if named is None or body is None:
                raise FaultError(
                    "unvouched",
                    f"the bundle has {'an entry without a proof' if named is None else 'a proof without an entry'}",
                )
            name, index = named
            _check(index, body, _proof(name, members.small(name, MAX_TEXT), index), latest.checkpoint, key)
            fields = form_of(body)
            if fields is None:
                raise FaultError("form", f"entry {index} is not in the canonical form of an entry", index)
            entries += 1
            if text is not None and text[0] == index:
                check_text(index, fields, text[1])
                texts, text = texts + 1, next(sealed, None)
        if text is not None:
            raise FaultError("text", "there is an encrypted text of an entry that is not here", text[0])
        if not entries:
            raise unreadable(layout.ENTRIES, "is empty")
    except FaultError as error:
        return Verdict(key.name, size, 0, entries, texts, 1, seen, fault=error.fault)
    return Verdict(key.name, size, 0, entries, texts, 1, seen)


def _proof(name: str, data: bytes, index: int) -> InclusionProof:
    try:
        proof = parse_proof(data)
    except ValueError as error:
        raise FaultError("signature", f"{name} is no proof: {error}", index) from error
    if proof.index != index:
        raise FaultError("contradiction", f"{name} is a proof of entry {proof.index}", index)
    return proof


def _check(index: int, body: bytes, proof: InclusionProof, of: Checkpoint, key: VerifierKey) -> None:
    checkpoint = opened(f"the checkpoint of the proof of entry {index}", proof.checkpoint, key).checkpoint
    if (checkpoint.size, checkpoint.root) != (of.size, of.root):
        # What witnesses and timestamps say, they say of the bundle's own checkpoint.
        raise FaultError("contradiction", f"entry {index} is proven against another checkpoint", index)
    if not includes(leaf_hash(body), index, checkpoint.size, proof.hashes, checkpoint.root):
        raise FaultError(
            "changed", f"entry {index} is not the one in the log, or its proof was changed", index
        )
