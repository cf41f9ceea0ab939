"""An entry as the log has it, as JSON.

``entry`` is, byte for byte, what the leaf is the hash of: ``leaf`` = SHA-256(0x00 || entry), so that a receiver can check by itself that it
was told what the log holds.
"""

from collections.abc import Sequence

from redoubt.services.telling.interface import Told


def line(told: Told) -> bytes:
    """Return ``{"index":n,"leaf":"hex","entry":{...}}``, without a line break in it: canonical JSON escapes them."""
    return b'{"index":%d,"leaf":"%s","entry":%s}' % (told.index, told.leaf.hex().encode(), told.body)


def document(batch: Sequence[Told]) -> bytes:
    """Return a batch as one JSON document: ``{"entries":[...]}``."""
    return b'{"entries":[%s]}' % b",".join(map(line, batch))
