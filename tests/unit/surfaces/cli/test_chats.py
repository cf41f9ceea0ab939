import json
import re
from pathlib import Path

from tests.unit.surfaces.cli.rig import CARD, KEY, MAIL, Cli


def _export(*conversations: tuple[str, str, str]) -> None:
    Path("conversations.json").write_text(
        json.dumps(
            [
                {
                    "uuid": f"u{number}",
                    "name": title,
                    "created_at": "2024-05-01T10:00:00Z",
                    "chat_messages": [
                        {"sender": "human", "content": [{"type": "text", "text": asked}]},
                        {"sender": "assistant", "content": [{"type": "text", "text": answered}]},
                    ],
                }
                for number, (title, asked, answered) in enumerate(conversations)
            ]
        )
    )


def test_the_worst_come_first_by_who_wrote_what(cli: Cli) -> None:
    _export(("calm", "hello", "hello"), ("mild", MAIL, ""), ("bad", f"{CARD} {MAIL}", KEY))
    ran = cli("chats", "audit", "conversations.json", "--json")
    assert ran.code == 1
    report = json.loads(ran.out)
    assert report["conversations"] == 3
    assert [(c["title"], c["severity"], c["findings"]) for c in report["with_findings"]] == [
        ("bad", "high", 3),
        ("mild", "medium", 1),
    ]
    assert report["with_findings"][0]["categories"] == {
        "finance.card": {"user": 1}, "pii.email": {"user": 1}, "secret.aws_access_key": {"assistant": 1},
    }  # fmt: skip
    assert "finance.card 1/0/0" in cli("chats", "audit", "conversations.json").out


def test_nothing_found_is_0_and_no_export_is_3(cli: Cli) -> None:
    _export(("calm", "hello", "hello"))
    assert cli("chats", "audit", "conversations.json").code == 0
    Path("other.json").write_text("{}")
    assert cli("chats", "audit", "other.json").code == 3


def test_the_report_loads_nothing_and_shows_no_value(cli: Cli) -> None:
    _export(
        (
            f'<script src="https://evil.example">alert(1)</script> {MAIL}',
            f"{CARD} {MAIL}",
            f"<img onerror=x> {KEY}",
        )
    )
    ran = cli("chats", "audit", "conversations.json", "--report", "report.html")
    page = Path("report.html").read_text()
    assert not any(value in page + ran.out + ran.err for value in (MAIL, CARD, KEY))
    assert "j***@a***" in page
    assert "<svg" in page
    assert "&lt;script src=&quot;https://evil.example&quot;&gt;" in page
    tags = set(re.findall(r"<([a-z0-9]+)", page))
    assert not tags & {"script", "img", "link", "iframe", "object", "embed", "base", "form"}
    assert not re.search(r"(?:src|href)\s*=\s*\"|url\(|@import", page)


def test_titles_cannot_steer_the_terminal(cli: Cli) -> None:
    _export(("\x1b[31mred\x07", MAIL, ""))
    ran = cli("chats", "audit", "conversations.json")
    assert "\x1b" not in ran.out
    assert r"\x1b[31mred\x07" in ran.out


def test_a_very_long_message_is_counted_once(cli: Cli) -> None:
    _export(("long", ("words and words " * 40_000) + MAIL + (" and more" * 20_000), ""))
    [found] = json.loads(cli("chats", "audit", "conversations.json", "--json").out)["with_findings"]
    assert found["findings"] == 1
