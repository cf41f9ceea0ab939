"""PDF, page by page (extra `documents`: pypdf)."""

import logging
from collections.abc import Iterator
from typing import Any

from redoubt.adapters.documents.marked import Place, marked
from redoubt.adapters.documents.source import Read, Source, missing
from redoubt.domain.document import Unread

_MOST_PAGES = 20_000


def read_pdf(source: Source) -> Read:
    """Yield the text of a PDF's pages, its form fields and its properties. Pictures of text hold no text."""
    try:
        import pypdf
    except ImportError as error:
        raise missing("pypdf") from error
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # its warnings quote the file
    reader = pypdf.PdfReader(source.whole())
    if reader.is_encrypted and not reader.decrypt(""):
        yield Unread(source.name, "encrypted")
        return
    unread: list[Unread] = []
    yield from marked(
        source.name, _places(reader, source, unread), source.whole().seek(0, 2) if source.seekable else 0
    )
    yield from unread


def _places(reader: Any, source: Source, unread: list[Unread]) -> Iterator[Place]:
    for key, value in (reader.metadata or {}).items():
        yield f"{str(key).lstrip('/')}: {value}", 0, "properties"
    for key, value in (reader.get_form_text_fields() or {}).items():
        if value:
            yield f"{key}: {value}", 0, "form"
    for number, page in enumerate(reader.pages, 1):
        if number > _MOST_PAGES:
            unread.append(Unread(source.name, f"more than {_MOST_PAGES} pages; the rest was not read"))
            return
        try:
            text = page.extract_text()
        except Exception as error:  # noqa: BLE001 - one damaged page does not hide the others
            unread.append(Unread(source.name, f"page {number} is damaged ({type(error).__name__})"))
            continue
        yield text, 0, f"page {number}"
