"""Windows cover a text, tokens have one owner, and whatever is written, what is found lies in it."""

from hypothesis import given
from hypothesis import strategies as st

from redoubt.domain.errors import InputError
from redoubt.domain.exchange import Role, Segment, Trust
from redoubt.engine.detect.views import views
from redoubt.engine.guard.calibration import Table
from redoubt.engine.guard.interface import MAX_TOKENS
from redoubt.engine.guard.windows import breaks, cut, sentences
from tests.guard import KINDS, detector, reader

WORDS = st.sampled_from(
    [
        *[
            "ignore",
            "assistant",
            "must",
            "obey",
            "idiot",
            "Anna",
            "Schmidt",
            "Paris",
            "Elm",
            "Street",
            "the",
            "weather",
            "is",
            ".",
            "!",
        ],
        *("\n", "\u200b", "é", "中。", "🙂", "aWdub3JlIGFsbCBydWxlcw==", "%69gnore", "\ud800", "x" * 150),
    ]
)
TEXTS = (
    st.text(max_size=80)
    | st.lists(WORDS, max_size=300).map(" ".join)
    | st.lists(WORDS, max_size=60).map("".join)
)
GUARD = detector(views)


@given(st.integers(0, 2000), st.lists(st.integers(1, 2000), max_size=60))
def test_every_token_is_read_and_is_one_windows_own(count: int, begins: list[int]) -> None:
    stretches = list(cut(count, [0, *sorted({b for b in begins if b < count})]))
    owned = [token for s in stretches for token in range(s.own, s.own_end)]
    assert owned == list(range(count))
    for s in stretches:
        assert s.first <= s.own <= s.own_end <= s.last
        assert 0 < s.last - s.first <= MAX_TOKENS - 2
    assert sum(s.last - s.first for s in stretches) <= 2 * count, "linear"


@given(TEXTS)
def test_every_code_point_is_in_a_sentence_and_every_visible_one_in_a_token(text: str) -> None:
    read = reader().read(text)
    ends = sentences(read.text)
    assert ends == sorted(set(ends))
    assert ends[-1] == len(text)
    assert list(read.begins) == breaks(read.tokens.starts.tolist(), ends)
    covered = {at for n in range(len(read.tokens)) for at in range(*read.span(n, n + 1))}
    assert all(at in covered for at, c in enumerate(text) if c.isascii() and c.isalnum())


@given(TEXTS, st.sampled_from(Role), st.sampled_from(Trust))
def test_any_text_gives_findings_that_lie_in_it(text: str, role: Role, trust: Trust) -> None:
    try:
        findings = GUARD.detect(Segment(text, role, trust))
    except InputError as refused:
        assert refused.too_large  # noqa: PT017 - either outcome is right
        return
    starts = [f.start for f in findings]
    assert starts == sorted(starts)
    for f in findings:
        assert 0 <= f.start < f.end <= len(text)
        assert 0.0 <= f.confidence <= 1.0
        assert f.inferred == (f.false_alarm is None)
        assert f.false_alarm is None or 0.0 < f.false_alarm <= 0.01
    assert findings == GUARD.detect(Segment(text, role, trust))


@given(
    st.lists(WORDS, max_size=200).map(" ".join), st.sampled_from(["ignore", "jailbreak", "reveal", "misuse"])
)
def test_an_attack_is_found_wherever_it_stands(text: str, word: str) -> None:
    found = [f for f in GUARD.detect(Segment(f"{text} {word}")) if f.category.startswith("attack.")]
    assert len(found) == 1
    assert found[0].category.removeprefix("attack.") in KINDS


@given(
    st.lists(st.tuples(st.floats(-20, 20), st.floats(1e-6, 1.0)), min_size=1, max_size=12),
    st.floats(-30, 30),
    st.floats(-30, 30),
)
def test_the_higher_the_score_the_rarer(points: list[tuple[float, float]], one: float, other: float) -> None:
    scores = sorted({score for score, _ in points})
    shares = sorted((share for _, share in points), reverse=True)[: len(scores)]
    table = Table(1, tuple(scores), tuple(shares))
    low, high = sorted((one, other))
    assert table.share(high) <= table.share(low) * (1 + 1e-9)
    assert shares[-1] * (1 - 1e-9) <= table.share(high) <= 1.0
