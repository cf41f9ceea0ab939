import re

import pytest

from redoubt.domain.decision import Action, Decision, Effect, Obligation
from redoubt.domain.finding import Finding
from redoubt.engine.detect.interface import Unit
from redoubt.engine.redact.methods import Methods
from redoubt.engine.redact.pseudonyms import Pseudonymiser
from redoubt.engine.redact.restore import Restorer
from redoubt.engine.stream import LaneStream
from redoubt.engine.stream.cuts import HARD
from redoubt.engine.stream.lane import SENTENCES_LEFT
from redoubt.engine.stream.sentences import LONGEST, SHORTEST

KEY = b"k" * 32


def inspector(pattern: str, action: Action = Action.REDACT, seen: list[str] | None = None):  # type: ignore[no-untyped-def]
    def inspect(text: str) -> Decision:
        if seen is not None:
            seen.append(text)
        due = tuple(
            Obligation(Finding("pii.other", "d", m.start(), m.end()), action, "r")
            for m in re.finditer(pattern, text)
        )
        effect = {Action.DENY: Effect.DENY, Action.HOLD: Effect.HOLD}.get(action, Effect.ALLOW)
        return Decision(effect if due else Effect.ALLOW, due, ("r",) if due else ())

    return inspect


def lane(pattern: str, action: Action = Action.REDACT, restorer: Restorer | None = None) -> LaneStream:
    return LaneStream(inspector(pattern, action), restorer or Restorer(), Methods(KEY))


def test_prose_is_released_up_to_the_current_word() -> None:
    stream = lane("x{9}")
    assert [stream.feed(c) for c in ("The", " quick", " bro", "wn", " fox")] == [
        "",
        "The ",
        "quick ",
        "",
        "brown ",
    ]
    assert stream.close() == "fox"
    assert stream.close() == ""


def test_each_piece_is_inspected_once_with_what_was_in_front() -> None:
    seen: list[str] = []
    stream = LaneStream(inspector("x{9}", seen=seen), Restorer(), Methods(KEY))
    stream.feed("one two three four")
    stream.close()
    assert seen == ["one ", "one two ", "one two three ", "one two three four"]


@pytest.mark.parametrize(("action", "effect"), [(Action.DENY, Effect.DENY), (Action.HOLD, Effect.HOLD)])
def test_after_a_denial_nothing_is_released(action: Action, effect: Effect) -> None:
    stream = lane("bad", action)
    assert stream.feed("so far so good bad ") == "so far so good "
    assert stream.feed("and on") == ""
    assert stream.effect is effect
    assert stream.close() == ""
    assert stream.feed("more words") == ""
    assert [o.finding.start for o in stream.decision.obligations] == [15]


def test_a_failure_denies() -> None:
    stream = LaneStream(lambda text: Decision(Effect.DENY, errors=("model",)), Restorer(), Methods(KEY))
    assert stream.feed("one two ") + stream.close() == ""
    assert stream.decision.errors == ("model",)


def test_an_inspection_that_raises_releases_nothing_ever_after() -> None:
    def broken(text: str) -> Decision:
        raise RuntimeError

    stream = LaneStream(broken, Restorer(), Methods(KEY))
    with pytest.raises(RuntimeError):
        stream.feed("one two")
    assert stream.effect is Effect.DENY
    assert stream.feed(" three four") + stream.close() == ""


def test_what_a_detector_finds_in_a_pseudonym_is_no_finding() -> None:
    p = Pseudonymiser(KEY, "surrogate")
    hidden = p.pseudonym("pii.email", "ann@x.example")
    stream = lane(r"\S+@\S+\w", Action.DENY, Restorer(p.aliases()))
    assert stream.feed(f"to {hidden}, ") + stream.close() == "to ann@x.example, "
    assert stream.decision == Decision()


def test_a_value_that_only_the_words_in_front_give_away_is_redacted() -> None:
    stream = lane(r"(?<=pin is now )\w+")
    assert (
        stream.feed("my pin is now secretly here") + stream.close()
        == "my pin is now [REDACTED:pii.other] here"
    )


