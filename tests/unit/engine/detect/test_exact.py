import math

from hypothesis import given
from hypothesis import strategies as st

from redoubt import compose
from redoubt.domain.exchange import Segment
from redoubt.engine.detect.exact import Exact, entropy
from redoubt.engine.detect.rules import Rule


def test_a_valid_match_behind_an_invalid_one_is_found() -> None:
    text = "url postgres://user:password@localhost/db and postgres://app:Zk9-qT2w@h/db"
    found = [text[f.start : f.end] for f in compose.detector().detect(Segment(text))]
    assert "postgres://app:Zk9-qT2w@h/db" in found


def test_a_word_in_front_of_the_span_speaks_against_a_match_however_it_is_parted() -> None:
    exact = Exact(
        Rule("key", "secret.key", "A key", r"[\w.-]{0,40}key=([a-z0-9]{4,})", unless=("next_page", "Site"))
    )
    for name in ("key=", "my_key=", "page-next_key="):
        data = f"{name}ab12".encode()
        assert exact.search(data, 0, len(data))[:2] == (len(name), len(data)), name
    for name in ("nextPageKey=".lower(), "NEXT.PAGE.key=", "site-key=", "my_site_key="):
        data = f"{name}ab12".encode()
        assert exact.search(data, 0, len(data))[0] == -1, name
    data = b"key=site1234"
    assert exact.search(data, 0, len(data))[:2] == (4, 12), "the span itself is the validators' business"


@given(st.text(min_size=1, max_size=200))
def test_entropy_is_shannons(text: str) -> None:
    shares = [text.count(c) / len(text) for c in set(text)]
    assert math.isclose(entropy(text), max(0.0, -sum(p * math.log2(p) for p in shares)), abs_tol=1e-9)
