import asyncio
import os
from pathlib import Path

import pytest

from redoubt.adapters.sinks.lines import FileSink, OutputSink
from redoubt.services.telling.interface import UndeliveredError
from redoubt.services.telling.plain import line
from tests.told import told


def deliver(sink: FileSink | OutputSink, *indices: int) -> None:
    asyncio.run(sink.deliver([told(index=index) for index in indices]))


def test_a_file_is_ours_alone_and_grows(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    sink = FileSink(path, line, max_bytes=10**6, keep=2)
    deliver(sink, 0, 1)
    deliver(sink, 2)
    assert path.read_bytes().splitlines() == [line(told(index=n)) for n in range(3)]
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_file_is_rotated_and_no_line_is_cut(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    size = len(line(told(index=0))) + 1
    sink = FileSink(path, line, max_bytes=2 * size, keep=2)
    for index in range(9):
        deliver(sink, index)
    kept = {file.name: file.read_bytes().count(b"\n") for file in tmp_path.iterdir()}
    assert kept == {"events.jsonl": 1, "events.jsonl.1": 2, "events.jsonl.2": 2}
    assert (tmp_path / "events.jsonl.1").read_bytes().startswith(b'{"index":6,')


def test_without_older_files_the_full_one_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    sink = FileSink(path, line, max_bytes=1, keep=0)
    deliver(sink, 0)
    deliver(sink, 1)
    assert [file.name for file in tmp_path.iterdir()] == ["events.jsonl"]
    assert path.read_bytes().startswith(b'{"index":1,')


def test_no_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "events.jsonl").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UndeliveredError, match="cannot be written"):
        deliver(FileSink(tmp_path / "events.jsonl", line, max_bytes=10**6, keep=2), 0)
    assert not (tmp_path / "elsewhere").exists()


def test_what_a_killed_process_left_half_written_spoils_no_other_line(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    sink = FileSink(path, line, max_bytes=10**6, keep=2)
    deliver(sink, 0)
    with path.open("ab") as file:
        file.write(line(told(index=1))[:20])
    deliver(sink, 1, 2)
    whole = [line(told(index=n)) for n in range(3)]
    assert path.read_bytes().split(b"\n") == [whole[0], whole[1][:20], whole[1], whole[2], b""]


def test_a_batch_that_does_not_fit_on_the_disk_leaves_no_half_of_it(tmp_path: Path) -> None:
    """A limit on the size of files stands for a full disk; it is set in a process of its own."""
    path = tmp_path / "events.jsonl"
    sink = FileSink(path, line, max_bytes=10**6, keep=2)
    deliver(sink, 0)
    before = path.read_bytes()
    child = os.fork()
    if child == 0:
        import resource
        import signal

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 10, len(before) + 10))
        try:
            deliver(sink, 1)
        except UndeliveredError:
            os._exit(7)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    assert path.read_bytes() == before


def test_standard_output(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    deliver(OutputSink(line), 4)
    assert capsysbinary.readouterr().out == line(told(index=4)) + b"\n"
