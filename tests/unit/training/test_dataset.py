"""Examples as numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from redoubt.domain.zone import Zone
from redoubt.engine.guard.case import Case
from redoubt.engine.guard.scores import LONGEST
from redoubt.training.dataset import (
    KINDS,
    TAGS,
    TOKENS,
    UNKNOWN,
    WINDOW_MARKS,
    WINDOWS,
    batch_of,
    batches,
    chosen_windows,
    items,
    windows_of,
)
from redoubt.training.example import HARMS, ORDER, Example, Head, Span
from tests.unit.training.rig import item, seeded, tokenizer


def of(example: Example, **more: int) -> list[object]:
    return list(items([example], tokenizer(), **more))


def test_an_attack() -> None:
    (got,) = items([Example("Go on!", Head.ATTACK, Zone.USER, True, kind="jailbreak.persona")], tokenizer())
    assert (got.task, got.label, KINDS[got.kind]) == ("user", 1, "jailbreak")
    assert [Case(c).name for c in got.cases] == ["TITLE", "LOWER", "LOWER", "LOWER", "OTHER"]
    assert got.tokens is None
    assert got.harms is None


def test_orders_are_marked_where_they_are_known() -> None:
    def tokens(label: bool, *spans: Span) -> list[int] | None:
        (got,) = items([Example("ab cd", Head.ATTACK, Zone.EXTERNAL, label, spans=spans)], tokenizer())
        assert got.task == "external"
        return None if got.tokens is None else got.tokens.tolist()

    assert tokens(True, Span(3, 5, ORDER)) == [0, 0, 1, 1]
    assert tokens(True) is None  # it gives orders, nobody said where
    assert tokens(False) == [0, 0, 0, 0]


def test_harm_is_unknown_where_nobody_said() -> None:
    (got,) = items(
        [Example("a", Head.HARM, Zone.ANSWER, labels={"toxicity": True, "hate": False})], tokenizer()
    )
    assert (got.task, got.label) == ("harm", 1)
    assert got.harms is not None
    assert got.harms.tolist() == [1, 0, *[UNKNOWN] * (len(HARMS) - 2)]


def test_names_begin_and_go_on() -> None:
    spans = (Span(3, 5, "LOCATION"), Span(0, 2, "PERSON"), Span(6, 8, "PERSON"))
    (got,) = items([Example("ab cd ef x", Head.NAMES, Zone.EXTERNAL, spans=spans)], tokenizer())
    assert got.tokens is not None
    assert [TAGS[t] for t in got.tokens] == [
        *("B-PERSON", "I-PERSON", "B-LOCATION", "I-LOCATION", "B-PERSON", "I-PERSON", "O"),
    ]


def test_of_a_long_text_the_beginning_is_kept_and_a_text_of_nothing_is_left_out() -> None:
    (got,) = items([Example("a " * 99, Head.ATTACK, Zone.USER, False)], tokenizer(), most=20)
    assert len(got) == len(got.cases) == 20
    assert of(Example(" ", Head.ATTACK, Zone.USER, False)) == []


@given(st.integers(1, 2000))
def test_windows_cover_every_token(size: int) -> None:
    cuts = windows_of(size)
    assert {at for start, end in cuts for at in range(start, end)} == set(range(size))
    assert all(0 < end - start <= TOKENS for start, end in cuts)


def test_the_window_with_the_order_is_always_shown() -> None:
    tokens = np.zeros(1000, np.int32)
    tokens[700] = 1
    for seed in range(20):
        cuts = chosen_windows(item("external", 1000, 1, tokens=tokens), seeded(seed))
        assert len(cuts) == WINDOWS
        assert any(start <= 700 < end for start, end in cuts)


def test_a_batch_side_by_side() -> None:
    topic = np.ones(384, np.float32)
    harms = np.zeros(len(HARMS), np.int32)
    some = [item("harm", 200, 1, harms=harms, topic=topic), item("harm", 3)]
    batch = batch_of([(i, windows_of(len(i))) for i in some])
    assert batch.of.tolist() == [0, 0, 1]
    assert batch.ids.shape == (3, TOKENS + 2)
    assert batch.mask.sum(1).tolist() == [128, 88, 5]
    assert batch.ids[2, [0, 4]].tolist() == list(WINDOW_MARKS)
    assert not batch.ids[2, 5:].any()
    assert batch.ids[1, 1] == some[0].ids[114]
    assert (batch.tokens == UNKNOWN).all()
    assert (batch.harms[0] == 0).all()
    assert (batch.harms[1] == UNKNOWN).all()
    assert batch.topic.sum(1).tolist() == [384.0, 0.0]


@pytest.mark.parametrize("budget", [256, 2048])
def test_an_epoch_shows_every_text_once_in_batches_of_one_task(budget: int) -> None:
    pool = [
        item(task, 5 + 7 * n, label=n % 2, source=f"{n}") for task in ("user", "names") for n in range(30)
    ]
    shown = list(batches(pool, seeded(), budget))
    assert sum(len(b.label) for b in shown) == len(pool)
    assert {b.task for b in shown} == {"user", "names"}
    assert all(b.ids.size <= budget for b in shown if len(b.label) > 1)
    assert [b.ids.tolist() for b in shown] != [b.ids.tolist() for b in batches(pool, seeded(8), budget)]


def test_tokens_of_texts_from_outside_know_their_sentence_as_run_time_cuts_them() -> None:
    text = "One two. Three\nfour five " + "six " * 30
    (got,) = items([Example(text, Head.ATTACK, Zone.EXTERNAL, label=False)], tokenizer())
    assert got.sentences is not None
    numbers = got.sentences.tolist()
    assert numbers[:8] == [0] * 7 + [1]
    assert numbers == sorted(numbers)
    assert max(numbers.count(n) for n in set(numbers)) == LONGEST
    (user,) = items([Example(text, Head.ATTACK, Zone.USER, label=False)], tokenizer())
    assert user.sentences is None


def test_no_two_windows_share_a_sentence() -> None:
    one = item("external", 200, sentences=np.repeat(np.arange(4), 50).astype(np.int32))
    batch = batch_of([(one, windows_of(200)), (one, windows_of(200)[:1])])
    rows = [set(row[row >= 0].tolist()) for row in batch.sentences]
    assert sum(len(row) for row in rows) == len(set().union(*rows))
    assert sorted(set().union(*rows)) == list(range(sum(len(row) for row in rows)))
    assert (batch.sentences >= 0).tolist() == ((batch.ids > 102) & (batch.mask > 0)).tolist()
