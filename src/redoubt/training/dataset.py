"""Examples as numbers: windows of tokens with everything that is known about them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from redoubt.domain.zone import Zone
from redoubt.engine.guard.case import case_of
from redoubt.engine.guard.scores import parts
from redoubt.engine.guard.windows import breaks, sentences
from redoubt.training.example import DOCUMENT, HARMS, NAMES, ORDER, Example, Head, Span

TOKENS = 126
"""Words' tokens in a window; with the two that begin and end it, 128."""
WINDOWS = 2
"""Windows of one long text that are shown in one step; others are drawn the next time."""
KINDS = ("injection", "jailbreak", "extraction", "abuse")
"""Outputs of ``kind``; the category is ``attack.<kind>``."""
TAGS = ("O", *(f"{prefix}-{name}" for name in NAMES for prefix in "BI"))
"""Outputs of ``names``."""
WIDTH = 384
"""Of the encoder, and so of ``topic``."""
UNKNOWN = -100
"""Marks what is not known (as PyTorch's losses do)."""
WINDOW_MARKS = 101, 102
"""[CLS] and [SEP] of the vocabulary."""

Numbers = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Item:
    """One example as numbers."""

    task: str
    """``user``, ``external``, ``harm`` or ``names``: one batch holds one of them."""
    ids: Numbers
    """All tokens of the text, without [CLS] and [SEP]."""
    cases: Numbers
    label: int
    """Attack: 0 or 1. Harm: 0 prompt, 1 answer."""
    kind: int
    tokens: Numbers | None
    """For each token its order label (0, 1) or tag, where known."""
    harms: Numbers | None
    source: str
    text: str
    """For reports; never for the network."""
    sentences: Numbers | None = None
    """Texts from outside: for each token the number of its sentence, as it is judged at run time."""
    topic: NDArray[np.float32] | None = None
    """What the unpruned base says it is about, for short texts (see `redoubt.training.teacher`)."""

    def __len__(self) -> int:
        return len(self.ids)


def items(examples: Iterable[Example], tokenizer: Tokenizer, *, most: int = 1536) -> Iterator[Item]:
    """Encode the examples; of a text only the first ``most`` tokens are kept."""
    batch: list[Example] = []
    for example in examples:
        batch.append(example)
        if len(batch) == 512:
            yield from _items(batch, tokenizer, most)
            batch = []
    yield from _items(batch, tokenizer, most)


def _items(batch: Sequence[Example], tokenizer: Tokenizer, most: int) -> Iterator[Item]:
    encoded = tokenizer.encode_batch([e.text[: 8 * most] for e in batch], add_special_tokens=False)
    for example, encoding in zip(batch, encoded, strict=True):
        if not encoding.ids:
            continue
        offsets = encoding.offsets[:most]
        yield Item(
            task=example.task,
            ids=np.asarray(encoding.ids[:most], np.int32),
            cases=np.asarray([case_of(example.text[a:b]) for a, b in offsets], np.int32),
            label=int(example.zone is Zone.ANSWER) if example.head is Head.HARM else int(bool(example.label)),
            kind=KINDS.index(k) if (k := example.kind.partition(".")[0]) in KINDS else UNKNOWN,
            tokens=_token_labels(example, offsets),
            harms=np.asarray([int(example.labels.get(name, UNKNOWN)) for name in HARMS], np.int32)
            if example.head is Head.HARM
            else None,
            source=example.source,
            text=example.text,
            sentences=_sentences(example.text, offsets) if example.task == DOCUMENT else None,
        )


def _sentences(text: str, offsets: Sequence[tuple[int, int]]) -> Numbers:
    """Return for each token the number of the sentence that it is judged with."""
    begins = (*breaks([start for start, _ in offsets], sentences(text)), len(offsets))
    numbers = np.zeros(len(offsets), np.int32)
    for number, (first, last) in enumerate(parts(begins)):
        numbers[first:last] = number
    return numbers


def _token_labels(example: Example, offsets: Sequence[tuple[int, int]]) -> Numbers | None:
    if example.head is Head.NAMES:
        return _spread(
            example.spans, offsets, lambda type_, first: TAGS.index(f"{'B' if first else 'I'}-{type_}")
        )
    if example.task == DOCUMENT:
        orders = tuple(span for span in example.spans if span.type == ORDER)
        if orders or not example.label:
            return _spread(orders, offsets, lambda _type, _first: 1)
    return None


def _spread(
    spans: Sequence[Span], offsets: Sequence[tuple[int, int]], label: Callable[[str, bool], int]
) -> Numbers:
    """Return the label of each token: that of the span it lies in."""
    labels = np.zeros(len(offsets), np.int32)
    waiting = sorted(spans, key=lambda span: span.start)
    place, inside = 0, False
    for index, (start, end) in enumerate(offsets):
        while place < len(waiting) and waiting[place].end <= start:
            place, inside = place + 1, False
        if place < len(waiting) and start < waiting[place].end and end > waiting[place].start:
            labels[index] = label(waiting[place].type, not inside)
            inside = True
    return labels


