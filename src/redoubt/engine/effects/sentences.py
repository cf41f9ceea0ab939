"""A text cut into sentences: enough to judge one at a time what somebody promises, claims or asks."""

import re
from collections.abc import Iterator

LONGEST = 600
"""Characters; a longer sentence is read in parts."""
_SENTENCE = re.compile(
    r"(?:[^.!?…\n。！？]|[.](?=[\w,;:)])|[.](?=\s{1,2}[a-z\d])|\n(?=[a-z])){1,600}[.!?…。！？]{0,8}[\"'”’»)*_`]{0,4}"
)


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of each sentence, without the blanks around it.

    A point inside a word or number ends none, nor does the end of a line that goes on in small letters.
    """
    for found in _SENTENCE.finditer(text):
        start, end = found.span()
        while start < end and not text[start].isalnum() and text[start] not in "\"'“”«€$£":
            start += 1
        while end > start and text[end - 1].isspace():
            end -= 1
        if start < end:
            yield start, end
