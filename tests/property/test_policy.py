"""One more rule, or a stricter one, never makes a decision milder."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from redoubt.domain.decision import Action, Decision
from redoubt.domain.exchange import Direction, Role
from redoubt.domain.finding import Finding
from redoubt.engine.detect.interface import Scan
from redoubt.engine.policy.decide import decide
from redoubt.engine.policy.model import Match, Point, Policy, Rule, Situation

categories = st.sampled_from(["pii", "pii.email", "pii.phone", "secret", "secret.x", ""])
actions = st.sampled_from(Action)
confidences = st.sampled_from([0.0, 0.5, 1.0])
matches = st.builds(
    Match,
    direction=st.frozensets(st.sampled_from(Direction)),
    roles=st.frozensets(st.sampled_from([Role.USER, Role.SYSTEM])),
    apps=st.frozensets(st.sampled_from(["a", "b"])),
)
rules = st.builds(
    Rule,
    id=st.sampled_from("abcdefgh"),
    categories=st.lists(categories, min_size=1, max_size=2).map(tuple),
    action=actions,
    confidence=confidences,
    match=matches,
    unless=st.none() | matches,
    point=st.none() | st.sampled_from(Point),
    excluded=st.lists(st.sampled_from(["pii.email", "harm", "secret"]), max_size=1).map(tuple),
)
findings = st.builds(
    Finding,
    category=st.sampled_from(["pii.email", "pii.phone", "secret.x", "harm"]),
    rule=st.just("r"),
    start=st.integers(0, 50),
    end=st.integers(51, 60),
    confidence=confidences,
    false_alarm=st.none() | st.sampled_from([0.0001, 0.001, 0.005, 0.5]),
)
scans = st.builds(
    Scan, findings=st.lists(findings, max_size=4).map(tuple), failed=st.sampled_from([(), ("d",)])
)
situations = st.builds(
    Situation,
    direction=st.sampled_from(Direction),
    role=st.sampled_from([Role.USER, Role.SYSTEM]),
    app=st.sampled_from(["a", "b", "c"]),
)


def at_least_as_strict(after: Decision, before: Decision) -> bool:
    return after.effect >= before.effect and all(
        a.action >= b.action for a, b in zip(after.obligations, before.obligations, strict=True)
    )


@given(st.lists(rules, max_size=4), rules, st.integers(0, 4), scans, situations)
def test_one_more_rule(old: list[Rule], new: Rule, place: int, scan: Scan, where: Situation) -> None:
    more = [*old[:place], new, *old[place:]]
    before = decide(Policy("p", "d", tuple(old)), scan, where)
    after = decide(Policy("p", "d", tuple(more)), scan, where)
    assert at_least_as_strict(after, before)


@given(st.lists(rules, min_size=1, max_size=4), st.data(), scans, situations)
def test_a_stricter_rule(old: list[Rule], data: st.DataObject, scan: Scan, where: Situation) -> None:
    place = data.draw(st.integers(0, len(old) - 1))
    stricter = data.draw(st.sampled_from([a for a in Action if a >= old[place].action]))
    new = [*old]
    new[place] = replace(old[place], action=stricter)
    before = decide(Policy("p", "d", tuple(old)), scan, where)
    after = decide(Policy("p", "d", tuple(new)), scan, where)
    assert at_least_as_strict(after, before)


@given(st.lists(rules, max_size=4), scans, situations, actions, actions)
def test_a_stricter_answer_to_failure(
    some: list[Rule], scan: Scan, where: Situation, one: Action, other: Action
) -> None:
    mild, strict = sorted((one, other))
    before = decide(Policy("p", "d", tuple(some), on_failure=mild), scan, where)
    after = decide(Policy("p", "d", tuple(some), on_failure=strict), scan, where)
    assert at_least_as_strict(after, before)


@given(st.lists(rules, min_size=1, max_size=4), st.data(), scans, situations)
def test_a_rule_that_asks_for_more(
    old: list[Rule], data: st.DataObject, scan: Scan, where: Situation
) -> None:
    place = data.draw(st.integers(0, len(old) - 1))
    rule = old[place]
    wider = [p for p in Point if rule.point is not None and p.share >= rule.point.share]
    point = data.draw(st.sampled_from([None, *wider]))
    new = [*old]
    new[place] = replace(rule, point=point, excluded=())
    before = decide(Policy("p", "d", tuple(old)), scan, where)
    after = decide(Policy("p", "d", tuple(new)), scan, where)
    assert at_least_as_strict(after, before)
