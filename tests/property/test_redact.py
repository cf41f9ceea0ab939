import json

from hypothesis import given
from hypothesis import strategies as st

from redoubt.domain.decision import Action, Obligation
from redoubt.domain.exchange import Syntax
from redoubt.domain.finding import Finding
from redoubt.engine.redact.apply import Replace, apply
from redoubt.engine.redact.chunks import Redacted, Redaction, Text, join, split
from redoubt.engine.redact.methods import Methods, keyed_hash, mask, redact

KEY = b"k" * 32
words = st.text(alphabet='ab1 "\\{}[]:,\n\té😀\ud800', max_size=40)
chunk = st.one_of(
    st.builds(Text, st.text(min_size=1, max_size=8)),
    st.builds(Redacted, st.text(max_size=8), st.just("rule"), st.sampled_from(Action), st.just("pii.email")),
)
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@st.composite
def spans(draw: st.DrawFn, length: int, action: st.SearchStrategy[Action]) -> tuple[Obligation, ...]:
    edges = sorted(draw(st.lists(st.integers(0, length), max_size=8)))
    pairs = zip(edges[::2], edges[1::2], strict=False)
    return tuple(
        Obligation(Finding("finance.card", "d", a, b), draw(action), f"rule-{i}")
        for i, (a, b) in enumerate(pairs)
    )


REPLACEMENTS: tuple[Replace, ...] = (Methods(KEY), lambda o, old: '"\\\n\x00{', lambda o, old: "")
changing = st.sampled_from([Action.MASK, Action.HASH, Action.REDACT])


@given(st.lists(chunk, max_size=8))
def test_split_is_the_inverse_of_join(chunks: list[Text | Redacted]) -> None:
    whole = join(chunks)
    again = split(whole.text, whole.remarks)
    assert join(again) == whole
    assert [c for c in again if isinstance(c, Redacted)] == [c for c in chunks if isinstance(c, Redacted)]


@given(st.data(), words)
def test_join_is_the_inverse_of_split_after_apply(data: st.DataObject, text: str) -> None:
    done = apply(text, data.draw(spans(len(text), changing)), replace=Methods(KEY))
    assert join(split(done.text, done.remarks)) == done


@given(st.data(), words)
def test_only_the_spans_change(data: st.DataObject, text: str) -> None:
    due = data.draw(spans(len(text), changing))
    done = apply(text, due, replace=lambda o, old: "")
    gone = {i for o in due for i in range(o.finding.start, o.finding.end)}
    assert done.text == "".join(c for i, c in enumerate(text) if i not in gone)


@given(st.data(), json_values, st.sampled_from([None, 2]), st.booleans())
def test_json_still_parses_and_keeps_its_shape(
    data: st.DataObject, value: object, indent: int | None, ascii_only: bool
) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    due = data.draw(spans(len(text), changing))
    replace: Replace = data.draw(st.sampled_from(REPLACEMENTS))
    done = apply(text, due, syntax=Syntax.JSON, replace=replace)
    after = json.loads(done.text)
    assert type(after) is type(value) or isinstance(after, str)
    assert join(split(done.text, done.remarks)) == done


@given(st.data(), words)
def test_broken_json_never_raises_and_hides_every_letter_of_a_span(data: st.DataObject, text: str) -> None:
    due = data.draw(spans(len(text), st.just(Action.REDACT)))
    done = apply(text, due, syntax=Syntax.JSON, replace=lambda o, old: "#")
    marked = sum(c.isalnum() for o in due for c in text[o.finding.start : o.finding.end])
    assert sum(c.isalnum() for c in done.text) <= sum(c.isalnum() for c in text) - (
        marked if "\\" not in text else 0
    )


@given(st.text(max_size=30))
def test_masking_twice_is_masking_once(value: str) -> None:
    assert mask(mask(value)) == mask(value)
    assert len(mask(value)) == len(value)


@given(st.text(max_size=30), st.sampled_from([Action.HASH, Action.REDACT, Action.MASK, Action.PSEUDONYMISE]))
def test_replacing_twice_is_replacing_once(value: str, action: Action) -> None:
    methods = Methods(KEY)
    due = Obligation(Finding("finance.card", "d", 0, 1), action, "rule")
    assert methods(due, methods(due, value)) == methods(due, value)


@given(st.text(min_size=9, max_size=30, alphabet="0123456789"))
def test_no_label_gives_the_value_away(value: str) -> None:
    assert value[:-4] not in mask(value)
    assert value not in keyed_hash("finance.card", value, KEY)
    assert value not in redact("finance.card")


def test_a_text_without_obligations_is_itself() -> None:
    assert apply("as it was", (), replace=Methods(KEY)) == Redaction("as it was")
