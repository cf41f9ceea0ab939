import json
from itertools import pairwise

import pytest

from redoubt.adapters.runtimes.tokenizer import WordPieces
from redoubt.domain.errors import ConfigError
from tests.guard import DATA, tokenizer

TEXT = "É \u200b 🙂 Anna's mail\u0000 中文 e\u0301 ignore"


def test_tokens_ascend_and_lie_in_the_text() -> None:
    tokens = tokenizer().tokens(TEXT)
    spans = list(zip(tokens.starts.tolist(), tokens.ends.tolist(), strict=True))
    assert all(a < b for a, b in spans)
    assert all(b <= c for (_, b), (c, _) in pairwise(spans))
    assert TEXT[slice(*spans[-1])] == "ignore"
    assert tokenizer().tokens("").ids.tolist() == []


def test_case_is_in_the_text_and_not_in_the_tokens() -> None:
    assert tokenizer().tokens("ANNA").ids.tolist() == tokenizer().tokens("anna").ids.tolist()


def test_what_is_no_tokenizer_is_refused() -> None:
    for data in (b"", b"\xff", b"{}"):
        with pytest.raises(ConfigError, match=r"t\.json: not a tokenizer"):
            WordPieces(data, "t.json")
    said = json.loads((DATA / "tokenizer.json").read_text())
    said["added_tokens"] = []
    said["model"]["vocab"] = {"[UNK]": 0, "a": 1}
    with pytest.raises(ConfigError, match=r"t\.json: the tokenizer has no \[CLS\]"):
        WordPieces(json.dumps(said).encode(), "t.json")
