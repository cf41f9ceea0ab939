import re

from hypothesis import given, settings
from hypothesis import strategies as st

from redoubt.domain.decision import Action, Decision, Obligation
from redoubt.domain.exchange import Syntax
from redoubt.domain.finding import Finding
from redoubt.engine.detect.interface import Unit
from redoubt.engine.redact.methods import Methods
from redoubt.engine.redact.pseudonyms import Pseudonymiser
from redoubt.engine.redact.restore import Restorer
from redoubt.engine.stream import LaneStream
from redoubt.engine.stream.cuts import HARD

KEY = b"k" * 32
NUMBER = re.compile(r"\d{6,}")
PSEUDONYMS = Pseudonymiser(KEY, "surrogate")
for pair in (
    ("pii.person", "Maria Garcia"),
    ("pii.phone", "+49 30 1234567"),
    ("finance.card", "5105 1051 0510 5100"),
):
    PSEUDONYMS.pseudonym(*pair)
RESTORER = Restorer(PSEUDONYMS.aliases())
hostile = st.lists(
    st.one_of(
        st.text(max_size=20),
        st.sampled_from(
            ['"', "\\", "\\u00", "%", "%25", "&#", "-----BEGIN", "-----END", "123456", "\u200b", " ", "="]
            + [a.pseudonym for a in PSEUDONYMS.aliases()]
        ),
        st.tuples(
            st.sampled_from(["a", " ", "1", "A ", "1 ", "a ", "\\", '"', "。", "Ab1+", ". ", "a.\n"]),
            st.integers(1, 9000),
        ).map(lambda pair: pair[0] * pair[1]),
    ),
    max_size=12,
).map("".join)


def inspect(text: str) -> Decision:
    return Decision(
        obligations=tuple(
            Obligation(Finding("pii.phone", "d", m.start(), m.end()), Action.REDACT, "r")
            for m in NUMBER.finditer(text)
        )
    )


@settings(deadline=None, max_examples=60)
@given(hostile, st.integers(1, 5000), st.sampled_from(Syntax), st.sampled_from(Unit))
def test_any_text_in_any_chunks(text: str, size: int, syntax: Syntax, unit: Unit) -> None:
    results = []
    for step in (size, len(text) or 1):
        lane = LaneStream(inspect, RESTORER, Methods(KEY), syntax, unit)
        out = [lane.feed(text[i : i + step]) for i in range(0, len(text), step)]
        out.append(lane.close())
        results.append(("".join(out), lane.decision))
    assert results[0] == results[1]
    whole, decision = results[0]
    if syntax is Syntax.PLAIN and not decision.obligations:
        assert whole == RESTORER.restore(text) or len(text) > HARD or "\\" in text
