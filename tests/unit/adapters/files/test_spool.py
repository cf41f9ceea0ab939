import os
from pathlib import Path

import pytest

from redoubt.adapters.files.spool import FileSpool, open_spool
from redoubt.domain.errors import ServiceError
from redoubt.domain.evidence import Entry, FindingRecord
from redoubt.domain.finding import Finding
from redoubt.services.audit.interface import Keyed

KEY, LIMIT = b"k" * 32, 1024 * 1024
CANARY = "canary-4111111111111111"


def opened(folder: Path, key: bytes = KEY, limit: int = LIMIT) -> FileSpool:
    return open_spool(folder, key, limit, os.urandom)


def keyed(n: int) -> Keyed:
    found = FindingRecord(Finding("pii.email", "email", 3, 9, 0.9), "/messages/0", "redact", b"mark" * 2)
    one = Entry(
        exchange=f"ex_{n}",
        kind="prompt",
        at=n + 0.123456,
        principal="p",
        app="a",
        tenant="t",
        subject="s",
        decision="allow",
        findings=(found,),
        reasons=("why",),
        latency_ms=1.5,
        text=f"{CANARY} ü {n}",
    )
    return bytes([n]) * 16, one


def rest(spool: FileSpool, at: int = 0) -> list[Keyed]:
    return list(spool.read(at, 1000)[0])


def file(folder: Path, number: int = 0) -> Path:
    return folder / "spool" / f"{number}.spool"


def test_what_goes_in_comes_out_in_order_and_lies_there_for_nobody_to_read(tmp_path: Path) -> None:
    spool = opened(tmp_path)
    assert (spool.size, rest(spool)) == (0, [])
    spool.append([keyed(1), keyed(2)])
    spool.append([keyed(3)])
    first, at = spool.read(0, 1)
    assert list(first) == [keyed(1), keyed(2)], "what came together is read together"
    assert rest(spool, at) == [keyed(3)]
    assert rest(spool) == [keyed(n) for n in (1, 2, 3)]
    data = file(tmp_path).read_bytes()
    assert len(data) == spool.size
    assert CANARY.encode() not in data
    assert b"ex_1" not in data
    assert file(tmp_path).stat().st_mode & 0o777 == 0o600
    assert file(tmp_path).parent.stat().st_mode & 0o777 == 0o700
    spool.clear()
    assert (spool.size, rest(spool), file(tmp_path).stat().st_size) == (0, [], 0)
    spool.close()
    spool.close()
    assert not file(tmp_path).exists()


def test_a_process_that_died_leaves_it_to_the_next(tmp_path: Path) -> None:
    spool = opened(tmp_path)
    spool.append([keyed(1)])
    spool.close()
    again = opened(tmp_path)
    assert rest(again) == [keyed(1)]
    again.append([keyed(2)])
    assert (again.count, rest(again)) == (2, [keyed(1), keyed(2)])
    again.close()


def test_each_process_has_its_own_and_takes_up_those_of_the_dead(tmp_path: Path) -> None:
    one, two, three = (opened(tmp_path) for _ in range(3))
    two.append([keyed(2)])
    three.append([keyed(3)])
    assert list(one.orphans()) == [], "their processes live"
    two.close()
    [orphan] = one.orphans()
    assert rest(orphan) == [keyed(2)]
    assert list(one.orphans()) == [], "it has one heir"
    orphan.clear()
    orphan.close()
    assert not file(tmp_path, 1).exists()
    one.close()
    three.close()


@pytest.mark.parametrize("left", [1, 11, 12, 30, -1])
def test_an_unfinished_append_is_dropped_and_said(tmp_path: Path, left: int) -> None:
    spool = opened(tmp_path)
    spool.append([keyed(1)])
    whole = spool.size
    spool.append([keyed(2)])
    spool.close()
    data = file(tmp_path).read_bytes()
    file(tmp_path).write_bytes(data[: whole + left] if left > 0 else data[:left])
    again = opened(tmp_path)
    assert (again.torn, again.size, rest(again)) == (1, whole, [keyed(1)])
    again.append([keyed(3)])
    again.close()
    last = opened(tmp_path)
    assert (last.torn, rest(last)) == (0, [keyed(1), keyed(3)])
    last.close()


