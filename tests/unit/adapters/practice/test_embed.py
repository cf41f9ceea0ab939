"""Simulated embeddings."""

import base64
import math
import struct

import pytest

from redoubt.adapters.practice.embed import packed, vector


@pytest.mark.parametrize("text", ["", "hello", "the quick brown fox", "\ud800", "x " * 5000])
def test_vectors_have_length_one(text: str) -> None:
    found = vector(text)
    assert len(found) == 256
    assert math.isclose(sum(value * value for value in found), 1.0, rel_tol=1e-9)
    assert found == vector(text)


def test_texts_that_share_words_are_near() -> None:
    def near(a: str, b: str) -> float:
        return sum(x * y for x, y in zip(vector(a), vector(b), strict=True))

    assert near("refund my order please", "refund my order") > near(
        "refund my order please", "rain in spring"
    )


def test_packing() -> None:
    assert struct.unpack("<2f", base64.b64decode(packed((0.5, -1.0)))) == (0.5, -1.0)
