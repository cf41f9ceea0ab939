"""What an export of the log consists of."""

from redoubt.domain.errors import InputError

ENTRIES = "entries.jsonl"
LEAVES = "leaves"
SEALED = "sealed.jsonl"
BEFORE = "before"
CHECKPOINT = "checkpoint"
CHECKPOINTS = "checkpoints"
TIMESTAMPS = "timestamps"
PUBLIC_KEY = "public-key"
README = "README"
PROOFS = "proofs"
INSTRUCTIONS = "VERIFY.md"
SCRIPT = "verify_log.py"

MAX_ENTRY = 16 * 1024 * 1024
"""Bytes of one entry; one with a thousand findings has about 150,000."""
MAX_SEALED_LINE = 256 * 1024 * 1024
"""Bytes of one line with an encrypted text; the largest body that the gateway takes by default gives 50 million."""
MAX_EARLIER = 256
"""Earlier checkpoints in one export: the latest, and others evenly from the whole of the log."""
READ_BYTES = 1 << 20
HASH_BYTES = 32

ABOUT = """\
An export of a Redoubt audit log.

entries.jsonl   Line n (from 0) is entry n: canonical JSON (RFC 8785). The hash of its leaf is SHA-256(00 || line without newline).
leaves          Those hashes, 32 bytes each, one after the other: they tell which entry is a bad one. They prove nothing themselves.
checkpoint      Size and root hash of the tree over the leaves (RFC 9162), signed (C2SP tlog-checkpoint, signed-note).
checkpoints/    Earlier ones, named by their size.
public-key      The log's verifier key (C2SP signed-note). Compare it with the copy you were given another way.
sealed.jsonl    Where it is there: {"index": n, "sealed": base64} of encrypted texts; entry n holds the SHA-256 of it as text_sha256.
timestamps/     Where it is there: SIZE.tsr is an RFC 3161 response about the file SIZE.checkpoint beside it.
before          Where it is there: the export does not begin with entry 0. First line: the first entry's index; then, in base64, the
                hashes of the perfect subtrees of the entries before it, largest first.

To verify:      redoubt audit verify DIR --public-key FILE
or, without Redoubt, with Python and its package "cryptography" alone, the 60 lines of docs/verify_log.py (not where "before" is there;
it does not look at sealed.jsonl):
                python verify_log.py DIR PUBLIC-KEY [EARLIER-CHECKPOINT ...]
"""


def unreadable(name: str, why: str) -> InputError:
    """Return the error for a file that is no part of an export."""
    return InputError(f"{name}: {why}; it is not an export of the audit log, or is not all of one")
