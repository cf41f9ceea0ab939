"""The exports of ChatGPT and Claude, one conversation at a time.

ChatGPT: ``conversations.json`` or ``conversations-000.json``, ... with a tree of messages under ``mapping``. Claude:
``conversations.json`` with ``chat_messages``. Neither vendor documents the format; what is not known is passed over only where it can
hold no text.
"""

import json
import zipfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, BinaryIO

from redoubt.adapters.documents.budget import Budget, BudgetError, unpacked
from redoubt.domain.conversation import Conversation, Turn
from redoubt.domain.document import ReadLimits
from redoubt.domain.errors import InputError

NAMES = ("conversations.json", "conversations-*.json")
_CHUNK = 1 << 20
_NOT_TEXT = frozenset(
    {"content_type", "asset_pointer", "type", "id", "uuid", "recipient", "channel", "file_uuid", "language"}
)
"""Members of a message that name things and hold no words of a person."""
_CLAUDE = {"human": "user", "assistant": "assistant"}


def read_chats(path: Path, limits: ReadLimits) -> Iterator[Conversation]:
    """Yield the conversations of an export: a zip, a folder, or one of its JSON files. Raises InputError where it is none."""
    try:
        if path.is_dir():
            for file in sorted(f for f in path.rglob("*.json") if _is_chats(f.name)):
                with file.open("rb") as stream:
                    yield from _conversations(stream, str(file), limits)
        elif zipfile.is_zipfile(path):
            yield from _in_zip(path, limits)
        else:
            with path.open("rb") as stream:
                yield from _conversations(stream, str(path), limits)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or type(error).__name__})") from error
    except (BudgetError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        said = str(error) if isinstance(error, BudgetError) else "damaged, or encrypted"
        raise InputError(f"{path}: {said}") from None


def _is_chats(name: str) -> bool:
    return any(fnmatch(name, glob) for glob in NAMES)


def _in_zip(path: Path, limits: ReadLimits) -> Iterator[Conversation]:
    budget = Budget(limits)
    with zipfile.ZipFile(path) as archive:
        members = [m for m in archive.infolist() if _is_chats(m.filename.rpartition("/")[2])]
        if not members:
            raise InputError(f"{path}: no export of ChatGPT or Claude: it holds no {NAMES[0]}")
        for member in sorted(members, key=lambda m: m.filename):
            budget.enter()
            with archive.open(member) as file:
                stream = unpacked(file, member, budget)
                yield from _conversations(stream, f"{path}!/{member.filename}", limits)


def _conversations(file: BinaryIO, name: str, limits: ReadLimits) -> Iterator[Conversation]:
    for number, element in enumerate(_elements(file, name, limits.max_whole), 1):
        if not isinstance(element, Mapping):
            raise InputError(f"{name}: element {number} is no conversation")
        if "mapping" in element:
            yield _chatgpt(element, number)
        elif "chat_messages" in element:
            yield _claude(element, number)
        else:
            raise InputError(
                f"{name}: element {number} has neither `mapping` (ChatGPT) nor `chat_messages` (Claude)"
            )


def _elements(file: BinaryIO, name: str, most: int) -> Iterator[Any]:
    """Yield the elements of a JSON array, holding one at a time. The buffer doubles, so all of it is linear."""
    stream = _characters(file)
    buffer = next(stream, "").lstrip("\ufeff \t\r\n")
    if not buffer.startswith("["):
        raise InputError(f"{name}: not a JSON array of conversations")
    decode = json.JSONDecoder().raw_decode
    position, ended = 1, False
    while True:
        while position < len(buffer) and buffer[position] in " \t\r\n,":
            position += 1
        if buffer.startswith("]", position):
            return
        try:
            element, position = decode(buffer, position)
        except (ValueError, RecursionError) as error:
            if ended or isinstance(error, RecursionError):
                raise InputError(f"{name}: not JSON, or cut off") from None
            buffer, position = buffer[position:], 0
            if len(buffer) > most:
                raise InputError(f"{name}: one conversation takes more than {most} characters") from None
            wanted = max(len(buffer), _CHUNK)
            parts = [buffer]
            while wanted > 0 and not ended:
                part = next(stream, "")
                ended = not part
                parts.append(part)
                wanted -= len(part)
            buffer = "".join(parts)
            continue
        yield element


def _characters(file: BinaryIO) -> Iterator[str]:
    import codecs

    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    while data := file.read(_CHUNK):
        if text := decoder.decode(data):
            yield text


def _chatgpt(element: Mapping[str, Any], number: int) -> Conversation:
    turns: list[Turn] = []
    mapping = element["mapping"]
    for node in mapping.values() if isinstance(mapping, Mapping) else ():
        message = node.get("message") if isinstance(node, Mapping) else None
        if not isinstance(message, Mapping):
            continue
        author = message.get("author")
        who = str(author.get("role", "unknown")) if isinstance(author, Mapping) else "unknown"
        turns += [Turn(who, text) for text in _texts(message.get("content"))]
    at = element.get("create_time")
    return Conversation(
        str(element.get("conversation_id") or element.get("id") or number),
        str(element.get("title") or ""),
        float(at) if isinstance(at, int | float) else None,
        tuple(turns),
    )


def _claude(element: Mapping[str, Any], number: int) -> Conversation:
    turns: list[Turn] = []
    messages = element["chat_messages"]
    for message in messages if isinstance(messages, list) else ():
        if not isinstance(message, Mapping):
            continue
        who = _CLAUDE.get(str(message.get("sender")), "unknown")
        said = list(_texts(message.get("content"))) or list(_texts(message.get("text")))
        turns += [Turn(who, text) for text in said]
        for key in ("attachments", "files"):
            turns += [Turn("attachment", text) for text in _texts(message.get(key))]
    return Conversation(
        str(element.get("uuid") or number),
        str(element.get("name") or ""),
        _time(element.get("created_at")),
        tuple(turns),
    )


def _texts(value: Any) -> Iterator[str]:
    """Yield every string in ``value`` that may hold words, in order; not recursive, so no depth can hurt."""
    waiting = [value]
    while waiting:
        here = waiting.pop()
        if isinstance(here, str):
            if here.strip():
                yield here
        elif isinstance(here, list):
            waiting.extend(reversed(here))
        elif isinstance(here, Mapping):
            waiting.extend(reversed([v for k, v in here.items() if k not in _NOT_TEXT]))


def _time(value: Any) -> float | None:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
