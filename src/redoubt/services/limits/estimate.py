"""How many tokens an exchange may come to, before the provider has counted them.

A token stands for at least one byte (vocabularies of byte-pair encodings are made of bytes), and what a provider adds around a message is
less than the JSON around it: so there are never more input tokens than bytes of the request. That holds for text. What a provider reads
from elsewhere (an image by its URL, a file by its id, an earlier answer, a kept prompt) is in no request; it is guessed, and what is
beyond the guess is counted afterwards.
"""

from dataclasses import dataclass

from redoubt.domain.limits import Estimating

BYTES_PER_TOKEN = 3
"""Of text in European languages in its JSON, so that few requests have more tokens."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """How the operator wants to have it estimated."""

    method: Estimating = Estimating.SAFE
    output_tokens: int = 4096
    """Of an answer, where neither the request nor the price list says how long it may get."""
    part_tokens: int = 8192
    """Of a part that is no text: an image, a file, an earlier answer that the provider keeps."""

    def text(self, size: int) -> int:
        """Return the tokens of ``size`` bytes."""
        return size if self.method is Estimating.SAFE else -(size // -BYTES_PER_TOKEN)

    def prompt(self, size: int, parts: int) -> int:
        """Return the tokens of a request of ``size`` bytes, its data of other kinds left out, with ``parts`` of other kinds."""
        return self.text(size) + parts * self.part_tokens
