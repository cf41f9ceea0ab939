"""Every way to hide a value: its view holds the plain value, and the map names exactly what wrote it."""

import base64
import urllib.parse
from collections.abc import Callable

import pytest

from redoubt.engine.detect.views import views

VALUES = {
    "email": "john.smith@example.com",
    "card": "4111111111111111",
    "card-grouped": "4111 1111 1111 1111",
    "ssn": "536-90-4399",
    "token": "ghp_1234567890abcdefghijklmnopqrstuvwxyzAB",
    "iban": "DE89370400440532013000",
}
BIDI = "\u202e\u2066\u200f"
MATHS = {
    **{chr(97 + i): chr(0x1D41A + i) for i in range(26)},
    **{chr(48 + i): chr(0x1D7CE + i) for i in range(10)},
}


def _mime(data: str) -> str:
    return base64.encodebytes((data + " " * 70).encode()).decode().strip()


ENCODINGS: dict[str, Callable[[str], str]] = {
    "zero-width": "\u200b".join,
    "word-joiner": "\u2060".join,
    "soft-hyphen": "\u00ad".join,
    "bidi": BIDI.join,
    "nul": "\0".join,
    "full-width": lambda s: "".join(chr(ord(c) + 0xFEE0) if c.isalnum() or c in "@." else c for c in s),
    "mathematical": lambda s: "".join(MATHS.get(c, c) for c in s),
    "zalgo": lambda s: "".join(c + "\u0336\u0301" for c in s),
    "tags": lambda s: "".join(chr(0xE0000 + ord(c)) for c in s),
    "selectors": lambda s: "".join(chr(0xE0100 + ord(c) - 16) for c in s),
    "base64": lambda s: base64.b64encode(s.encode()).decode(),
    "base64-unpadded": lambda s: base64.urlsafe_b64encode(s.encode()).decode().rstrip("="),
    "base64-mime": _mime,
    "base32": lambda s: base64.b32encode(s.encode()).decode(),
    "hex": lambda s: s.encode().hex(),
    "hex-spaced": lambda s: s.encode().hex(" ").upper(),
    "hex-colons": lambda s: s.encode().hex(":"),
    "hex-0x": lambda s: ", ".join(f"0x{ord(c):02x}" for c in s),
    "hex-backslash": lambda s: "".join(f"\\x{ord(c):02x}" for c in s),
    "octal": lambda s: "".join(f"\\{ord(c):03o}" for c in s),
    "json": lambda s: "".join(f"\\u{ord(c):04x}" for c in s),
    "ecma": lambda s: "".join(f"\\u{{{ord(c):x}}}" for c in s),
    "python": lambda s: "".join(f"\\U{ord(c):08x}" for c in s),
    "binary": lambda s: " ".join(f"{ord(c):08b}" for c in s),
    "url": lambda s: "".join(f"%{ord(c):02X}" for c in s),
    "url-double": lambda s: urllib.parse.quote("".join(f"%{ord(c):02X}" for c in s)),
    "html-decimal": lambda s: "".join(f"&#{ord(c)};" for c in s),
    "html-hex": lambda s: "".join(f"&#x{ord(c):x};" for c in s),
    "html-escaped": lambda s: "".join(f"&amp;#{ord(c)};" for c in s),
    "quoted-printable": lambda s: "".join(f"={ord(c):02X}" for c in s),
    "spaced": lambda s: " ".join(s.replace(" ", "")),
    "lines": lambda s: "\n".join(s.replace(" ", "")),
    "url+base64": lambda s: urllib.parse.quote(base64.b64encode((s + "??>>").encode()).decode(), safe=""),
    "base64+base64": lambda s: base64.b64encode(base64.b64encode(s.encode())).decode(),
    "hex+base64+url": lambda s: base64.b64encode("".join(f"%{ord(c):02X}" for c in s).encode()).hex(),
}


def _decoded(text: str, value: str) -> list[tuple[int, int]]:
    return [view.origin(at, at + len(value)) for view in views(text) if (at := view.text.find(value)) >= 0]


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_encoded_value_is_found_alone(encoding: str, value: str) -> None:
    written = ENCODINGS[encoding](value)
    wanted = value.replace(" ", "") if encoding in ("spaced", "lines") else value
    assert _decoded(written, wanted), written


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_map_names_what_wrote_the_value(encoding: str, value: str) -> None:
    if encoding in ("spaced", "lines"):
        value = value.replace(" ", "")
    written = ENCODINGS[encoding](value)
    before = "Please look at this value and answer: "
    text = f"{before}{written} and thank you very much."
    spans = _decoded(text, value)
    assert spans, text
    start, end = min(spans, key=lambda span: (span[1] - span[0], span))
    assert start == len(before)
    # What follows a value may belong to the same group of digits, the padding, or be the last mark on it.
    tail = written[end - len(before) :]
    if encoding == "base64-mime":
        assert end - len(before) <= len(value) * 4 / 3 + 5
    elif encoding in ("url+base64", "base64+base64"):
        assert len(tail) < 20
    else:
        assert tail.strip("=\u0336\u0301") == "", tail


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("jоhn@exаmple.com", "john@example.com"),
        ("АKIАIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLE"),
        ("card ٤١١١١١١١١١١١١١١١ please", "4111111111111111"),
        ("card ४१११ ११११ ११११ ११११ please", "4111 1111 1111 1111"),
        ("4111\u00a01111\u00a01111\u00a01111", "4111 1111 1111 1111"),
        ("536\u201390\u20134399", "536-90-4399"),
        ("④①①①①①①①①①①①①①①①", "4111111111111111"),
        ("4️⃣1️⃣1️⃣1️⃣ 1️⃣1️⃣1️⃣1️⃣", "4111 1111"),
        ("my p4ssw0rd is", "my password is"),
        ("4lll-lO1l-1l11-llI1", "4111-1011-1111-1111"),
        ("john (at) example (dot) com", "john@example.com"),
        ("john [at] example [dot] com", "john@example.com"),
        ("write to john at example dot com now", "john@example.com"),
        ("four one one one, one one one one, one double one one", "411111111111"),
        ("it is s-e-c-r-e-t here", "secret"),
        (".--. .- ... ... .-- --- .-. -.. / .---- ..--- ...--", "password 123"),
        ("wbua@rknzcyr.pbz", "john@example.com"),
        ("moc.elpmaxe@nhoj", "john@example.com"),
        ("cnffjbeq: uhagre2", "password: hunter2"),
        ("john%40example.com", "john@example.com"),
        ("4111%20111&#49; 1111 1111", "4111 1111 1111 1111"),
        (
            "a very long line of quoted printable text that ends soft and john.sm=\nith@example.com",
            "john.smith@example.com",
        ),
        ("data:text/plain;base64,am9obkBleGFtcGxlLmNvbQ==", "john@example.com"),
        ("/files/am9obkBleGFtcGxlLmNvbQ", "john@example.com"),
    ],
)
def test_view_shows_the_plain_form(written: str, plain: str) -> None:
    assert any(plain in view.text for view in views(written)), [(v.name, v.text) for v in views(written)]
