from collections.abc import Iterable

import pytest

from redoubt.domain.decision import Action
from redoubt.domain.document import Mark, Piece
from redoubt.domain.errors import InputError
from redoubt.domain.exchange import Segment, Trust
from redoubt.domain.finding import Finding
from redoubt.engine.detect.interface import Unit
from redoubt.engine.policy.model import Allowed, Match, Policy, Rule
from redoubt.pipeline.survey import SMALLEST, Survey


class Words:
    """Finds SECRET; breaks where BOOM is in the text."""

    id = "words"
    version = "1"
    unit = Unit.WORD
    slow = False

    def detect(self, segment: Segment) -> Iterable[Finding]:
        if "BOOM" in segment.text:
            raise InputError("too much")
        start = segment.text.find("SECRET")
        while start >= 0:
            yield Finding("secret.word", "word", start, start + 6, 0.8)
            start = segment.text.find("SECRET", start + 1)


POLICY = Policy("test", "0", (Rule("r", ("secret",), Action.REDACT),))


def _found(piece: Piece, least: float = 0.0) -> list[tuple[int, int, int]]:
    survey = Survey((Words(),), POLICY, least=least)
    return [(s.finding.start, s.location.line, s.location.column) for s in survey.sightings(piece)]


def test_places_are_those_of_the_document() -> None:
    assert _found(Piece("x\n SECRET", "f", offset=10, line=5, column=2)) == [(13, 6, 2)]


def test_what_begins_in_lead_or_tail_belongs_to_the_neighbour() -> None:
    assert _found(Piece("SECRET SECRET SECRET", "f", lead=3, tail=6)) == [(7, 1, 8)]


def test_what_the_piece_before_saw_is_not_reported_again() -> None:
    survey = Survey((Words(),), POLICY)
    assert [s.finding.start for s in survey.sightings(Piece("SECRET SECRET", "f", offset=100), 104)] == [107]


def test_confidence_and_the_policys_exceptions() -> None:
    assert _found(Piece("SECRET", "f"), least=0.9) == []
    allowing = Policy("test", "0", POLICY.rules, allowed=(Allowed("secret"),))
    assert list(Survey((Words(),), allowing).sightings(Piece("SECRET", "f"))) == []


def test_the_action_and_the_value() -> None:
    [sighting] = Survey((Words(),), POLICY).sightings(Piece("a SECRET", "f", marks=(Mark(0, 0, "page 3"),)))
    assert (sighting.action, sighting.value, sighting.location.place) == ("redact", "SECRET", "page 3")


def test_what_a_detector_cannot_take_hides_little_else() -> None:
    filler = "x" * 99 + "\n"
    text = "SECRET\n" + filler * 400 + "BOOM\n" + filler * 400 + "SECRET\n"
    survey = Survey((Words(),), POLICY)
    found: list[int] = []
    with pytest.raises(InputError, match="could not be inspected") as raised:
        found.extend(s.finding.start for s in survey.sightings(Piece(text, "f")))
    assert int(str(raised.value).split()[0]) < 4 * SMALLEST
    assert "BOOM" not in str(raised.value)
    survey = Survey((Words(),), POLICY)
    seen = []
    try:
        for sighting in survey.sightings(Piece(text, "f")):
            seen.append(sighting.finding.start)  # noqa: PERF401 - what was yielded before the error counts
    except InputError:
        pass
    assert seen == [0, len(text) - 7]


class Judging:
    """Judges every text whole."""

    id = "judging"
    version = "1"
    unit = Unit.SENTENCE
    slow = False

    def detect(self, segment: Segment) -> Iterable[Finding]:
        yield Finding("attack.injection", "guard-order", 0, len(segment.text), 0.9, false_alarm=0.001)


def test_some_detectors_read_prose_alone() -> None:
    survey = Survey((Words(),), POLICY, prose=(Judging(),))
    assert [s.finding.rule for s in survey.sightings(Piece("a SECRET", "f"))] == ["guard-order", "word"]
    assert [s.finding.rule for s in survey.sightings(Piece("a SECRET", "f", prose=False))] == ["word"]


def test_a_judgement_hides_no_value_that_stands_in_it_from_the_next_piece() -> None:
    survey = Survey((Words(),), POLICY, prose=(Judging(),))
    (judged,) = survey.sightings(Piece("no word", "f"))
    assert judged.seen_to(3) == 3
    *_, value = survey.sightings(Piece("a SECRET", "f"))
    assert value.seen_to(3) == 8


class Asked:
    """Remembers whose words it was shown, and is not sure of what it says of them."""

    id = "asked"
    version = "1"
    unit = Unit.SENTENCE
    slow = True

    def __init__(self) -> None:
        self.trust: list[Trust] = []

    def detect(self, segment: Segment) -> Iterable[Finding]:
        self.trust.append(segment.trust)
        yield Finding("attack.injection", "guard-attack", 0, 4, 0.2, false_alarm=0.001)


def test_a_prompt_is_shown_as_a_users_and_what_the_models_say_is_kept_whatever_its_confidence() -> None:
    policy = Policy(
        "test", "0", (Rule("r", ("attack",), Action.DENY, 0.0, Match(trust=frozenset({Trust.USER}))),)
    )
    asked = Asked()
    for trust, action in ((Trust.USER, "deny"), (Trust.EXTERNAL, "flag")):
        survey = Survey((asked,), policy, least=0.5, trust=trust)
        assert [s.action for s in survey.sightings(Piece("text", "f"))] == [action]
    assert asked.trust == [Trust.USER, Trust.EXTERNAL]
