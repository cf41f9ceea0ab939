"""What every rule of the catalogue finds in a whole text it also finds, and hides, when the text is streamed, by words or sentences."""

import re

import pytest

from redoubt import compose
from redoubt.domain.decision import Action, Decision, Obligation
from redoubt.domain.exchange import Role, Segment, Trust
from redoubt.domain.finding import under
from redoubt.engine.detect.interface import Unit
from redoubt.engine.detect.rules import Rule
from redoubt.engine.redact.apply import apply
from redoubt.engine.redact.methods import Methods
from redoubt.engine.redact.restore import Restorer
from redoubt.engine.stream import LaneStream

DETECTOR = compose.detector()
METHODS = Methods(b"k" * 32)


def inspect(text: str) -> Decision:
    findings = DETECTOR.detect(Segment(text, Role.ASSISTANT, Trust.MODEL))
    return Decision(obligations=tuple(Obligation(f, Action.REDACT, "r") for f in findings))


VALUES = [r for r in DETECTOR.rules if r.match and not under(r.category, "code")]
"""Rules of what is replaced. Code is denied: what was released in front of it stays (docs/design/005-streaming.md, guarantee 3)."""


AROUND = (("so here is what we have, ", ""), ("the user said: ", " and that was all of it."))


def kind(rule: Rule) -> str:
    return rule.category.rpartition(".")[0]


@pytest.mark.parametrize("unit", Unit)
@pytest.mark.parametrize("category", sorted(set(map(kind, VALUES))))
def test_streamed_and_whole_read_the_same(category: str, unit: Unit) -> None:
    rules = [rule for rule in VALUES if kind(rule) == category]
    for rule, example, (before, after) in ((r, e, a) for r in rules for e in r.match for a in AROUND):
        text = before + example.replace("«", "").replace("»", "") + after
        lane = LaneStream(inspect, Restorer(), METHODS, unit=unit)
        chunks = re.findall(r"\s*\S+|\s+$", text)
        streamed = "".join(lane.feed(chunk) for chunk in chunks) + lane.close()
        assert streamed == apply(text, inspect(text).obligations, replace=METHODS).text, rule.id
