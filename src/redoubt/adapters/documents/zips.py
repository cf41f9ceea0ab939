"""Zip archives, and the office documents that are zip archives."""

import zipfile

from redoubt.adapters.documents.budget import unpacked
from redoubt.adapters.documents.source import Read, Source
from redoubt.domain.document import Unread

_ENCRYPTED = 0x1


def read_zip(source: Source) -> Read:
    """Yield what the members of a zip archive hold; an office document is read as one."""
    with zipfile.ZipFile(source.whole()) as archive:
        names = set(archive.namelist()[: source.budget.limits.max_entries])
        if "xl/workbook.xml" in names:
            from redoubt.adapters.documents.sheets import read_workbook

            yield from read_workbook(source, archive)
        elif "[Content_Types].xml" in names or "content.xml" in names:
            from redoubt.adapters.documents.office import read_office

            yield from read_office(source, archive)
        else:
            yield from _members(source, archive)


def _members(source: Source, archive: zipfile.ZipFile) -> Read:
    for member in archive.infolist():
        source.budget.enter()
        if member.is_dir():
            continue
        name = f"{source.name}!/{member.filename}"
        if member.flag_bits & _ENCRYPTED:
            yield Unread(name, "encrypted")
            continue
        try:
            file = archive.open(member)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError) as error:
            yield Unread(name, f"damaged, or packed in a way that is not known ({type(error).__name__})")
            continue
        with file:
            yield from source.inner(unpacked(file, member, source.budget), member.filename)
