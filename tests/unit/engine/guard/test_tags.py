import numpy as np
import pytest

from redoubt.engine.guard.interface import Row, Tokens
from redoubt.engine.guard.reading import Reading
from redoubt.engine.guard.tags import Name, Tags, names
from redoubt.engine.guard.windows import Stretch

TAGS = Tags.of(("O", "B-PERSON", "I-PERSON", "B-LOCATION", "I-LOCATION"))
LEAST = {"PERSON": 0.5, "LOCATION": 0.5}
O, BP, IP, BL, IL = range(5)  # noqa: E741 - the tag is called so


def reading(text: str, spans: list[tuple[int, int]], tags: list[int], logit: float = 9.0) -> Reading:
    """Return ``text`` read as if each token had one clear tag."""
    logits = np.zeros((len(tags) + 2, 5), np.float32)
    logits[np.arange(1, len(tags) + 1), tags] = logit
    none = np.zeros(1, np.float32)
    starts, ends = np.array(spans, np.int64).T
    return Reading(
        text,
        Tokens(np.zeros(len(spans), np.int64), starts, ends),
        (0,),
        (Stretch(0, len(spans), 0, len(spans)),),
        (Row(0.0, none, none, none, logits, none),),
    )


def found(text: str, pieces: str, tags: list[int], **more: float) -> list[tuple[str, str]]:
    """Return the names; ``pieces`` is the text with its tokens separated by blanks and bars."""
    spans: list[tuple[int, int]] = []
    at = 0
    for piece in pieces.replace("|", " ").split():
        at = text.index(piece, at)
        spans.append((at, at := at + len(piece)))
    return [(n.type, text[n.start : n.end]) for n in names(reading(text, spans, tags, **more), TAGS, LEAST)]


def test_names_begin_and_go_on() -> None:
    assert found("I met Anna Schmidt in Bonn", "I met Anna Schmidt in Bonn", [O, O, BP, IP, O, BL]) == [
        ("PERSON", "Anna Schmidt"),
        ("LOCATION", "Bonn"),
    ]


def test_two_names_side_by_side_are_two() -> None:
    assert found("Anna Bonn Ben", "Anna Bonn Ben", [BP, BL, BP]) == [
        ("PERSON", "Anna"),
        ("LOCATION", "Bonn"),
        ("PERSON", "Ben"),
    ]
    assert found("Anna Ben", "Anna Ben", [BP, BP]) == [("PERSON", "Anna"), ("PERSON", "Ben")]


def test_a_name_may_begin_without_its_mark() -> None:
    assert found("dear Anna", "dear Anna", [O, IP]) == [("PERSON", "Anna")]


def test_pieces_of_a_word_are_one_word() -> None:
    assert found("Schmidtova here", "Schmidt|ova here", [BP, IP, O]) == [("PERSON", "Schmidtova")]
    assert found("Schmidtova here", "Sch|midt|ova here", [BP, O, IP, O]) == [("PERSON", "Schmidtova")]
    assert found("paranormal", "par|a|normal", [O, BP, O]) == []


def test_the_rim_of_a_name_is_no_punctuation() -> None:
    assert found('("Anna Schmidt.")', '( " Anna Schmidt . " )', [IP, IP, BP, IP, IP, O, O]) == [
        ("PERSON", "Anna Schmidt")
    ]
    assert found("...", ". . .", [BP, IP, IP]) == []


def test_what_is_not_sure_enough_is_no_name() -> None:
    assert found("Anna", "Anna", [BP], logit=0.5) == []


def test_probability_is_the_mean_of_the_words() -> None:
    (name,) = names(reading("Anna", [(0, 4)], [BP]), TAGS, LEAST)
    assert isinstance(name, Name)
    assert name.probability == pytest.approx((np.exp(9) + 1) / (np.exp(9) + 4), rel=1e-5)


@pytest.mark.parametrize(
    "labels", [(), ("O",), ("O", "B-X"), ("B-X", "I-X"), ("O", "B-X", "I-Y"), ("O", "B-X", "I-X", "I-X")]
)
def test_tags_are_what_they_must_be(labels: tuple[str, ...]) -> None:
    if labels == ("O",):
        assert Tags.of(labels).types == ()
        return
    with pytest.raises(ValueError, match="tags must be"):
        Tags.of(labels)
