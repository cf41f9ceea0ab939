"""One playbook for each promise that the order of things keeps."""

from dataclasses import replace

import pytest

from redoubt.domain.decision import Action
from redoubt.domain.errors import CallerGoneError, OverdueError, ServiceError, UpstreamError
from redoubt.domain.exchange import Role, Segment, Syntax, Trust, Uninspectable, Usage
from redoubt.engine.detect.interface import Unit
from redoubt.engine.policy.model import Policy, Rule, Streaming
from redoubt.engine.policy.model import Uninspectable as Opaque
from redoubt.pipeline.commands import (
    AskApproval,
    Forward,
    Load,
    Record,
    Relay,
    RelayEnd,
    Release,
    Save,
    StreamStarted,
    WholeAnswer,
)
from redoubt.pipeline.phases import OVERDUE
from tests.playbook.stage import Broken, Words, begin

PASS = Policy("p", "d", ())
MASK = Policy(
    "p", "d", (Rule("pii", ("pii",), Action.PSEUDONYMISE), Rule("keys", ("secret",), Action.REDACT))
)
DENY = Policy("p", "d", (Rule("keys", ("secret",), Action.DENY),))
HOLD = Policy("p", "d", (Rule("keys", ("secret",), Action.HOLD),))


def answer(text: str, **more: object) -> WholeAnswer:
    segment = Segment(text, Role.ASSISTANT, Trust.MODEL, "/choices/0/message/content")
    return WholeAnswer((segment,), **more)  # type: ignore[arg-type]


def test_promise_1_a_denied_prompt_never_reaches_a_model() -> None:
    play = begin(DENY, "hello", "my key is here")
    entry = play.expect(Record).entry
    assert (entry.kind, entry.decision) == ("prompt", "deny")
    outcome = play.end()
    assert (outcome.decision, outcome.refusal) == ("deny", DENY.refusal)
    assert not any(isinstance(c, Forward) for c in play.commands)


def test_promise_1_a_denied_answer_never_reaches_the_user() -> None:
    play = begin(DENY, "hello") << Record << Forward >> answer("the key is ...")
    assert play.expect(Record).entry.decision == "deny"
    outcome = play.end()
    assert outcome.decision == "deny"
    assert outcome.refusal
    assert outcome.changes == {}


@pytest.mark.parametrize("streaming", Streaming)
@pytest.mark.parametrize("chunks", [["the key is ..."], ["the k", "ey is ..."], list("the key is ...")])
def test_promise_1_a_denied_answer_never_reaches_the_user_streamed_either(
    streaming: Streaming, chunks: list[str]
) -> None:
    play = begin(replace(DENY, streaming=streaming), "hello") << Record << Forward >> StreamStarted()
    lanes = play.expect(Relay).lanes
    seen = "".join(lanes.feed("0", chunk, Role.ASSISTANT, Syntax.PLAIN) for chunk in chunks) + lanes.close(
        "0"
    )
    assert "key" not in seen
    assert lanes.denied
    assert lanes.feed("0", "more", Role.ASSISTANT, Syntax.PLAIN) == ""
    assert lanes.feed("1", "another lane", Role.ASSISTANT, Syntax.PLAIN) == ""
    play >> RelayEnd()
    assert play.expect(Record).entry.decision == "deny"
    play << Release
    assert play.end().decision == "deny"


def test_promise_2_what_is_masked_is_neither_sent_nor_recorded() -> None:
    play = begin(MASK, "write to ada with the key")
    entry = play.expect(Record).entry
    sent = play.expect(Forward).changes["/messages/0/content"]
    for text in (entry.text, sent, repr(entry)):
        assert "ada" not in text
        assert "the key" not in text
    assert sent.endswith("with the [REDACTED:secret.x]")


def test_promise_2_what_was_denied_is_not_recorded_in_clear() -> None:
    entry = begin(DENY, "the key is here").expect(Record).entry
    assert "key" not in entry.text
    assert [f.finding.category for f in entry.findings] == ["secret.x"]


def test_promise_2_a_members_name_is_not_recorded_as_a_place() -> None:
    segment = Segment("the key", path="/metadata/ada@example.org")
    entry = begin(MASK, segments=(segment,)).expect(Record).entry
    assert "ada@" not in repr(entry)
    assert entry.findings[0].path == "/metadata/*"


def test_promise_2_a_stream_that_was_cut_off_is_recorded_without_what_is_masked() -> None:
    play = begin(MASK, "hello") << Record << Forward >> StreamStarted()
    lanes = play.expect(Relay).lanes
    lanes.feed("0", "some words and the key", Role.ASSISTANT, Syntax.PLAIN)
    play >> RelayEnd(note="client went away")
    entry = play.expect(Record).entry
    assert "key" not in entry.text
    assert "some words" in entry.text
    assert "client went away" in entry.note


