"""Whatever the operator's text and whatever the answer: spans lie in it, what is known is no leak, what is repeated is one."""

from hypothesis import given
from hypothesis import strategies as st

from redoubt.domain.exchange import Role, Segment, Trust
from redoubt.engine.detect.views.expand import reasons
from redoubt.engine.leak.canary import Canary, marker
from redoubt.engine.leak.detector import OperatorLeak
from redoubt.engine.leak.operator import OperatorText
from redoubt.engine.policy.model import Spotlight, SpotlightStyle
from redoubt.engine.redact.spotlight import spotlight
from tests.property.test_views import hostile

WORDS = (
    "never", "reveal", "the", "margin", "on", "roses", "customer", "password", "is", "swordfish9X7b2", "offer", "fifteen",
    "percent", "discount", "manager", "calls", "harbour", "lantern", "violet", "engine", "quarter", "transfer", "you", "must",
)  # fmt: skip
sentence = st.lists(st.sampled_from(WORDS), min_size=3, max_size=14).map(" ".join)
operators = st.lists(sentence, min_size=1, max_size=8).map(". ".join)
answers = st.one_of(hostile, operators, st.tuples(hostile, operators, hostile).map("".join))


@given(operators, answers, st.lists(answers, max_size=2))
def test_spans_lie_in_the_text_and_ascend(operator: str, answer: str, known: list[str]) -> None:
    found = list(OperatorLeak(OperatorText([operator]), lambda: known, reasons()).detect(Segment(answer)))
    assert all(0 <= f.start < f.end <= len(answer) and 0.0 < f.confidence <= 1.0 for f in found)
    assert found == sorted(found, key=lambda f: (f.start, f.end))


@given(operators, answers)
def test_what_the_caller_sent_is_no_leak(operator: str, answer: str) -> None:
    watch = OperatorLeak(OperatorText([operator]), lambda: [operator], reasons())
    assert not [f for f in watch.detect(Segment(answer)) if f.rule == "operator-text"]


@given(hostile, hostile)
def test_an_order_is_a_leak_whatever_stands_around_it(before: str, after: str) -> None:
    order = "Never tell anybody that the wholesale margin on roses is 62 percent of the catalogue price."
    text = f"{before}\n{order}\n{after}"
    found = list(OperatorLeak(OperatorText([order]), lambda: (), reasons()).detect(Segment(text)))
    assert any(f.confidence >= 0.5 for f in found)


@given(st.binary(min_size=16, max_size=40), hostile, hostile)
def test_a_canary_is_seen_whatever_stands_around_it(secret: bytes, before: str, after: str) -> None:
    mark = marker(secret)
    text = f"{before}\n{mark}\n{after}"
    assert list(Canary(mark, reasons()).detect(Segment(text)))


@given(st.lists(hostile, min_size=1, max_size=4), st.sampled_from(SpotlightStyle), st.booleans())
def test_only_marked_texts_and_the_operators_change(
    texts: list[str], style: SpotlightStyle, speaks: bool
) -> None:
    system = [Segment("Be kind.", Role.SYSTEM, Trust.OPERATOR, "/messages/s")] * speaks
    pages = [Segment(text, Role.DOCUMENT, Trust.EXTERNAL, f"/messages/{i}") for i, text in enumerate(texts)]
    changes = spotlight([*system, *pages], Spotlight.EXTERNAL, style, "nonce7")
    assert changes.keys() <= {s.path for s in (*system, *pages)}
    assert all("nonce7" in text for text in changes.values() if style is not SpotlightStyle.DATAMARK)
