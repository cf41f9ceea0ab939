import json
from pathlib import Path
from typing import Any

import pytest

from redoubt.adapters.documents.chats import read_chats
from redoubt.domain.conversation import Conversation, Turn
from redoubt.domain.document import ReadLimits
from redoubt.domain.errors import InputError
from tests.unit.adapters.documents.makers import zipped


def _message(role: str, content: Any) -> dict[str, Any]:
    return {"message": {"author": {"role": role}, "content": content}}


CHATGPT = {
    "title": "Trip",
    "create_time": 1700000000.5,
    "conversation_id": "c1",
    "mapping": {
        "root": {"message": None},
        "a": _message(
            "user",
            {"content_type": "text", "parts": ["my mail", {"asset_pointer": "x", "text": "in a picture"}]},
        ),
        "b": _message("assistant", {"content_type": "code", "language": "python", "text": "print()"}),
        "c": _message(
            "tool", {"content_type": "thoughts", "thoughts": [{"summary": "s", "content": "deep"}]}
        ),
    },
}
CLAUDE = {
    "uuid": "u1",
    "name": "Notes",
    "created_at": "2024-05-01T10:00:00Z",
    "chat_messages": [
        {
            "sender": "human",
            "text": "twice",
            "content": [{"type": "text", "text": "once"}],
            "attachments": [{"file_name": "a.txt", "extracted_content": "inside"}],
        },
        {"sender": "assistant", "text": "answer", "content": []},
    ],
}  # fmt: skip


def _read(tmp_path: Path, data: bytes, name: str = "export.zip") -> list[Conversation]:
    path = tmp_path / name
    path.write_bytes(data)
    return list(read_chats(path, ReadLimits()))


def test_chatgpt_split_into_files(tmp_path: Path) -> None:
    data = zipped(
        {
            "conversations-000.json": json.dumps([CHATGPT]).encode(),
            "conversations-001.json": json.dumps([CHATGPT] * 2).encode(),
        }
    )
    found = _read(tmp_path, data)
    assert len(found) == 3
    assert found[0] == Conversation(
        "c1", "Trip", 1700000000.5,
        (Turn("user", "my mail"), Turn("user", "in a picture"), Turn("assistant", "print()"), Turn("tool", "s"), Turn("tool", "deep")),
    )  # fmt: skip


def test_claude(tmp_path: Path) -> None:
    [found] = _read(tmp_path, json.dumps([CLAUDE]).encode(), "conversations.json")
    assert found == Conversation(
        "u1", "Notes", 1714557600.0,
        (Turn("user", "once"), Turn("attachment", "a.txt"), Turn("attachment", "inside"), Turn("assistant", "answer")),
    )  # fmt: skip


def test_a_folder_and_a_large_export_one_conversation_at_a_time(tmp_path: Path) -> None:
    many = [{**CLAUDE, "uuid": str(i), "name": "x" * 3000} for i in range(2000)]
    (tmp_path / "conversations.json").write_text(json.dumps(many, indent=1))
    assert [c.id for c in read_chats(tmp_path, ReadLimits())] == [str(i) for i in range(2000)]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[",
        b"[1]",
        b'[{"a": 1}]',
        b'[{"mapping": {}',
        b"[" * 100_000,
        b'[{"mapping": ' + b"[" * 100_000,
        b"\xff\xfe",
        b"[nul]",
    ],
)
def test_what_is_no_export_is_said(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(InputError, match=r"conversations\.json"):
        _read(tmp_path, data, "conversations.json")
    with pytest.raises(InputError):
        _read(tmp_path, zipped({"other.json": data}))


@pytest.mark.parametrize(
    "odd",
    [
        {"mapping": []},
        {"mapping": {"a": 1, "b": {"message": 3}}},
        {"chat_messages": [1, {"content": {"x": [None]}}]},
    ],
)
def test_members_of_other_types_are_passed_over(tmp_path: Path, odd: dict[str, Any]) -> None:
    [found] = _read(tmp_path, json.dumps([odd]).encode(), "conversations.json")
    assert found.turns == ()


def test_one_conversation_too_large_to_hold(tmp_path: Path) -> None:
    path = tmp_path / "conversations.json"
    path.write_text(json.dumps([{**CLAUDE, "name": "x" * 3_000_000}]))
    with pytest.raises(InputError, match="takes more than"):
        list(read_chats(path, ReadLimits(max_whole=1_000_000)))
