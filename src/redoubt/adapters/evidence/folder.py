"""Reads an export of the log from a folder: nothing else is opened, and nothing of it is trusted."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

from redoubt.adapters.evidence import layout
from redoubt.adapters.evidence.layout import unreadable
from redoubt.adapters.evidence.lines import hashes, lines, read, sealed_texts
from redoubt.services.audit.note import MAX_NOTE, VerifierKey, from_base64
from redoubt.services.audit.verifying import Exported, Verdict, verify

MAX_EARLIER_READ = 100_000
"""Checkpoints in one folder that are read."""
_MAX_BEFORE = 64 * 64


def verify_folder(
    folder: Path,
    key: VerifierKey,
    given: Sequence[Path],
    tell: Callable[[int], None],
    witnesses: Sequence[VerifierKey] = (),
) -> Verdict:
    """Verify the export in ``folder``, also against the checkpoints ``given``. Raises InputError where it cannot be read."""
    with ExitStack() as stack:
        start, before = _before(folder / layout.BEFORE)
        sealed = folder / layout.SEALED
        leaves = folder / layout.LEAVES
        export = Exported(
            latest=small(folder / layout.CHECKPOINT),
            earlier=[*_earlier(folder / layout.CHECKPOINTS), *((str(path), small(path)) for path in given)],
            entries=lines(
                stack.enter_context(_open(folder / layout.ENTRIES)), layout.ENTRIES, layout.MAX_ENTRY
            ),
            leaves=(lambda: _hashes(leaves)) if leaves.is_file() else None,
            sealed=sealed_texts(stack.enter_context(_open(sealed)), layout.SEALED)
            if sealed.is_file()
            else (),
            start=start,
            before=before,
        )
        return verify(export, key, tell, witnesses)


def small(path: Path, most: int = MAX_NOTE) -> bytes:
    """Return a file of at most ``most`` bytes. Raises InputError."""
    with _open(path) as file:
        data = read(file, most + 1, str(path))
    if len(data) > most:
        raise unreadable(str(path), f"is longer than {most} bytes")
    return data


def entries_in(folder: Path) -> int:
    """Return about how many entries there are, for people who wait: by the size of the list of leaves."""
    try:
        return (folder / layout.LEAVES).stat().st_size // layout.HASH_BYTES
    except OSError:
        return 0


def _open(path: Path) -> BinaryIO:
    try:
        if not path.is_file():
            raise unreadable(str(path), "is not there")
        return path.open("rb")
    except OSError as error:
        raise unreadable(str(path), f"cannot be read ({type(error).__name__})") from error


def _hashes(path: Path) -> Iterator[bytes]:
    with _open(path) as file:
        yield from hashes(file, layout.LEAVES)


def _earlier(folder: Path) -> Iterator[tuple[str, bytes]]:
    if not folder.is_dir():
        return
    # What somebody's file manager leaves there is no evidence of anything.
    sizes = sorted(path for path in folder.iterdir() if path.name.isdecimal())
    for number, path in enumerate(sizes):
        if number >= MAX_EARLIER_READ:
            raise unreadable(str(folder), f"holds more than {MAX_EARLIER_READ} files")
        yield f"{layout.CHECKPOINTS}/{path.name}", small(path)


def _before(path: Path) -> tuple[int, tuple[bytes, ...]]:
    if not path.exists():
        return 0, ()
    try:
        first, *rest = small(path, _MAX_BEFORE).decode("ascii").split("\n")
        start = int(first) if first.isdigit() and len(first) < 19 else -1
        before = tuple(from_base64(line) for line in rest[:-1])
    except ValueError as error:
        raise unreadable(layout.BEFORE, "holds what is no hash") from error
    if (
        start < 0
        or len(before) != start.bit_count()
        or any(len(each) != layout.HASH_BYTES for each in before)
    ):
        raise unreadable(layout.BEFORE, "does not hold the subtrees of as many entries as it says")
    return start, before