@dataclass(frozen=True, slots=True)
class Batch:
    """Windows of several texts of one task."""

    task: str
    ids: NDArray[np.int64]
    mask: NDArray[np.int64]
    case: NDArray[np.int64]
    of: NDArray[np.int64]
    """For each window the index of its text."""
    label: NDArray[np.int64]
    kind: NDArray[np.int64]
    tokens: NDArray[np.int64]
    """[windows, tokens]; `UNKNOWN` where nothing is known."""
    sentences: NDArray[np.int64]
    """[windows, tokens]: numbers of sentences, ascending, none twice in two windows; `UNKNOWN` outside of the text."""
    harms: NDArray[np.int64]
    topic: NDArray[np.float32]
    """[texts, 384]; zeros where it is not known."""


def windows_of(size: int) -> list[tuple[int, int]]:
    """Return where windows of a text of ``size`` tokens begin and end.

    >>> windows_of(130)
    [(0, 126), (114, 130)]
    """
    overlap = 12
    cuts = [(0, min(size, TOKENS))]
    while cuts[-1][1] < size:
        start = cuts[-1][1] - overlap
        cuts.append((start, min(size, start + TOKENS)))
    return cuts


def chosen_windows(item: Item, rng: Random) -> list[tuple[int, int]]:
    """Return at most `WINDOWS` windows of an item, those with an order among them."""
    cuts = windows_of(len(item))
    if len(cuts) <= WINDOWS:
        return cuts
    if item.task in ("harm", "names"):
        return sorted(rng.sample(cuts, WINDOWS))
    marked = [c for c in cuts if item.tokens is not None and item.tokens[c[0] : c[1]].any()]
    others = [c for c in cuts if c not in marked]
    kept = marked[:WINDOWS]
    return sorted(kept + rng.sample(others, min(len(others), WINDOWS - len(kept))))


def batch_of(chosen: Sequence[tuple[Item, list[tuple[int, int]]]]) -> Batch:
    """Put the chosen windows of texts of one task side by side."""
    rows = [(index, item, cut) for index, (item, cuts) in enumerate(chosen) for cut in cuts]
    longest = max(end - start for _, _, (start, end) in rows) + 2
    shape = (len(rows), longest)
    ids, mask, case = (np.zeros(shape, np.int64) for _ in range(3))
    tokens, sentence = (np.full(shape, UNKNOWN, np.int64) for _ in range(2))
    free = 0
    for row, (_, item, (start, end)) in enumerate(rows):
        size = end - start
        ids[row, 0], ids[row, size + 1] = WINDOW_MARKS
        ids[row, 1 : size + 1] = item.ids[start:end]
        case[row, 1 : size + 1] = item.cases[start:end]
        mask[row, : size + 2] = 1
        if item.tokens is not None:
            tokens[row, 1 : size + 1] = item.tokens[start:end]
        if item.sentences is not None:
            own = item.sentences[start:end]
            sentence[row, 1 : size + 1] = own - own[0] + free
            free += int(own[-1] - own[0]) + 1
    return Batch(
        task=chosen[0][0].task,
        ids=ids,
        mask=mask,
        case=case,
        of=np.asarray([index for index, _, _ in rows], np.int64),
        label=np.asarray([item.label for item, _ in chosen], np.int64),
        kind=np.asarray([item.kind for item, _ in chosen], np.int64),
        tokens=tokens,
        sentences=sentence,
        harms=np.stack(
            [i.harms if i.harms is not None else np.full(len(HARMS), UNKNOWN, np.int32) for i, _ in chosen]
        ).astype(np.int64),
        topic=np.stack([i.topic if i.topic is not None else np.zeros(WIDTH, np.float32) for i, _ in chosen]),
    )


def batches(pool: Sequence[Item], rng: Random, budget: int) -> Iterator[Batch]:
    """Yield all items once, in batches of about ``budget`` tokens of texts of one task and like length, in random order."""
    drawn = [(item, chosen_windows(item, rng)) for item in pool]
    keyed = sorted(drawn, key=lambda d: (d[0].task, min(len(d[0]), TOKENS) + rng.random() * 8, len(d[1])))
    groups: list[list[tuple[Item, list[tuple[int, int]]]]] = []
    cost = longest = 0
    for pair in keyed:
        width = min(len(pair[0]), TOKENS) + 2
        many = len(pair[1])
        fits = (
            groups and groups[-1][0][0].task == pair[0].task and (cost + many) * max(longest, width) <= budget
        )
        if not fits:
            groups.append([])
            cost = longest = 0
        groups[-1].append(pair)
        cost, longest = cost + many, max(longest, width)
    rng.shuffle(groups)
    for group in groups:
        yield batch_of(group)
