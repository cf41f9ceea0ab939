"""How many tokens an exchange may come to, before the provider has counted them.

A token stands for at least one byte (vocabularies of byte-pair encodings are made of bytes), and what a provider adds around a message is
less than the JSON around it: so there are never more input tokens than bytes of the request. That holds for text. What a provider reads
from elsewhere (an image by its URL, a file by its id, an earlier answer, a kept prompt) is in no request; it is guessed, and what is
beyond the guess is counted afterwards.
"""

from redoubt.domain.limits import Estimating
from redoubt.domain.settings import EstimateSettings

BYTES_PER_TOKEN = 3
"""Of text in European languages in its JSON, so that few requests have more tokens than is estimated."""


def text_tokens(how: EstimateSettings, size: int) -> int:
    """Return the tokens of a text of ``size`` bytes."""
    return size if how.input is Estimating.SAFE else -(size // -BYTES_PER_TOKEN)


def prompt_tokens(how: EstimateSettings, size: int, parts: int) -> int:
    """Return the tokens of a request of ``size`` bytes, data that is no text left out, with so many ``parts`` that are no text."""
    return text_tokens(how, size) + parts * how.part_tokens
