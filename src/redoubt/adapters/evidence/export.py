"""Writes the log as a folder that anybody can verify."""

import os
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

from redoubt.adapters.evidence import layout
from redoubt.adapters.evidence.lines import sealed_line
from redoubt.domain.errors import InputError, ServiceError
from redoubt.services.audit.evidence import KeptCheckpoint
from redoubt.services.audit.notary import Notary
from redoubt.services.audit.note import to_base64

PAGE = 1000
"""Entries read at once; with their texts, fewer."""
_PAGE_WITH_TEXTS = 64


async def write_export(
    notary: Notary, out: Path, *, start: int, texts: bool, tell: Callable[[int, int], None]
) -> KeptCheckpoint:
    """Write the log from entry ``start`` on into the new folder ``out``; return the checkpoint that it ends with.

    ``tell`` hears how many entries are written, of how many. Raises InputError where there is something in ``out`` already, or no such
    entry; ServiceError where it cannot be written. The checkpoint comes last: without it a folder is no export.
    """
    kept, _ = await notary.checkpoint()
    if start > kept.size:
        raise InputError(f"there is no entry {start}; the log has {kept.size}")
    try:
        out.mkdir(parents=True, exist_ok=True)
        if any(out.iterdir()):
            raise InputError(f"{out}: there is something in it already; name a new folder")
        await _write_entries(notary, out, start, kept.size, texts, tell)
        await _write_checkpoints(notary, out, kept)
        put(out / layout.PUBLIC_KEY, f"{notary.vkey}\n".encode())
        put(out / layout.README, layout.ABOUT.encode())
        put(out / layout.CHECKPOINT, kept.note)
    except OSError as error:
        raise ServiceError(
            f"{out}: cannot be written ({type(error).__name__}); check the disk and its free space"
        ) from error
    return kept


def put(path: Path, data: bytes) -> None:
    """Write a file so that it is there whole or not at all, also after the loss of power. Raises OSError."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with draft.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


async def _write_entries(
    notary: Notary, out: Path, start: int, end: int, texts: bool, tell: Callable[[int, int], None]
) -> None:
    if start:
        before = await notary.prover.frontier(start)
        text = "".join(f"{line}\n" for line in (start, *map(to_base64, before)))
        put(out / layout.BEFORE, text.encode())
    with ExitStack() as stack:

        def opened(name: str) -> BinaryIO:
            return stack.enter_context((out / name).open("wb"))

        entries, leaves = opened(layout.ENTRIES), opened(layout.LEAVES)
        sealed = opened(layout.SEALED) if texts else None
        step = _PAGE_WITH_TEXTS if texts else PAGE
        for first in range(start, end, step):
            page = await notary.prover.page(first, min(first + step, end), texts=texts)
            entries.write(b"".join(entry.body + b"\n" for entry in page))
            leaves.write(b"".join(entry.leaf for entry in page))
            if sealed is not None:
                sealed.writelines(sealed_line(entry.index, entry.sealed) for entry in page if entry.sealed)
            tell(first + len(page) - start, end - start)
        for file in (entries, leaves, sealed):
            if file is not None:
                file.flush()
                os.fsync(file.fileno())


async def _write_checkpoints(notary: Notary, out: Path, latest: KeptCheckpoint) -> None:
    sizes = chosen([size for size in await notary.checkpoints.sizes() if size < latest.size])
    kept = [await notary.checkpoints.of_size(size) for size in sizes]
    for each in (*filter(None, kept), latest):
        if each is not latest:
            (out / layout.CHECKPOINTS).mkdir(exist_ok=True)
            put(out / layout.CHECKPOINTS / str(each.size), each.note)
        if each.timestamp:
            (out / layout.TIMESTAMPS).mkdir(exist_ok=True)
            put(out / layout.TIMESTAMPS / f"{each.size}.tsr", each.timestamp)
            put(out / layout.TIMESTAMPS / f"{each.size}.checkpoint", each.signed)


def chosen(sizes: list[int]) -> list[int]:
    """Return at most `layout.MAX_EARLIER` of ``sizes``: the later half of them the latest, the rest evenly from those before.

    >>> chosen([1, 2, 3])
    [1, 2, 3]
    """
    if len(sizes) <= layout.MAX_EARLIER:
        return sizes
    half = layout.MAX_EARLIER // 2
    old, latest = sizes[:-half], sizes[-half:]
    return [old[i * len(old) // half] for i in range(half)] + latest
