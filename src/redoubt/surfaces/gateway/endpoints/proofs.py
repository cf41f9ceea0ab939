"""The management API's endpoints about checkpoints and proofs of the log."""

from base64 import b64encode
from typing import Annotated

from msgspec import Meta, Struct

from redoubt.domain.errors import InputError, ServiceError
from redoubt.services.audit.evidence import KeptCheckpoint
from redoubt.services.audit.notary import Notary
from redoubt.surfaces.gateway.endpoint import Asked, Endpoint, Reach, whole_number


class CheckpointBody(Struct, frozen=True):
    """A signed checkpoint of the log: C2SP tlog-checkpoint."""

    size: int
    root: str
    """Hexadecimal."""
    note: str
    """The signed note, with the cosignatures of witnesses."""
    vkey: str
    """The log's verifier key (C2SP signed-note)."""
    timestamp: str
    """RFC 3161 response about the note without its cosignatures, in base64; empty where there is none."""


class ProofBody(Struct, frozen=True):
    """A proof that one entry stands in the log."""

    index: int
    proof: str
    """C2SP tlog-proof, with the checkpoint in it."""


class ProofList(Struct, frozen=True):
    """The proofs asked for, in the order of the log."""

    proofs: list[ProofBody]


class ConsistencyBody(Struct, frozen=True):
    """A proof that the log of size ``to`` begins with the log of size ``from_size`` (RFC 9162, 2.1.4)."""

    from_size: int
    to_size: int
    from_root: str
    to_root: str
    hashes: list[str]
    """Hexadecimal, in the order in which they are used."""


class CosignatureRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Cosignatures (C2SP tlog-cosignature) about the checkpoint of a size."""

    size: Annotated[int, Meta(ge=0, le=10**18)]
    lines: Annotated[str, Meta(min_length=1, max_length=16_384)]
    """Signature lines, each with its newline."""


async def checkpoint(asked: Asked) -> CheckpointBody:
    """Return the latest checkpoint."""
    notary = _notary(asked)
    kept = await notary.checkpoints.latest()
    if kept is None:
        kept, _ = await notary.checkpoint()
    return _body(notary, kept)


async def inclusion(asked: Asked) -> ProofList:
    """Prove entries, by index or by exchange."""
    notary = _notary(asked)
    index, exchange = whole_number(asked.query, "index", None), asked.query.get("exchange", "")
    if (index is None) == (not exchange):
        raise InputError("one of the query parameters index and exchange is needed")
    if index is not None:
        proofs, _ = await notary.prove([index])
    else:
        proofs, _ = await notary.prove_exchange(exchange)
    return ProofList([ProofBody(each.index, bytes(each).decode()) for each in proofs])


async def consistency(asked: Asked) -> ConsistencyBody:
    """Prove that the log grew from one size to another."""
    prover = _notary(asked).prover
    old, new = whole_number(asked.query, "from", None), whole_number(asked.query, "to", None)
    size = (await prover.head()).size
    if new is None:
        new = size
    if old is None or not old <= new <= size:
        raise InputError(f"from and to must be sizes of the log, from not the larger, to at most {size}")
    hashes = await prover.consistency(old, new)
    before, after = await prover.root(old), await prover.root(new)
    return ConsistencyBody(old, new, before.hex(), after.hex(), [each.hex() for each in hashes])


async def cosign(asked: Asked) -> CheckpointBody:
    """Take cosignatures; only those of configured witnesses that verify."""
    notary, body = _notary(asked), asked.body
    kept = await notary.cosign(body.size, body.lines)
    return _body(notary, kept)


def _notary(asked: Asked) -> Notary:
    notary = asked.gateway.notary
    if notary is None:
        raise ServiceError("this gateway was started without a key for checkpoints")
    return notary


def _body(notary: Notary, kept: KeptCheckpoint) -> CheckpointBody:
    stamp = b64encode(kept.timestamp).decode("ascii")
    return CheckpointBody(kept.size, kept.root.hex(), kept.note.decode(), str(notary.vkey), stamp)


def _size(asked: Asked) -> str:
    """Note which checkpoint it is about."""
    return f"checkpoint of {asked.body.size} entries"


ENDPOINTS = (
    Endpoint(
        "GET", "/redoubt/v1/audit/checkpoint", checkpoint, "audit.read", None, CheckpointBody,
        "The latest signed checkpoint of the audit log; one is signed where there is none yet.", reach=Reach.NARROWED,
    ),
    Endpoint(
        "GET", "/redoubt/v1/audit/proof", inclusion, "audit.read", None, ProofList,
        "Prove that an entry, or every entry of an exchange, stands in the log.", ("exchange", "index"),
    ),
    Endpoint(
        "GET", "/redoubt/v1/audit/consistency", consistency, "audit.read", None, ConsistencyBody,
        "Prove that the log of one size begins with the log of a smaller one.", ("from", "to"),
    ),
    Endpoint(
        "POST", "/redoubt/v1/audit/cosignatures", cosign, "audit.export", CosignatureRequest, CheckpointBody,
        "Hand in cosignatures of known witnesses about a checkpoint.", event="audit.cosign", note=_size,
    ),
)  # fmt: skip
