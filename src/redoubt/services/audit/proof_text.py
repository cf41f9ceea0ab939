"""One proof as one text: C2SP ``tlog-proof`` (https://c2sp.org/tlog-proof), the index, the hashes and the checkpoint that they lead to."""

import re
from dataclasses import dataclass

from redoubt.services.audit.note import MAX_NOTE, from_base64, to_base64
from redoubt.services.audit.proofs import MAX_HASHES
from redoubt.services.audit.tree import HASH_BYTES

HEAD = "c2sp.org/tlog-proof@v1"
MAX_TEXT = MAX_NOTE + 8192
_INDEX = re.compile("index (0|[1-9][0-9]{0,17})")


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """That an entry stands in the log. `parse_proof(bytes(proof)) == proof`."""

    index: int
    hashes: tuple[bytes, ...]
    """From the leaf's sibling up, as `redoubt.services.audit.proofs.includes` takes them."""
    checkpoint: bytes
    """The signed note, with its cosignatures; not verified."""

    def __bytes__(self) -> bytes:
        lines = (HEAD, f"index {self.index}", *map(to_base64, self.hashes), "")
        return "".join(f"{line}\n" for line in lines).encode() + self.checkpoint


def parse_proof(data: bytes) -> InclusionProof:
    """Read a proof; extra data is passed over, since nobody vouches for it. Raises ValueError."""
    if len(data) > MAX_TEXT:
        raise ValueError(f"the proof is longer than {MAX_TEXT} bytes")
    head, blank, checkpoint = data.partition(b"\n\n")
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        raise ValueError("the proof is not ASCII before its checkpoint") from error
    if not blank or lines[0] != HEAD:
        raise ValueError(f"a proof begins with {HEAD} and ends in a checkpoint")
    if lines[1:] and lines[1].startswith("extra "):
        del lines[1]
    found = _INDEX.fullmatch(lines[1]) if lines[1:] else None
    if found is None:
        raise ValueError("the proof names no index")
    hashes = tuple(map(from_base64, lines[2:]))
    if len(hashes) > MAX_HASHES or any(len(each) != HASH_BYTES for each in hashes):
        raise ValueError(f"a proof has at most {MAX_HASHES} hashes of {HASH_BYTES} bytes")
    return InclusionProof(int(found[1]), hashes, checkpoint)