def test_the_rest_of_a_finding_that_began_in_released_prose_is_redacted() -> None:
    stream = lane("via roma dodici")
    assert stream.feed("in via roma dodici stop") + stream.close() == "in via roma [REDACTED:pii.other]stop"[
        :12
    ] + ("[REDACTED:pii.other] stop")


@pytest.mark.parametrize("before", [HARD - 5000, HARD - 4100, HARD - 4090, HARD - 10, HARD + 5])
def test_a_secret_across_the_hard_bound_is_redacted(before: int) -> None:
    text = "a" * before + "SECRETSECRETSECRET" + "b" * HARD
    stream = lane("(?:SECRET){3}")
    out = "".join([*(stream.feed(text[i : i + 777]) for i in range(0, len(text), 777)), stream.close()])
    assert out == "a" * before + "[REDACTED:pii.other]" + "b" * HARD


def test_text_without_blanks_is_released_at_the_hard_bound() -> None:
    stream = lane("x")
    out = stream.feed("a" * (HARD + 1))
    assert HARD // 2 < len(out) < HARD
    assert out + stream.close() == "a" * (HARD + 1)


SENTENCES = [
    "The first sentence tells how it all began. ",
    "The second one goes on from there at length. ",
    "And a third says what became of it all!",
]


def sentence_lane(pattern: str, action: Action = Action.REDACT, seen: list[str] | None = None) -> LaneStream:
    return LaneStream(inspector(pattern, action, seen), Restorer(), Methods(KEY), unit=Unit.SENTENCE)


def test_each_sentence_is_inspected_once_with_those_in_front() -> None:
    seen: list[str] = []
    stream = sentence_lane("x{9}", seen=seen)
    out = [stream.feed(char) for char in "".join(SENTENCES)]
    assert [text for text in out if text] == SENTENCES[:2]
    assert stream.close() == SENTENCES[2]
    assert seen == [SENTENCES[0], "".join(SENTENCES[:2]), "".join(SENTENCES)]


def test_as_many_whole_sentences_are_shown_again_as_fit_in() -> None:
    seen: list[str] = []
    stream = sentence_lane("x{9}", seen=seen)
    sentences = [f"sentence {'abcdefghij'[n % 10] * 8} says so and goes on for a while. " for n in range(40)]
    stream.feed("".join(sentences))
    assert all(any(text.startswith(sentence) for sentence in sentences) for text in seen)
    assert all(len(text) <= SENTENCES_LEFT + len(sentences[0]) for text in seen)
    assert len(seen[-1]) > SENTENCES_LEFT - len(sentences[0])


def test_a_finding_in_the_sentences_in_front_alone_is_dropped() -> None:
    stream = sentence_lane("first|And")
    stream.feed("".join(SENTENCES))
    stream.close()
    assert [o.finding.start for o in stream.decision.obligations] == [4, len("".join(SENTENCES[:2]))]


@pytest.mark.parametrize(("action", "effect"), [(Action.DENY, Effect.DENY), (Action.HOLD, Effect.HOLD)])
def test_a_finding_over_two_sentences_denies_the_second(action: Action, effect: Effect) -> None:
    stream = sentence_lane("(?s)began.*second", action)
    assert stream.feed("".join(SENTENCES)) == SENTENCES[0]
    assert stream.close() == ""
    assert stream.effect is effect


def test_it_says_when_a_piece_may_become_complete() -> None:
    stream = sentence_lane("x{9}")
    stream.feed("The first sentence")
    assert not stream.may_complete(20)
    assert stream.may_complete(LONGEST)
    stream.feed(" tells it.")
    assert stream.may_complete(1)
    stream.feed(" The next")
    assert stream.may_complete(1) is False
    assert lane("x{9}").may_complete(1)


@pytest.mark.parametrize("text", ["}\n", "So it was. ", "word ", "a", "Sure! ", SENTENCES[0]])
def test_what_is_shown_to_detectors_grows_with_the_text(text: str) -> None:
    seen: list[str] = []
    stream = sentence_lane("x{9}", seen=seen)
    size = 100_000
    whole = (text * size)[:size]
    assert stream.feed(whole) + stream.close() == whole
    assert sum(map(len, seen)) <= size * (1 + SENTENCES_LEFT / SHORTEST)
