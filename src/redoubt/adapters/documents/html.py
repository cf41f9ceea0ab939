"""HTML: what it shows, and what it does not: attributes, comments, scripts."""

from collections.abc import Iterator

from redoubt.adapters.documents.marked import Place, marked
from redoubt.adapters.documents.markup import COMMENT, TAG, tag_name, tokens
from redoubt.adapters.documents.source import Read, Source
from redoubt.adapters.documents.text import decode, encoding_of, read_text

_LARGE = 16 * 1024 * 1024
"""Beyond this it is read as plain text, in constant memory."""
_INLINE = frozenset(
    (
        "a", "abbr", "b", "bdi", "bdo", "cite", "code", "dfn", "em", "font", "i", "kbd", "mark", "q", "s", "samp",
        "small", "span", "strong", "sub", "sup", "u", "var", "wbr",
    )
)  # fmt: skip


def read_html(source: Source) -> Read:
    """Yield the text of a page; tags with attributes and comments stand on lines of their own."""
    data = source.head + source.file.read(_LARGE - len(source.head))
    encoding = encoding_of(source.head) or ("utf-8", 0)
    if len(data) >= _LARGE:
        yield from read_text(source.file, source.name, data, encoding)
        return
    yield from marked(source.name, places(decode(data, encoding)), len(data))


def places(markup: str) -> Iterator[Place]:
    """Yield the attributes, the comments, and the runs of text that read as one, with their lines."""
    run: list[str] = []
    line, done, begun = 1, 0, 1
    for kind, said, at in tokens(markup):
        line += markup.count("\n", done, at)
        done = at
        if kind == TAG:
            if tag_name(said) not in _INLINE and run:
                yield "".join(run), begun, ""
                run = []
            if "=" in said:
                yield said, line, "attributes"
        elif kind == COMMENT:
            yield said, line, "comment"
        else:
            if not run:
                begun = line
            run.append(said)
    if run:
        yield "".join(run), begun, ""
