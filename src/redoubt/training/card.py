"""The model card: what the weights are, what they were made of, how good they are, and what they cannot do."""

from collections.abc import Mapping

from redoubt.training.figures import Figures

_CARD = """\
# Guard models {version}

One small encoder with several heads: does a user try to misuse the model (`attack`), does a text from outside give the assistant orders
(`order`), does a text hurt (`harm`), which names stand in it (`names`), what is it about (`topic`).

- Base: {base}; three of its six layers, pruned and in eight bits
- Reads windows of at most 128 tokens; a third input says how each was written. Runs on one core.
- Training data: SHA-256 `{data}`
- Form of the files and meaning of the scores: `redoubt.engine.guard.calibration`

## How good
{measured}

| head | zone | label | bad | good | AUC | recall at 1 % false positives |
| --- | --- | --- | ---: | ---: | ---: | ---: |
{rows}

Names, at the thresholds in `guard.json`: precision {precision:.1%}, recall {recall:.1%} ({marked:,} marked, {reported:,} reported).

## What it cannot do
It guesses from words. It misses attacks that look like nothing it has seen, is weaker outside English, inherits what the annotators of
its sources believed, and must never be the only thing that stands between a text and an action. It is not made to judge people.

## What it was trained on
Examples by source; `generated` are composed by Redoubt's own generators.

| source | examples |
| --- | ---: |
{sources}
"""


def model_card(
    version: str, base: str, data: str, sources: Mapping[str, int], measured: Figures, *, held_out: bool
) -> str:
    """Return the card, as Markdown. ``base`` says what it began as, ``data`` is a digest."""
    where = "On sources that nothing was trained on." if held_out else "On texts that were not trained on."
    rows = [
        f"| {f.head} | {f.zone} | {f.label} | {f.bad:,} | {f.good:,} | {f.auc:.4f} | {f.recall:.1%} |"
        for f in measured.judged
    ]
    return _CARD.format(
        version=version,
        base=base,
        data=data,
        measured=where,
        rows="\n".join(rows),
        precision=measured.names.precision,
        recall=measured.names.recall,
        marked=measured.names.marked,
        reported=measured.names.reported,
        sources="\n".join(f"| {name} | {count:,} |" for name, count in sources.items()),
    )
