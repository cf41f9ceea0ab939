"""Whatever is done to an export or a bundle, the answer is a verdict or a clear error."""

import shutil
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from redoubt.adapters.evidence.bundle import verify_bundle
from redoubt.adapters.evidence.folder import verify_folder
from redoubt.adapters.evidence.layout import READ_BYTES
from redoubt.adapters.evidence.lines import hashes, lines
from redoubt.domain.errors import InputError
from tests.history.test_logs import HERE, KEY

BUNDLE = (HERE / "bundle-1.zip").read_bytes()
FILES = sorted(path for path in (HERE / "log-1").rglob("*") if path.is_file())
WORD = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@WORD
@given(
    st.lists(st.tuples(st.integers(0, len(BUNDLE) - 1), st.integers(0, 255)), max_size=4), st.integers(0, 60)
)
def test_a_bundle_with_bytes_changed_or_cut_off(
    tmp_path: Path, edits: list[tuple[int, int]], cut: int
) -> None:
    data = bytearray(BUNDLE)
    for at, byte in edits:
        data[at] = byte
    (tmp_path / "b.zip").write_bytes(data[: len(data) - cut])
    try:
        verdict = verify_bundle(tmp_path / "b.zip", KEY)
    except InputError as error:
        assert "not an export" in str(error)  # noqa: PT017
    else:
        assert verdict.fault or verdict.entries == 2


@WORD
@given(st.sampled_from(FILES), st.data())
def test_an_export_with_a_file_changed(tmp_path: Path, file: Path, data: st.DataObject) -> None:
    folder = tmp_path / "log"
    shutil.copytree(HERE / "log-1", folder, dirs_exist_ok=True)
    content = file.read_bytes()
    start = data.draw(st.integers(0, len(content)))
    end = data.draw(st.integers(start, min(len(content), start + 40)))
    put = data.draw(st.binary(max_size=20))
    changed = content[:start] + put + content[end:]
    (folder / file.relative_to(HERE / "log-1")).write_bytes(changed)
    try:
        verdict = verify_folder(folder, KEY, (), lambda _: None)
    except InputError as error:
        assert "not an export" in str(error)  # noqa: PT017
    else:
        # A text that is there fits its digest, or there is a fault; blanks around it, and texts that are missing, say nothing.
        unsigned = file.name in ("README", "public-key", "leaves", "sealed.jsonl")
        assert verdict.fault or unsigned or changed.rstrip(b"\n") == content.rstrip(b"\n")


@WORD
@given(
    st.binary(max_size=200),
    st.sampled_from(["before", "leaves", "checkpoint", "entries.jsonl", "sealed.jsonl"]),
)
def test_any_bytes_as_a_file_of_an_export(tmp_path: Path, content: bytes, name: str) -> None:
    folder = tmp_path / "log"
    shutil.copytree(HERE / "log-1", folder, dirs_exist_ok=True)
    (folder / name).write_bytes(content)
    try:
        verify_folder(folder, KEY, (), lambda _: None)
    except InputError as error:
        assert "not an export" in str(error)  # noqa: PT017


@given(st.lists(st.binary(max_size=50).map(lambda line: line.replace(b"\n", b"")), max_size=8), st.booleans())
def test_lines_are_what_was_written(written: list[bytes], ended: bool) -> None:
    data = b"\n".join(written) + (b"\n" if written and ended else b"")
    expected = data.split(b"\n")
    if not expected[-1]:
        expected.pop()
    assert list(lines(BytesIO(data), "x", 100)) == expected


def test_lines_across_reads_and_lines_without_end() -> None:
    long = [b"a" * (READ_BYTES - 1), b"b" * (2 * READ_BYTES + 7), b"", b"c"]
    assert list(lines(BytesIO(b"\n".join(long)), "x", 3 * READ_BYTES)) == long
    for data in (b"a" * 101, b"a" * 101 + b"\n", b"x\n" + b"a" * (3 * READ_BYTES)):
        with pytest.raises(InputError, match="more than 100 bytes"):
            list(lines(BytesIO(data), "x", 100))
    assert list(hashes(BytesIO(b"h" * 32 + b"i" * 32 + b"j"), "x")) == [b"h" * 32, b"i" * 32]
