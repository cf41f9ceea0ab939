"""E-mail: messages (RFC 5322, MIME) and mailboxes of them (mbox, RFC 4155), attachments included."""

import io
from collections.abc import Iterator
from dataclasses import replace
from email import policy
from email.message import EmailMessage, Message
from email.parser import BytesParser
from typing import BinaryIO, cast

from redoubt.adapters.documents.budget import BudgetError, Rewound
from redoubt.adapters.documents.html import places
from redoubt.adapters.documents.marked import Place, marked
from redoubt.adapters.documents.source import Read, Source
from redoubt.domain.document import Unread

_MOST_PARTS = 1000


def read_mail(source: Source) -> Read:
    """Yield head and body of a message, then what its attachments hold."""
    data = source.bounded()
    yield from _message(source, data, source.name)


def read_mailbox(source: Source) -> Read:
    """Yield the messages of a mailbox, one after the other."""
    for number, data in enumerate(
        _split(cast(BinaryIO, io.BufferedReader(Rewound(source.head, source.file))), source), 1
    ):
        source.budget.enter()
        yield from _message(source, data, f"{source.name}!/message {number}")


def _split(file: BinaryIO, source: Source) -> Iterator[bytes]:
    """Cut a mailbox at the lines that begin with ``From``."""
    lines: list[bytes] = []
    held, blank = 0, True
    while line := file.readline(source.budget.limits.max_whole):
        if blank and line.startswith(b"From ") and lines:
            yield b"".join(lines)
            lines, held = [], 0
        blank = not line.strip()
        if line.startswith(b"From ") and not lines:
            continue
        held += len(line)
        if held > source.budget.limits.max_whole:
            raise BudgetError(f"holds a message of more than {source.budget.limits.max_whole} bytes")
        lines.append(line)
    if lines:
        yield b"".join(lines)


def _message(source: Source, data: bytes, name: str) -> Read:
    message = BytesParser(policy=policy.default).parsebytes(data)
    attached: list[Message] = []
    yield from marked(name, _places(message, attached), len(data))
    for number, part in enumerate(attached, 1):
        source.budget.enter()
        content = part.get_payload(decode=True)
        if isinstance(content, bytes):
            title = part.get_filename() or f"part {number}"
            inner = replace(source, name=name)
            yield from inner.inner(io.BytesIO(content), title)
        else:
            yield Unread(name, f"part {number} is in a form that is not known")


def _places(message: EmailMessage, attached: list[Message]) -> Iterator[Place]:
    """Yield heads and bodies; put what is to be read as a file of its own into ``attached``."""
    for number, part in enumerate(message.walk()):
        if number >= _MOST_PARTS:
            raise BudgetError(f"a message of more than {_MOST_PARTS} parts")
        for header in part.keys():  # noqa: SIM118 - a message is no mapping: iterating over it is deprecated
            for value in part.get_all(header, ()):
                yield f"{header}: {value}", 0, f"header {header}"
        if part.is_multipart():
            continue
        kind = part.get_content_type()
        if part.get_content_maintype() != "text" or part.get_filename():
            attached.append(part)
            continue
        content = part.get_payload(decode=True)
        if not isinstance(content, bytes):
            continue
        text = _decoded(content, part.get_content_charset())
        if kind == "text/html":
            yield from ((said, 0, f"HTML body {what}".rstrip()) for said, _, what in places(text))
        else:
            yield text, 0, "body"


def _decoded(content: bytes, charset: str | None) -> str:
    try:
        return content.decode(charset or "utf-8")
    except (LookupError, UnicodeDecodeError, ValueError):
        return content.decode("latin-1")
