import math

from hypothesis import given
from hypothesis import strategies as st

from redoubt import compose
from redoubt.domain.exchange import Segment
from redoubt.engine.detect.exact import entropy


def test_a_valid_match_behind_an_invalid_one_is_found() -> None:
    text = "url postgres://user:password@localhost/db and postgres://app:Zk9-qT2w@h/db"
    found = [text[f.start : f.end] for f in compose.detector().detect(Segment(text))]
    assert "postgres://app:Zk9-qT2w@h/db" in found


@given(st.text(min_size=1, max_size=200))
def test_entropy_is_shannons(text: str) -> None:
    shares = [text.count(c) / len(text) for c in set(text)]
    assert math.isclose(entropy(text), max(0.0, -sum(p * math.log2(p) for p in shares)), abs_tol=1e-9)
