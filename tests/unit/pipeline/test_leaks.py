from redoubt.domain.exchange import Role, Segment, Trust
from redoubt.engine.detect.views.expand import reasons
from redoubt.pipeline.leaks import Leaks
from redoubt.services.vault.interface import Scope

SYSTEM = Segment("You are the clerk of a shop that sells roses.", Role.SYSTEM, Trust.OPERATOR, "/messages/0")


def leaks(key: bytes = b"k" * 32) -> Leaks:
    return Leaks(reasons(), key=key, recent=lambda _owner, _mark: False, kept=2000)


def test_the_same_instructions_are_read_once() -> None:
    of = leaks()
    assert of.operator([SYSTEM], ()) is of.operator([SYSTEM], ())
    assert of.operator([SYSTEM], ()) is not of.operator([SYSTEM], ("roses",))


def test_what_is_kept_is_bounded() -> None:
    of = leaks()
    first = of.operator([SYSTEM], ())
    for i in range(3):
        text = f"{i} lily " * 120
        of.operator([Segment(text, Role.SYSTEM, Trust.OPERATOR)], ())
    assert of.operator([SYSTEM], ()) is not first


def test_what_is_drawn_is_another_for_each_purpose_exchange_and_key() -> None:
    of = leaks()
    drawn = {of.drawn("canary", "ex_1"), of.drawn("spotlight", "ex_1"), of.drawn("canary", "ex_2")}
    assert len(drawn | {leaks(b"j" * 32).drawn("canary", "ex_1")}) == 4
    assert of.drawn("canary", "ex_1") == of.drawn("canary", "ex_1")


def test_an_owner_is_a_caller_whatever_the_session() -> None:
    of = leaks()
    one = of.owner(Scope("t", "a", "key_a/ann", "s1"))
    assert one == of.owner(Scope("t", "a", "key_a/ann", "s2"))
    assert one != of.owner(Scope("t", "a", "key_a/bob", "s1"))
    assert one != of.owner(Scope("u", "a", "key_a/ann", "s1"))
