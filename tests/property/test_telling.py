"""Whatever a caller calls a model, it stays a value: no format can be broken out of."""

import json

from hypothesis import given
from hypothesis import strategies as st

from redoubt.domain.evidence import Entry
from redoubt.services.telling import cef, ocsf, plain
from redoubt.services.telling.clean import LONGEST, clean
from redoubt.services.telling.severity import severity
from redoubt.services.telling.syslog import element, framed, message
from tests.told import HOSTILE, hostile_entries, read_cef, read_frames, read_syslog, told

FIELDS = {
    *(
        "rt",
        "externalId",
        "cat",
        "act",
        "outcome",
        "suid",
        "duid",
        "sourceServiceName",
        "destinationServiceName",
    ),
    *(
        "cnt",
        "reason",
        *(f"c{kind}{n}{label}" for kind in "sn" for n in range(1, 7) for label in ("", "Label")),
    ),
}


@given(hostile_entries())
def test_cef_has_the_fields_it_was_given_and_no_others(entry: Entry) -> None:
    header, extension = read_cef(cef.event(told(entry), "1.0"))
    assert header[:4] == ["CEF:0", "Redoubt", "Redoubt", "1.0"]
    assert header[4] == f"{entry.kind}:{entry.decision}"
    assert set(extension) <= FIELDS
    assert extension["act"] == entry.decision
    assert extension["externalId"] == entry.exchange
    assert extension.get("cs1", "") == clean(entry.model, 1023)
    assert extension.get("sourceServiceName", "") == clean(entry.app, 1023)


@given(st.lists(hostile_entries(), min_size=1, max_size=4), HOSTILE, HOSTILE)
def test_a_stream_of_syslog_holds_the_messages_it_was_given(
    entries: list[Entry], host: str, version: str
) -> None:
    stream = b""
    for index, entry in enumerate(entries):
        stream += framed(
            message(
                cef.event(told(entry, index), "1.0"),
                at=entry.at,
                level=severity(entry),
                host=host,
                process="7",
                kind=entry.kind,
                index=index,
                version=version,
            )
        )
    frames = read_frames(stream)
    assert len(frames) == len(entries)
    for index, (frame, entry) in enumerate(zip(frames, entries, strict=True)):
        said = read_syslog(frame)
        assert said.priority // 8 == 13
        assert said.fields[0] == "2025-11-25T19:46:40.250000Z"
        assert said.fields[2:] == ["redoubt", "7", entry.kind]
        assert said.data == {
            "meta": {"sequenceId": str(index + 1)},
            "origin": {"software": "redoubt", "swVersion": version[:32]},
        }
        assert read_cef(said.text)[1]["act"] == entry.decision


@given(HOSTILE)
def test_structured_data_gives_back_its_value(value: str) -> None:
    read = read_syslog(f"<110>1 - - - - - {element('x', y=value)} z".encode())
    assert read.data == {"x": {"y": value}}
    assert read.text == "z"


@given(hostile_entries(), st.integers(0, 2**50))
def test_lines_are_lines(entry: Entry, index: int) -> None:
    line = plain.line(told(entry, index))
    assert b"\n" not in line
    assert json.loads(line)["entry"].get("model", "") == entry.model
    event = ocsf.event(told(entry, index), "1.0")
    assert b"\n" not in event
    assert json.loads(event)["metadata"]["sequence"] == index


@given(HOSTILE)
def test_what_is_clean_is_visible_short_and_on_one_line(value: str) -> None:
    text = clean(value)
    assert len(text) <= LONGEST
    assert len(text.splitlines()) <= 1
    assert clean(text) == text