def test_zeros_where_an_append_should_be_are_an_unfinished_one(tmp_path: Path) -> None:
    spool = opened(tmp_path)
    spool.append([keyed(1)])
    spool.close()
    with file(tmp_path).open("ab") as written:
        written.write(bytes(5000))
    again = opened(tmp_path)
    assert (again.torn, rest(again)) == (1, [keyed(1)])
    again.close()


def test_damage_in_front_of_other_entries_is_an_error_and_cuts_nothing(tmp_path: Path) -> None:
    spool = opened(tmp_path)
    spool.append([keyed(1)])
    spool.append([keyed(2)])
    spool.close()
    data = bytearray(file(tmp_path).read_bytes())
    data[40] ^= 1
    file(tmp_path).write_bytes(data)
    with pytest.raises(ServiceError, match="damaged at byte 0"):
        opened(tmp_path)
    assert file(tmp_path).read_bytes() == data


@pytest.mark.parametrize(("at", "bits"), [(0, 0x40), (3, 1), (5, 1), (0, 0)])
def test_a_damaged_length_does_not_make_what_follows_look_unfinished(
    tmp_path: Path, at: int, bits: int
) -> None:
    spool = opened(tmp_path)
    for n in (1, 2, 3):
        spool.append([keyed(n)])
    spool.close()
    data = bytearray(file(tmp_path).read_bytes())
    if bits:
        data[at] ^= bits
    else:
        data[:100] = bytes(100)  # a sector that came back as zeros
    file(tmp_path).write_bytes(data)
    with pytest.raises(ServiceError, match="damaged at byte 0"):
        opened(tmp_path)
    assert file(tmp_path).read_bytes() == data, "nothing was cut"


def test_a_damaged_one_does_not_stand_before_those_that_are_whole(tmp_path: Path) -> None:
    one, two, three = (opened(tmp_path) for _ in range(3))
    for n, spool in ((2, two), (3, three)):
        spool.append([keyed(n)])
        spool.close()
    data = bytearray(file(tmp_path, 1).read_bytes())
    data[0] ^= 0x40
    file(tmp_path, 1).write_bytes(data)
    [orphan] = one.orphans()
    assert rest(orphan) == [keyed(3)]
    orphan.clear()
    orphan.close()
    with pytest.raises(ServiceError, match="damaged at byte 0"):
        one.orphans()
    one.close()


def test_another_key_or_another_place_opens_nothing(tmp_path: Path) -> None:
    spool = opened(tmp_path)
    spool.append([keyed(1)])
    half = spool.size
    spool.append([keyed(2)])
    spool.close()
    with pytest.raises(ServiceError, match="master key is another"):
        opened(tmp_path, b"x" * 32)
    data = file(tmp_path).read_bytes()
    file(tmp_path).write_bytes(data[half:] + data[:half])
    with pytest.raises(ServiceError, match="was changed"):
        opened(tmp_path)


def test_it_takes_no_more_than_it_may(tmp_path: Path) -> None:
    spool = opened(tmp_path, limit=1500)
    spool.append([keyed(1)])
    size = spool.size
    with pytest.raises(ServiceError, match="spool_bytes"):
        spool.append([keyed(n) for n in range(10)])
    assert (spool.size, rest(spool)) == (size, [keyed(1)])
    spool.close()


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "spool").mkdir()
    target = tmp_path / "somebody's"
    target.write_bytes(b"")
    file(tmp_path).symlink_to(target)
    with pytest.raises(ServiceError, match="cannot be read or written"):
        opened(tmp_path)


def test_one_that_is_closed_writes_into_nobody_elses_file(tmp_path: Path) -> None:
    spool = opened(tmp_path)
    spool.close()
    other = os.open(tmp_path / "other", os.O_RDWR | os.O_CREAT)  # gets the number that is free now
    with pytest.raises(ServiceError, match="closed"):
        spool.append([keyed(1)])
    os.close(other)
    assert (tmp_path / "other").read_bytes() == b""
