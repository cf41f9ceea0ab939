"""Text and opaque bytes inside `data:` URLs (RFC 2397)."""

import base64
import binascii
import codecs
import contextlib
from urllib.parse import quote, unquote_to_bytes

_TEXT_TYPES = frozenset(
    {
        "application/json",
        "application/jsonl",
        "application/javascript",
        "application/x-javascript",
        "application/x-ndjson",
        "application/xml",
        "application/xhtml+xml",
        "application/yaml",
        "application/x-yaml",
        "application/toml",
        "application/sql",
        "application/csv",
        "application/rtf",
        "application/x-sh",
        "message/rfc822",
        "image/svg+xml",
    }
)
_KINDS = frozenset({"image", "audio", "video"})
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=_-\r\n"

PDF = "%PDF-"
"""How a PDF begins (ISO 32000-2, section 7.5.2); its streams may be packed in printable characters."""
_TO_STANDARD = bytes.maketrans(b"-_", b"+/")
_ENCODINGS = ("utf-8", "utf-16")
_BYTE_ORDER_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_PRINTABLE = bytes(byte for byte in range(256) if byte in b"\t\n\v\f\r\x1b" or byte >= 32)
"""What a text in any of the 8-bit encodings is made of."""
_NO_CHANCE = 128
"""So many random bytes hold no control character once in a million times."""


def is_text_type(media_type: str) -> bool:
    """Tell whether a body of this media type can be read as text."""
    name = media_type.partition(";")[0].strip().lower()
    return name.startswith("text/") or name in _TEXT_TYPES or name.endswith(("+json", "+xml"))


def kind_of(media_type: str) -> str:
    """Return the kind of an uninspectable part of this media type: image, audio, video or file."""
    family = media_type.partition("/")[0].strip().lower()
    return family if family in _KINDS else "file"


def is_base64(text: str) -> bool:
    """Tell whether ``text`` is nothing but letters of the base64 alphabets (RFC 4648, sections 4 and 5)."""
    return text.isascii() and not text.encode("ascii").translate(None, _BASE64)


def decode_text(encoded: str) -> str | None:
    """Return the text that ``encoded`` holds in base64, or None where it holds none.

    Read as its readers do: white space and missing padding forgiven, either alphabet; UTF-8, else UTF-16 with a byte order mark, else
    Latin-1 where no control character says that it is no text.
    """
    try:
        packed = encoded.encode("ascii").translate(_TO_STANDARD, b" \t\r\n=")
        data = base64.b64decode(packed + b"=" * (-len(packed) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
    for encoding in _ENCODINGS:
        with contextlib.suppress(ValueError):
            if encoding != "utf-16" or data.startswith(_BYTE_ORDER_MARKS):
                return data.decode(encoding)
    return data.decode("latin-1") if _is_8_bit_text(data) else None


def _is_8_bit_text(data: bytes) -> bool:
    """Tell whether bytes are text in one of the 8-bit encodings: no control characters, and longer than chance explains or mostly ASCII."""
    if data.translate(None, _PRINTABLE):
        return False
    return len(data) >= _NO_CHANCE or 2 * sum(byte < 0x80 for byte in data) > len(data)


def encode_text(text: str) -> str:
    """Inverse of `decode_text`."""
    return base64.b64encode(text.encode("utf-8", "replace")).decode("ascii")


def media_type(url: str) -> str:
    """Return the media type of a data URL, lower case; ``text/plain`` where it names none (RFC 2397)."""
    head = url[:512].partition(",")[0][5:]
    return head.partition(";")[0].strip().lower() or "text/plain"


def read(url: str) -> str | None:
    """Return the text in a data URL of a text type, or of a file that turns out to be text; None where there is none that can be read."""
    head, comma, body = url.partition(",")
    kind = media_type(url)
    in_base64 = head.lower().rstrip().endswith(";base64")
    if not comma or not (is_text_type(kind) or (in_base64 and kind_of(kind) == "file")):
        return None
    if in_base64:
        return decode_text(body)
    try:
        return unquote_to_bytes(body).decode("utf-8")
    except ValueError:
        return None


def is_opaque(url: str) -> bool:
    """Tell whether a data URL's body is base64 throughout: bytes rather than words."""
    head, comma, body = url.partition(",")
    return bool(comma) and len(head) <= 512 and head.lower().rstrip().endswith(";base64") and is_base64(body)


def write(url: str, text: str) -> str:
    """Return ``url`` with its text replaced: what `read` of the result returns is ``text``."""
    head = url.partition(",")[0]
    if head.lower().rstrip().endswith(";base64"):
        return f"{head},{encode_text(text)}"
    return f"{head},{quote(text, safe='', errors='replace')}"
