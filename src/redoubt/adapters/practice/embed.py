"""Simulated embeddings: hashed words, so that texts that share words lie near each other."""

import base64
import hashlib
import math
import struct

DIMENSIONS = 256
MAX_DIMENSIONS = 4096


def vector(text: str, dimensions: int = DIMENSIONS) -> tuple[float, ...]:
    """Return a unit vector for ``text``; the same text always gives the same one."""
    found = [0.0] * dimensions
    for word in text.lower().split() or [""]:
        hashed = hashlib.sha256(word.encode("utf-8", "surrogatepass")).digest()
        for at in range(0, 16, 4):
            number = int.from_bytes(hashed[at : at + 4])
            found[number % dimensions] += 1.0 if number & 0x8000_0000 else -1.0
    length = math.sqrt(sum(value * value for value in found))
    return tuple(value / length for value in found) if length else (1.0, *found[1:])


def packed(values: tuple[float, ...]) -> str:
    """Return base64 of little-endian 32-bit floats, OpenAI's ``encoding_format: "base64"``."""
    return base64.b64encode(struct.pack(f"<{len(values)}f", *values)).decode()
