from collections.abc import Iterable

import pytest

from redoubt.domain.decision import Action
from redoubt.domain.errors import OverdueError
from redoubt.domain.exchange import Role, Segment
from redoubt.domain.finding import Finding
from redoubt.engine.detect.interface import Unit
from redoubt.engine.policy.model import Allowed, Policy, Rule, Situation
from redoubt.pipeline.inspector import Inspector
from tests.playbook.stage import WORDS, Broken

POLICY = Policy("p", "d", (Rule("pii", ("pii",), Action.DENY),))


class Counting:
    id = "counting"
    version = "1"
    unit = Unit.WORD
    slow = False

    def __init__(self) -> None:
        self.seen: list[str] = []

    def detect(self, segment: Segment) -> Iterable[Finding]:
        self.seen.append(segment.text)
        return ()


def test_what_was_inspected_is_not_inspected_again() -> None:
    detector = Counting()
    inspector = Inspector((detector,), POLICY, key=b"k")
    for _ in range(3):
        inspector.inspect(Segment("a text"), Situation())
    assert detector.seen == ["a text"]
    inspector.inspect(Segment("a text", Role.SYSTEM), Situation())
    assert len(detector.seen) == 2, "the role is part of what was inspected"
    inspector.inspect(Segment("a piece"), Situation(), remember=False)
    inspector.inspect(Segment("a piece"), Situation(), remember=False)
    assert detector.seen.count("a piece") == 2


def test_it_knows_what_it_remembers() -> None:
    inspector = Inspector((WORDS, Broken()), POLICY, key=b"k")
    assert not inspector.remembers(Segment("a text"))
    inspector.scan(Segment("a text"))
    assert not inspector.remembers(Segment("a text")), "it failed"
    inspector = Inspector((WORDS,), POLICY, key=b"k")
    inspector.within(lambda: None).scan(Segment("a text"))
    assert inspector.remembers(Segment("a text"))
    assert not inspector.remembers(Segment("a text", Role.SYSTEM))


def test_a_failure_is_not_remembered() -> None:
    class Once(Broken):
        failed = False

        def detect(self, segment: Segment) -> Iterable[Finding]:
            if not self.failed:
                self.failed = True
                raise RuntimeError
            return ()

    inspector = Inspector((Once(),), POLICY, key=b"k")
    assert inspector.inspect(Segment("x"), Situation()).outcome == "deny"
    assert inspector.inspect(Segment("x"), Situation()).outcome == "allow"


def test_our_own_pseudonyms_are_no_findings() -> None:
    inspector = Inspector((WORDS,), POLICY, key=b"k")
    segment = Segment("ada and bob")
    assert inspector.inspect(segment, Situation(), known=((0, 3), (8, 11))).outcome == "allow"
    assert inspector.inspect(segment, Situation(), known=((0, 3),)).outcome == "deny"
    assert inspector.inspect(segment, Situation(), known=((0, 2), (8, 11))).outcome == "deny"


def test_allowed_values_are_no_findings() -> None:
    policy = Policy("p", "d", POLICY.rules, allowed=(Allowed("ADA"),))
    inspector = Inspector((WORDS,), policy, key=b"k")
    assert inspector.inspect(Segment("ada"), Situation()).outcome == "allow"
    assert inspector.inspect(Segment("ada bob"), Situation()).outcome == "deny"


def test_our_own_pseudonyms_are_no_findings_inside_what_is_judged_either() -> None:
    class Judging(Counting):
        def detect(self, segment: Segment) -> Iterable[Finding]:
            yield Finding("harm.profanity", "guard-harm", 0, 11, false_alarm=0.001)

    inspector = Inspector((Judging(), WORDS), POLICY, key=b"k")
    decision = inspector.inspect(Segment("ada and bob"), Situation(), known=((0, 3), (8, 11)))
    assert [o.finding.category for o in decision.obligations] == ["harm.profanity"]


def test_it_knows_whether_a_detector_judges_sentences_and_whether_one_is_slow() -> None:
    class Judging(Counting):
        unit = Unit.SENTENCE

    class Slow(Counting):
        slow = True

    for more, expected in ((), (False, False)), ((Judging(),), (True, False)), ((Slow(),), (False, True)):
        inspector = Inspector((WORDS, Counting(), *more), POLICY, key=b"k")
        assert (inspector.judges_sentences, inspector.slow) == expected


def test_an_exchange_that_had_its_time_is_inspected_no_further() -> None:
    def check() -> None:
        raise OverdueError("had its time")

    detector = Counting()
    shared = Inspector((detector,), POLICY, key=b"k")
    with pytest.raises(OverdueError):
        shared.within(check).inspect(Segment("a text"), Situation())
    assert shared.inspect(Segment("a text"), Situation()).outcome == "allow"
    assert detector.seen == ["a text"], "what was inspected is remembered all the same"
