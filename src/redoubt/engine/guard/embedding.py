"""What texts are about, by the network's output ``topic``: the embedder behind `redoubt.engine.effects.topics`."""

from collections.abc import Sequence

import numpy as np

from redoubt.engine.guard.interface import Numbers
from redoubt.engine.guard.reading import Reader

LONGEST = 2048
"""Code points of one text that are read: what it is about shows before."""


class ReadingEmbedder:
    """Reads a text and returns the mean direction of its windows."""

    def __init__(self, reader: Reader, id: str) -> None:
        self._reader = reader
        self.id = id

    def embed(self, texts: Sequence[str]) -> Numbers:
        """Return one unit vector for each text; one without any token is as if it were a dash."""
        return np.stack([self._one(text) for text in texts]) if texts else np.empty((0, 0), np.float32)

    def _one(self, text: str) -> Numbers:
        rows = self._reader.read(text[:LONGEST]).rows or self._reader.read("-").rows
        mean = np.mean([row.topic for row in rows], axis=0, dtype=np.float32)
        return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-9), np.float32)
