"""Rows become examples with the labels that are known, and no others."""

import pytest

from redoubt.domain.zone import Zone
from redoubt.training.example import HARMS, Head
from redoubt.training.sources.harm import examples

_TWEETS = "t-davidson/hate-speech-and-offensive-language@abc"


def _tweet(*, hate: int, profanity: int, agreement: float) -> dict[str, object]:
    labels = {
        "toxicity": int(hate or profanity),
        "hate": hate,
        "profanity": profanity,
        "agreement": agreement,
    }
    return {"text": "a tweet", "labels": labels, "source": _TWEETS, "lang": "en"}


def _labels(row: dict[str, object]) -> dict[str, bool] | None:
    found = list(examples([row]))
    return dict(found[0].labels) if found else None


@pytest.mark.parametrize(
    ("row", "known"),
    [
        (_tweet(hate=0, profanity=1, agreement=1.0), {"hate": False, "profanity": True, "toxicity": True}),
        (_tweet(hate=0, profanity=1, agreement=0.67), {"hate": False, "profanity": True}),
        (_tweet(hate=1, profanity=0, agreement=0.67), {"hate": True, "toxicity": True}),
        (_tweet(hate=0, profanity=0, agreement=1.0), {"hate": False, "profanity": False, "toxicity": False}),
        (_tweet(hate=0, profanity=1, agreement=0.5), None),
    ],
)
def test_tweets_by_the_agreement_of_their_annotators(
    row: dict[str, object], known: dict[str, bool] | None
) -> None:
    assert _labels(row) == known


@pytest.mark.parametrize(
    ("source", "labels", "known"),
    [
        ("Vicomtech/hate-speech-dataset@1", {"toxicity": 0, "hate": 0}, {"hate": False}),
        ("Vicomtech/hate-speech-dataset@1", {"toxicity": 1, "hate": 1}, {"hate": True, "toxicity": True}),
        ("surge-ai/toxicity@1", {"toxicity": 1}, {"toxicity": True}),
        ("surge-ai/toxicity@1", {"toxicity": 0}, {"toxicity": False}),
        (
            "microsoft/TOXIGEN@1 prompts/",
            {"toxicity": 0, "hate": 0, "identity": "x"},
            {"hate": False, "toxicity": False},
        ),
        ("clinc/oos-eval@1", {"toxicity": 0}, dict.fromkeys(HARMS, False)),
        ("PolyAI-LDN/task-specific-datasets@1", {"toxicity": 0}, dict.fromkeys(HARMS, False)),
    ],
)
def test_each_source_says_what_it_asked_for(
    source: str, labels: dict[str, object], known: dict[str, bool]
) -> None:
    assert _labels({"text": "t", "labels": labels, "source": source}) == known


@pytest.mark.parametrize("harmful", [0, 1])
def test_responses_are_answers(harmful: int) -> None:
    row = {
        "text": "a",
        "labels": {"harmful_response": harmful},
        "source": "sherdencooper/GPTFuzz@1 responses_labeled",
    }
    (example,) = examples([row])
    assert (example.zone, dict(example.labels)) == (Zone.ANSWER, {"illicit": bool(harmful)})


@pytest.mark.parametrize(
    ("category", "known"),
    [
        ("", {"illicit": True}),
        ("Violence", {"illicit": True, "violence": True}),
        ("Sexual content", {"sexual": True}),
    ],
)
def test_behaviours_are_requests(category: str, known: dict[str, bool]) -> None:
    row = {"text": "how", "label": 1, "category": category, "source": "sherdencooper/GPTFuzz@1 questions"}
    (example,) = examples([row])
    assert (example.head, example.zone, example.source) == (Head.HARM, Zone.USER, "sherdencooper/GPTFuzz")
    assert dict(example.labels) == known


def test_a_behaviour_of_label_0_says_nothing() -> None:
    assert _labels({"text": "how", "label": 0, "source": "x@1"}) is None


def test_unknown_source_is_named_and_its_text_is_not() -> None:
    with pytest.raises(ValueError, match="'someone/else'") as error:
        list(examples([{"text": "PRIVATE", "labels": {"toxicity": 1}, "source": "someone/else@1"}]))
    assert "PRIVATE" not in str(error.value)
