"""What one look at a form of a text brings."""

from typing import NamedTuple


class Sighting(NamedTuple):
    """A place, what stands there, and how sure that is."""

    rule: str
    start: int
    end: int
    confidence: float
