"""Text out of HTML and XML by one linear pass of our own: any input, no entity expansion, no backtracking."""

import html
from collections.abc import Iterator

_LONGEST_TAG = 64 * 1024
_RAW = frozenset({"script", "style"})
_QUOTES = ('"', "'")

TEXT, TAG, COMMENT = "text", "tag", "comment"
Token = tuple[str, str, int]
"""(kind, what it says, where it begins)."""


def tokens(markup: str) -> Iterator[Token]:
    """Yield texts (unescaped), tags (what stands between ``<`` and ``>``) and comments, in order. Linear in ``markup``."""
    position, size = 0, len(markup)
    raw = ""
    no_comment_end = False
    first = -1
    while position < size:
        begin = markup.find(f"</{raw}", position) if raw else markup.find("<", position)
        if begin < 0:
            begin = size
        if begin > position:
            text = markup[position:begin]
            yield TEXT, text if raw else html.unescape(text), position
        raw = ""
        if begin == size:
            return
        if markup.startswith("<!--", begin) and not no_comment_end:
            end = markup.find("-->", begin + 4)
            if end >= 0:
                yield COMMENT, markup[begin + 4 : end], begin
                position = end + 3
                continue
            no_comment_end = True
        if markup.startswith("<![CDATA[", begin):
            end = markup.find("]]>", begin)
            end = size if end < 0 else end
            yield TEXT, markup[begin + 9 : end], begin
            position = end + 3
            continue
        if first < begin:
            first = markup.find(">", begin)
            first = size if first < 0 else first
        end = _tag_end(markup, begin, first)
        if end < 0:
            yield TEXT, "<", begin
            position = begin + 1
            continue
        tag = markup[begin + 1 : end]
        yield TAG, tag, begin
        name = tag_name(tag)
        if name in _RAW and not tag.startswith("/") and not tag.endswith("/"):
            raw = name
        position = end + 1


def _tag_end(markup: str, begin: int, first: int) -> int:
    """Return where the tag that begins at ``begin`` ends; -1 where it is no tag. ``first`` is the next ``>``.

    A ``>`` inside a quoted attribute does not end the tag, unless the quote is never closed.
    """
    letter = markup[begin + 1 : begin + 2]
    if not (letter.isalpha() or letter in ("/", "!", "?")) or not first < min(
        len(markup), begin + _LONGEST_TAG
    ):
        return -1
    limit = begin + _LONGEST_TAG
    position, end, inside = begin + 1, first, ""
    while end >= 0:
        for character in markup[position:end]:
            if inside:
                inside = "" if character == inside else inside
            elif character in _QUOTES:
                inside = character
        if not inside:
            return end
        close = markup.find(inside, end + 1, limit)
        if close < 0:
            return first
        position, inside = close + 1, ""
        end = markup.find(">", position, limit)
    return first


def tag_name(tag: str) -> str:
    """Return the lower-case name of a tag.

    >>> tag_name('Input type="x"'), tag_name("/p"), tag_name("br/")
    ('input', 'p', 'br')
    """
    parts = tag[:64].lstrip("/").replace("/", " ").split(None, 1)
    return parts[0].lower() if parts else ""


def text_of(markup: str, breaks: frozenset[str]) -> str:
    """Return the text of XML; the tags in ``breaks`` (lower case ones) end a line, all others vanish without a trace."""
    parts: list[str] = []
    for kind, said, _ in tokens(markup):
        if kind == TEXT:
            parts.append(said)
        elif kind == TAG and tag_name(said) in breaks:
            parts.append("\n")
    return "".join(parts)