def test_promise_3_the_user_reads_what_the_user_wrote() -> None:
    play = begin(MASK, "write to ada and to bob") << Record
    sent = play.expect(Forward).changes["/messages/0/content"]
    play >> answer(f"I did: {sent}") << Record
    assert play.end().changes == {"/choices/0/message/content": "I did: write to ada and to bob"}


def test_promise_3_a_pseudonym_typed_by_hand_restores_nothing() -> None:
    play = begin(MASK, "write to ada") << Record
    pseudonym = play.expect(Forward).changes["/messages/0/content"].split()[-1]
    again = begin(MASK, "write to ada", f"and what is {pseudonym}?") << Record
    changes = again.expect(Forward).changes
    assert pseudonym not in changes["/messages/0/content"]
    again >> answer(f"you typed {pseudonym}") << Record
    assert again.end().changes == {}


def test_promise_3_nobody_elses_exchange_can_restore() -> None:
    mine = begin(MASK, "write to ada") << Record
    pseudonym = mine.expect(Forward).changes["/messages/0/content"].split()[-1]
    other = (
        begin(MASK, "tell me a story")
        << Record
        << Forward
        >> answer(f"once upon a time {pseudonym}")
        << Record
    )
    assert other.end().changes == {}


def test_promise_3_a_named_session_keeps_its_pseudonyms() -> None:
    first = begin(MASK, "write to ada", session="s1") << Load >> ()
    first << Record
    saved = first.expect(Save)
    assert saved.scope.session == "s1"
    assert [a.value for a in saved.aliases] == ["ada"]
    first << Forward
    later = begin(MASK, "what did I say?", session="s1") << Load >> saved.aliases
    later << Record << Forward >> answer(f"{saved.aliases[0].pseudonym} it was") << Record
    assert later.end().changes == {"/choices/0/message/content": "ada it was"}


def test_promise_3_an_answer_that_the_provider_keeps_can_be_gone_on_from() -> None:
    first = begin(MASK, "write to ada") << Record << Forward >> answer("done", chain="resp_1") << Record
    saved = first.expect(Save)
    first.end()
    later = begin(MASK, "to whom?", chain="resp_1")
    assert later.expect(Load).scope == saved.scope
    later >> saved.aliases << Record << Forward >> answer(f"to {saved.aliases[0].pseudonym}") << Record
    assert later.end().changes == {"/choices/0/message/content": "to ada"}


def test_promise_4_a_detector_that_cannot_answer_denies_and_is_recorded_without_quoting() -> None:
    play = begin(PASS, "a canary sings", detector=Broken())
    entry = play.expect(Record).entry
    assert (entry.decision, entry.errors) == ("deny", ("broken",))
    assert play.end().decision == "deny"


def test_promise_4_a_detector_that_fails_on_the_answer_denies() -> None:
    class Half(Broken):
        def detect(self, segment: Segment) -> tuple[()]:
            if segment.role is Role.ASSISTANT:
                raise RuntimeError
            return ()

    play = begin(PASS, "hello", detector=Half()) << Record << Forward >> answer("anything") << Record
    assert play.end().decision == "deny"


