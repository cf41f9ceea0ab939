"""Rows of public data on toxic language and harmful requests, as harm examples.

A row is ``{text, labels or label, source, lang, category}``. Labels that a source did not ask its annotators for stay unknown.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import cast

from redoubt.domain.zone import Zone
from redoubt.training.example import HARMS, Example, Head

_AGREEMENT = 0.6
"""Share of annotators who must agree on the class of a row; below it the row is left out."""
_SURE = 0.9
"""Share from which an offensive tweet counts as rude, and not merely as coarse."""

_Labels = Mapping[str, object]


def examples(rows: Iterable[Mapping[str, object]]) -> Iterator[Example]:
    """Yield an example for each row of which something is known.

    Raises ValueError naming the source if a labelled row comes from one whose labels are not understood, and KeyError naming the
    column if a row lacks one.
    """
    for row in rows:
        source = str(row["source"]).split("@", 1)[0]
        labels = _behaviour(row) if "label" in row else _understood(source, cast("_Labels", row["labels"]))
        if labels:
            yield Example(
                str(row["text"]),
                Head.HARM,
                Zone.ANSWER if "labels" in row and source == _RESPONSES else Zone.USER,
                labels=labels,
                kind="behaviour" if "label" in row else "spoken",
                lang=str(row.get("lang", "en")),
                source=source,
            )


def _understood(source: str, labels: _Labels) -> dict[str, bool]:
    if source not in _SOURCES:
        raise ValueError(
            f"harm rows: the labels of source {source!r} are not understood; say in _SOURCES what they mean"
        )
    return _SOURCES[source](labels)


def _behaviour(row: Mapping[str, object]) -> dict[str, bool]:
    """Whoever asks for it asks for help with a wrong; rows of label 0 say nothing."""
    if not row["label"]:
        return {}
    category = row.get("category")
    if category == "Sexual content":
        return {"sexual": True}
    return {"illicit": True, "violence": True} if category == "Violence" else {"illicit": True}


def _tweet(labels: _Labels) -> dict[str, bool]:
    """One class a tweet: hateful, offensive (coarse, and often rude), or neither."""
    agreement = cast("float", labels["agreement"])
    if agreement < _AGREEMENT:
        return {}
    if labels["hate"]:
        return {"hate": True, "toxicity": True}
    if not labels["profanity"]:
        return {"hate": False, "toxicity": False, "profanity": False}
    known = {"hate": False, "profanity": True}
    return known | {"toxicity": True} if agreement >= _SURE else known


def _forum(labels: _Labels) -> dict[str, bool]:
    """Say what is known of a sentence of a hostile forum: one that is not hateful may yet be rude."""
    return {"hate": True, "toxicity": True} if labels["hate"] else {"hate": False}


def _statement(labels: _Labels) -> dict[str, bool]:
    return {label: bool(labels[label]) for label in ("toxicity", "hate")}


def _comment(labels: _Labels) -> dict[str, bool]:
    return {"toxicity": bool(labels["toxicity"])}


def _response(labels: _Labels) -> dict[str, bool]:
    return {"illicit": bool(labels["harmful_response"])}


def _everyday(_labels: _Labels) -> dict[str, bool]:
    """Say that nothing hurts in a request to a bank or to a voice assistant."""
    return dict.fromkeys(HARMS, False)


_RESPONSES = "sherdencooper/GPTFuzz"
_SOURCES: Mapping[str, Callable[[_Labels], dict[str, bool]]] = {
    "t-davidson/hate-speech-and-offensive-language": _tweet,
    "Vicomtech/hate-speech-dataset": _forum,
    "surge-ai/toxicity": _comment,
    "microsoft/TOXIGEN": _statement,
    _RESPONSES: _response,
    "PolyAI-LDN/task-specific-datasets": _everyday,
    "clinc/oos-eval": _everyday,
}
