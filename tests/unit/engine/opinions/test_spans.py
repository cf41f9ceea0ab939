"""Spans from tags of every scheme."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from redoubt.engine.guard.interface import Tokens
from redoubt.engine.opinions.labels import Label, passage_labels, tag_labels
from redoubt.engine.opinions.probabilities import chances
from redoubt.engine.opinions.spans import spans

WANTED = {"PER": "pii.person"}


def found(text: str, pieces: list[str], tags: list[str], outputs: list[str], threshold: float = 0.5):  # type: ignore[no-untyped-def]
    starts, at = [], 0
    for piece in pieces:
        at = text.index(piece, at)
        starts.append(at)
        at += len(piece)
    tokens = Tokens(
        np.arange(len(pieces)),
        np.array(starts),
        np.array([s + len(p) for s, p in zip(starts, pieces, strict=True)]),
    )
    chance = np.full((len(pieces), len(outputs)), 0.1 / (len(outputs) - 1), np.float32)
    for row, tag in enumerate(tags):
        chance[row, outputs.index(tag)] = 0.9
    labels = tag_labels(outputs, WANTED)
    return [
        (text[s.start : s.end], round(s.probability, 2))
        for s in spans(text, tokens, chance, labels, threshold)
    ]


BIO = ["O", "B-PER", "I-PER", "B-ORG", "I-ORG"]
BIOES = ["O", "B-PER", "I-PER", "E-PER", "S-PER"]
BILOU = ["O", "B-PER", "I-PER", "L-PER", "U-PER"]
PLAIN = ["O", "PER", "ORG"]


@pytest.mark.parametrize(
    ("outputs", "tags"),
    [
        (BIO, ["B-PER", "I-PER", "O", "B-PER"]),
        (BIOES, ["B-PER", "E-PER", "O", "S-PER"]),
        (BILOU, ["B-PER", "L-PER", "O", "U-PER"]),
        (PLAIN, ["PER", "PER", "O", "PER"]),
    ],
)
def test_every_scheme(outputs: list[str], tags: list[str]) -> None:
    spanned = found("Anna Schmidt met Bert", ["Anna", "Schmidt", "met", "Bert"], tags, outputs)
    assert [text for text, _ in spanned] == ["Anna Schmidt", "Bert"]


def test_two_side_by_side_are_two_where_the_scheme_can_say_so() -> None:
    pieces = ["Anna", "Bert"]
    assert [t for t, _ in found("Anna Bert", pieces, ["B-PER", "B-PER"], BIO)] == ["Anna", "Bert"]
    assert [t for t, _ in found("Anna Bert", pieces, ["S-PER", "S-PER"], BIOES)] == ["Anna", "Bert"]
    assert [t for t, _ in found("Anna Bert", pieces, ["PER", "PER"], PLAIN)] == ["Anna Bert"]


def test_a_word_is_what_its_pieces_are_in_the_mean() -> None:
    assert found("Andersson", ["Anders", "son"], ["B-PER", "O"], BIO, threshold=0.4) == [("Andersson", 0.49)]
    assert found("Andersson", ["An", "ders", "son"], ["B-PER", "O", "O"], BIO) == []


def test_signs_without_spaces_are_words_of_their_own() -> None:
    assert [
        t for t, _ in found("李明去北京", list("李明去北京"), ["B-PER", "I-PER", "O", "O", "O"], BIO)
    ] == ["李明"]


def test_the_rim_is_no_part() -> None:
    assert found(" (Anna) ", [" (", "Anna", ")"], ["B-PER", "I-PER", "I-PER"], BIO)[0][0] == "Anna"
    assert found("( )", ["(", ")"], ["B-PER", "I-PER"], BIO) == []


def test_what_is_not_named_is_nothing() -> None:
    assert found("Acme", ["Acme"], ["B-ORG"], BIO) == []


def test_labels_that_are_not_there_are_refused_by_name() -> None:
    with pytest.raises(ValueError, match="no label 'LOC'; there are O, ORG, PER"):
        tag_labels(BIO, {"LOC": "pii.location"})
    with pytest.raises(ValueError, match="no label 'BAD'; there are GOOD, WORSE"):
        passage_labels(["GOOD", "WORSE"], {"BAD": "attack"})
    assert passage_labels(["GOOD", "BAD"], {"BAD": "attack"}) == (Label("BAD", "attack", within=(1,)),)


def test_a_name_with_a_dash_is_no_scheme() -> None:
    assert tag_labels(["O", "PHONE-NUMBER"], {"PHONE-NUMBER": "pii.phone"})[0].within == (1,)


@given(
    st.text(max_size=30),
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=20),
    st.randoms(),
)
def test_any_tokens_come_to_spans_in_the_text(text: str, pairs: list[tuple[int, int]], random) -> None:  # type: ignore[no-untyped-def]
    starts = np.array(sorted(min(a, len(text)) for a, _ in pairs), np.int64)
    ends = np.array(
        [max(s, min(s + b, len(text))) for s, (_, b) in zip(starts.tolist(), pairs, strict=True)], np.int64
    )
    ends = np.maximum.accumulate(ends) if len(ends) else ends
    chance = np.array([[0.01 + random.random() for _ in BIO] for _ in pairs], np.float32).reshape(
        -1, len(BIO)
    )
    chance /= chance.sum(axis=1, keepdims=True)
    tokens = Tokens(np.arange(len(pairs)), starts, ends)
    last = 0
    for span in spans(text, tokens, chance, tag_labels(BIO, WANTED), 0.2):
        assert 0 <= span.start < span.end <= len(text)
        assert span.start >= last
        assert 0.0 <= span.probability <= 1.0
        last = span.start


def test_probabilities() -> None:
    logits = np.array([[0.0, 0.0], [1000.0, -1000.0]], np.float32)
    assert chances(None, 2)(logits).tolist() == [[0.5, 0.5], [1.0, 0.0]]
    assert chances("single_label_classification", 2)(logits[:1]).tolist() == [[0.5, 0.5]]
    assert chances("multi_label_classification", 2)(logits).tolist() == [[0.5, 0.5], [1.0, 0.0]]
    assert chances("multi_label_classification", 2)(np.array([[1000.0, 1000.0]], np.float32)).tolist() == [
        [1.0, 1.0]
    ]
    assert chances(None, 1)(np.array([[0.0]], np.float32)).tolist() == [[0.5]]
    with pytest.raises(ValueError, match="problem_type must be"):
        chances("regression", 1)
