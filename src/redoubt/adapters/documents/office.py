"""Word, PowerPoint and OpenDocument files: the text of all their XML parts, with no library and no XML parser to attack.

Paragraphs become lines. Office Open XML is ECMA-376, OpenDocument ISO/IEC 26300.
"""

import zipfile

from redoubt.adapters.documents.budget import unpacked
from redoubt.adapters.documents.marked import marked
from redoubt.adapters.documents.markup import text_of
from redoubt.adapters.documents.source import Read, Source
from redoubt.domain.document import Unread

_PASSED_OVER = (
    "/theme/",
    "/_rels/",
    "styles.xml",
    "settings.xml",
    "fontTable.xml",
    "[Content_Types].xml",
    "_rels/",
)
"""Parts that hold formatting alone."""
_BREAKS = frozenset(
    {"w:p", "w:br", "w:tab", "w:tr", "a:p", "a:br", "text:p", "text:h", "text:tab", "text:line-break"}
)


def read_office(source: Source, archive: zipfile.ZipFile) -> Read:
    """Yield the text of a document's parts: body, notes, comments, headers, properties; what is embedded is read too."""
    for member in archive.infolist():
        source.budget.enter()
        name = member.filename
        if member.is_dir() or any(part in name for part in _PASSED_OVER):
            continue
        with archive.open(member) as file:
            if not name.endswith(".xml"):
                yield from _embedded(source, unpacked(file, member, source.budget), name)
                continue
            limit = source.budget.limits.max_whole
            data = unpacked(file, member, source.budget).read(limit + 1)
        if len(data) > limit:
            yield Unread(f"{source.name}!/{name}", f"larger than {limit} bytes")
            continue
        text = text_of(data.decode("utf-8", "replace"), _BREAKS)
        yield from marked(
            source.name, ((line, 0, name) for line in text.split("\n") if line.strip()), member.compress_size
        )


def _embedded(source: Source, file: object, name: str) -> Read:
    """Yield what a file inside the document holds; pictures and the like are no loss worth a word."""
    for part in source.inner(file, name):  # type: ignore[arg-type]
        if not (isinstance(part, Unread) and part.binary):
            yield part
