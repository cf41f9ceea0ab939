"""Places in a message: JSON pointers (RFC 6901), and how they may be said aloud."""

import re

MARKS = ("~#", "~d", "~b")
"""What a place may end in where no pointer leads: a member's name itself, the text in a `data:` URL, the text in base64."""

_PLAIN_NAME = re.compile(r"[A-Za-z_-]{1,19}").fullmatch
_COUNT = re.compile(r"[0-9]{1,6}").fullmatch


def is_plain_name(name: str) -> bool:
    """Tell whether a member's name is too short and plain (letters, ``_``, ``-``; under 20) to hold a finding."""
    return _PLAIN_NAME(name) is not None


def shown(path: str) -> str:
    """Return ``path`` for an error, a log line or a record: names in which something could stand are starred.

    >>> shown("/metadata/jo@example.org/0~d"), shown("/messages/0/content")
    ('/metadata/*/0~d', '/messages/0/content')
    """
    mark = path[-2:] if path[-2:] in MARKS else ""
    keys = path[: len(path) - len(mark)].split("/")
    return "/".join(k if not k or _PLAIN_NAME(k) or _COUNT(k) else "*" for k in keys) + mark