class Overdue:
    """Lets so many inspections pass; then there is no time left."""

    def __init__(self, passing: int) -> None:
        self._left = passing

    def __call__(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise OverdueError("too slow")


def test_promise_4_a_prompt_that_takes_too_long_is_recorded_and_goes_nowhere() -> None:
    play = begin(PASS, "hello", "again", check=Overdue(1))
    entry = play.expect(Record).entry
    assert (entry.decision, entry.note, entry.text) == ("deny", OVERDUE, "[]")
    with pytest.raises(OverdueError):
        play.end()
    assert not any(isinstance(c, Forward) for c in play.commands)


def test_promise_4_an_answer_that_takes_too_long_is_recorded_and_not_released() -> None:
    play = begin(PASS, "hello", check=Overdue(1)) << Record << Forward >> answer("a canary sings")
    entry = play.expect(Record).entry
    assert (entry.kind, entry.decision, entry.note, entry.text) == ("answer", "deny", OVERDUE, "[]")
    with pytest.raises(OverdueError):
        play.end()


def test_promise_4_a_stream_that_takes_too_long_releases_nothing_more_and_is_recorded() -> None:
    play = begin(PASS, "hello", check=Overdue(2)) << Record << Forward >> StreamStarted()
    lanes = play.expect(Relay).lanes
    assert lanes.feed("0", "one two", Role.ASSISTANT, Syntax.PLAIN) == "one "
    with pytest.raises(OverdueError):
        lanes.feed("0", " three four", Role.ASSISTANT, Syntax.PLAIN)
    assert lanes.feed("0", " five", Role.ASSISTANT, Syntax.PLAIN) + lanes.close("0") == ""
    play >> RelayEnd(note=OVERDUE)
    entry = play.expect(Record).entry
    assert (entry.decision, entry.note, entry.text) == ("deny", OVERDUE, "[]")
    play << Release
    assert play.end().decision == "deny"


@pytest.mark.parametrize(
    ("streaming", "unit", "released"),
    [
        (Streaming.AUTO, Unit.WORD, "so it goes, and so it ended at last. And "),
        (Streaming.AUTO, Unit.SENTENCE, "so it goes, and so it ended at last. "),
        (Streaming.INCREMENTAL, Unit.SENTENCE, "so it goes, and so it ended at last. And "),
        (Streaming.SENTENCE, Unit.WORD, "so it goes, and so it ended at last. "),
        (Streaming.BUFFERED, Unit.SENTENCE, ""),
    ],
)
def test_a_stream_is_cut_for_the_detectors_that_are_there(
    streaming: Streaming, unit: Unit, released: str
) -> None:
    detector = Words(key="secret_x")
    detector.unit = unit
    policy = replace(DENY, streaming=streaming)
    play = begin(policy, "hello", detector=detector) << Record << Forward >> StreamStarted()
    lanes = play.expect(Relay).lanes
    text = "so it goes, and so it ended at last. And then"
    assert lanes.feed("0", text, Role.ASSISTANT, Syntax.PLAIN) == released
    assert lanes.received == len(text)


def test_promise_4_a_log_that_cannot_record_stops_the_exchange_before_the_model() -> None:
    play = begin(PASS, "hello") << Record
    with pytest.raises(ServiceError):
        play.fail(ServiceError("full"), then=Record)
    assert not any(isinstance(c, Forward) for c in play.commands)


def test_promise_4_a_vault_that_cannot_answer_stops_the_exchange() -> None:
    play = begin(MASK, "hello", session="s") << Load
    with pytest.raises(ServiceError):
        play.fail(ServiceError("gone"), then=Record)


def test_promise_5_the_entry_comes_before_the_answer_whole_and_streamed() -> None:
    whole = begin(PASS, "hello") << Record << Forward >> answer("hi", usage=Usage(3, 4)) << Record
    assert whole.end().decision == "allow"
    stream = (
        begin(PASS, "hello")
        << Record
        << Forward
        >> StreamStarted()
        << Relay
        >> RelayEnd()
        << Record
        << Release
    )
    assert stream.end().decision == "allow"


def test_promise_5_a_failure_upstream_is_recorded_and_passed_on() -> None:
    play = begin(PASS, "hello") << Record << Forward
    entry = play.fail(UpstreamError("no answer", status=504), then=Record).entry
    assert (entry.kind, entry.note) == ("answer", "upstream failed (504)")
    with pytest.raises(UpstreamError):
        play.end()


def test_promise_5_a_caller_that_hung_up_is_recorded() -> None:
    play = begin(PASS, "hello") << Record << Forward
    assert play.fail(CallerGoneError(), then=Record).entry.note == "client went away"
    with pytest.raises(CallerGoneError):
        play.end()


def test_promise_6_what_is_held_goes_nowhere_without_a_yes() -> None:
    held = begin(HOLD, "the key") << Record << AskApproval >> False
    assert held.end().decision == "hold"
    assert not any(isinstance(c, Forward) for c in held.commands)
    approved = begin(HOLD, "the key") << Record << AskApproval >> True
    approved << Forward


def test_parts_that_cannot_be_read_follow_policy_and_are_recorded() -> None:
    image = Uninspectable("/messages/0/content/1", "image")
    flagged = begin(PASS, "look", uninspectable=(image,))
    assert "uninspectable image at /messages/0/content/1" in flagged.expect(Record).entry.note
    flagged << Forward
    denied = begin(replace(PASS, uninspectable=Opaque.DENY), "look", uninspectable=(image,)) << Record
    assert denied.end().decision == "deny"


def test_a_part_of_a_stream_that_cannot_be_read_ends_it_where_policy_says_so() -> None:
    image = Uninspectable("/choices/0", "image")
    play = begin(replace(PASS, uninspectable=Opaque.DENY), "draw") << Record << Forward >> StreamStarted()
    lanes = play.expect(Relay).lanes
    assert lanes.feed("0", "here it is ", Role.ASSISTANT, Syntax.PLAIN)
    lanes.note_uninspectable(image)
    assert lanes.denied
    play >> RelayEnd()
    assert play.expect(Record).entry.decision == "deny"


def test_a_request_with_nothing_to_change_is_forwarded_with_no_change() -> None:
    play = begin(MASK, "hello", "again") << Record
    assert play.expect(Forward).changes == {}
