"""Entries to tell, receivers that keep what they are told, and readers of the formats, written from their specifications."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from hypothesis import strategies as st

from redoubt.domain.evidence import Entry, FindingRecord
from redoubt.domain.finding import Finding
from redoubt.services.audit.canonical import canonical, parse
from redoubt.services.audit.tree import leaf_hash
from redoubt.services.telling.interface import Told
from tests.rogue import Caller

EMAIL = Finding("pii.email", "email", 3, 9, 0.9)
ATTACK = Finding("attack.injection", "guard", 0, 40, 0.99)


def entry(**changes: object) -> Entry:
    plain = Entry(
        exchange="ex_0198",
        kind="prompt",
        at=1_764_100_000.25,
        principal="key_a",
        app="shop",
        tenant="default",
        subject="eu_b",
        decision="allow",
        upstream="far",
        model="gpt-x",
        api="openai.chat",
        policy="balanced@1a2b",
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def found(*findings: Finding, action: str = "redact") -> tuple[FindingRecord, ...]:
    return tuple(FindingRecord(each, "/messages/0/content", action) for each in findings)


def told(of: Entry | None = None, index: int = 7) -> Told:
    body = canonical(of or entry(), b"")
    return Told(index, leaf_hash(body), body, parse(body))


HOSTILE = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=80),
    st.sampled_from(
        (
            "gpt|x|9|evil",
            "m act=allow cs1=nothing",
            "m\\",
            'm"] [x@1 y="z',
            "m\n<13>1 - - - - - - CEF:0|a|b|c|d|e|9|",
            "m\r\nact=allow",
            "m\u2028\u0085\x00\x1b[2J",
            "=" * 3000,
        )
    ),
)
"""What a caller may call a model."""


@st.composite
def hostile_entries(draw: st.DrawFn) -> Entry:
    names = {
        name: draw(HOSTILE)
        for name in ("model", "app", "principal", "subject", "tenant", "api", "note", "upstream")
    }
    finding = Finding(draw(HOSTILE), draw(HOSTILE), 0, 1)
    return entry(
        **names,
        decision=draw(st.sampled_from(("allow", "redact", "hold", "deny"))),
        kind=draw(st.sampled_from(("prompt", "answer", "admin"))),
        findings=(FindingRecord(finding, draw(HOSTILE), "flag"),),
        reasons=(draw(HOSTILE),),
        input_tokens=draw(st.none() | st.integers(0, 2**40)),
    )


@dataclass(frozen=True)
class Syslog:
    """A message of RFC 5424, read."""

    priority: int
    fields: list[str]
    data: dict[str, dict[str, str]]
    text: str


_HEAD = re.compile(r"<(\d{1,3})>1 (\S+) (\S+) (\S+) (\S+) (\S+) ")
_ELEMENT = re.compile(r'\[([!#-<>-\\^-~]{1,32})((?: [!#-<>-\\^-~]{1,32}="(?:[^"\\\]]|\\.)*")*)\]')
_PARAMETER = re.compile(r' ([^= ]+)="((?:[^"\\\]]|\\.)*)"')


def read_syslog(data: bytes) -> Syslog:
    text = data.decode()
    head = _HEAD.match(text)
    assert head is not None
    place, elements = head.end(), {}
    while element := _ELEMENT.match(text, place):
        elements[element[1]] = {
            name: re.sub(r"\\(.)", r"\1", value) for name, value in _PARAMETER.findall(element[2])
        }
        place = element.end()
    assert text[place] == " "
    return Syslog(int(head[1]), list(head.groups()[1:]), elements, text[place + 1 :])


def read_frames(data: bytes) -> list[bytes]:
    """Octet counting, RFC 6587 section 3.4.1."""
    frames = []
    while data:
        length, _, rest = data.partition(b" ")
        frames.append(rest[: int(length)])
        assert len(frames[-1]) == int(length)
        data = rest[int(length) :]
    return frames


def read_cef(text: str) -> tuple[list[str], dict[str, str]]:
    """A header's seven fields, and the extension."""
    assert "\n" not in text
    assert "\r" not in text
    fields: list[str] = []
    place = start = 0
    while len(fields) < 7:
        if text[place] == "\\":
            place += 2
            continue
        if text[place] == "|":
            fields.append(re.sub(r"\\(.)", r"\1", text[start:place]))
            start = place + 1
        place += 1
    return fields, read_extension(text[start:])


def read_extension(text: str) -> dict[str, str]:
    """A key is a word before an equals sign that no backslash precedes; a value goes on until the next key."""
    keys = list(re.finditer(r"(?:^| )(\w+)(?<!\\)=", text))
    said = {}
    for key, following in zip(keys, [*keys[1:], None], strict=True):
        value = text[key.end() : following.start() if following else len(text)]
        assert key[1] not in said
        said[key[1]] = re.sub(r"\\(.)", r"\1", value)
    return said


@dataclass
class Receiver:
    """An HTTP server that keeps what is posted to it (`rogue.Script`)."""

    answers: list[bytes] = field(default_factory=list)
    """What it says to the next requests, one each; then 200."""
    raw: list[bytes] = field(default_factory=list)
    act: Callable[[Caller], Awaitable[None]] | None = None

    async def __call__(self, caller: Caller) -> None:
        while raw := await caller.request():
            self.raw.append(raw)
            if self.act is not None:
                await self.act(caller)
            await caller.say(self.answers.pop(0) if self.answers else answer(200))

    def posts(self, path: str) -> list[tuple[dict[str, str], bytes]]:
        """Headers and bodies of what was posted to ``path``."""
        found = []
        for raw in self.raw:
            head, _, body = raw.partition(b"\r\n\r\n")
            first, *lines = head.decode().split("\r\n")
            if urlsplit(first.split(" ")[1]).path == path:
                found.append((dict(line.split(": ", 1) for line in lines), body))
        return found


@dataclass
class Hearer:
    """A syslog server over TCP that keeps what it hears (`rogue.Script`)."""

    heard: bytearray = field(default_factory=bytearray)

    async def __call__(self, caller: Caller) -> None:
        while data := await caller.reader.read(65536):
            self.heard += data

    def indices(self) -> list[int]:
        """Which entries were told; nothing in the middle of a message."""
        try:
            messages = read_frames(bytes(self.heard))
        except (AssertionError, ValueError):
            return []
        return [int(read_cef(read_syslog(each).text)[1]["cn1"]) for each in messages]


def answer(status: int, *headers: str, body: bytes = b"") -> bytes:
    lines = [f"HTTP/1.1 {status} X", f"content-length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
