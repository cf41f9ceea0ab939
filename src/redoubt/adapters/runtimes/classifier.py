"""Somebody else's classifier: a network in ONNX, a tokenizer and a description, as Hugging Face writes them.

The folder holds ``model.onnx``, ``tokenizer.json`` (https://huggingface.co/docs/tokenizers) and ``config.json``, whose ``id2label`` names
the outputs (https://huggingface.co/docs/transformers/main_classes/configuration). None of it is code.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from tokenizers import Tokenizer as Compiled

from redoubt.adapters.runtimes.onnx import open_session
from redoubt.adapters.runtimes.turns import Turns
from redoubt.domain.errors import ConfigError, ServiceError
from redoubt.domain.opinions import Task
from redoubt.engine.guard.interface import Ids, Numbers, Tokens

IDS, MASK, TYPES = "input_ids", "attention_mask", "token_type_ids"
"""What such networks take; not all of them take all."""
OUTPUT = "logits"
_NUMBERS = {"tensor(int64)": np.int64, "tensor(int32)": np.int32}


@dataclass(frozen=True, slots=True)
class _Marks:
    """What stands before and behind every text."""

    before: Ids
    behind: Ids


class OnnxClassifier:
    """Runs such a network. Safe to use from many threads."""

    def __init__(
        self,
        network: bytes,
        tokenizer: bytes,
        folder: str,
        *,
        task: Task,
        labels: int,
        max_tokens: int,
        turns: Turns,
    ) -> None:
        """Open the network, which has so many ``labels``. Raises ConfigError, naming ``folder``, where it cannot be run."""
        self._turns = turns
        self._task = task
        self._labels = labels
        self._folder = folder
        self._compiled = _tokenizer(tokenizer, folder)
        self._marks = _marks(self._compiled)
        self.room = max_tokens - len(self._marks.before) - len(self._marks.behind)
        try:
            self._session = open_session(network)
        except Exception as error:  # ONNX Runtime's errors have no common base
            raise ConfigError(f"{folder}: model.onnx is not a network that ONNX Runtime can run") from error
        self._inputs = self._checked_inputs()
        for tokens in {1, 2, self.room}:
            try:
                self._run(np.full(tokens, self._an_id(), np.int64))
            except ServiceError as error:
                raise ConfigError(f"{folder}: model.onnx, asked about {tokens} tokens: {error}") from error

    def tokens(self, text: str) -> Tokens:
        """Return the tokens of ``text``. One character may be several; what stands for none has no length."""
        coded = self._compiled.encode(text, add_special_tokens=False)
        spans = np.array(coded.offsets, np.int64).reshape(-1, 2).clip(0, len(text))
        starts = np.maximum.accumulate(spans[:, 0])
        ends = np.maximum(np.maximum.accumulate(spans[:, 1]), starts)
        return Tokens(np.array(coded.ids, np.int64), starts, ends)

    def logits(self, ids: Ids) -> Numbers:
        """Return the logits of one window: of the passage, or of each of its tokens."""
        with self._turns.turn():
            return self._run(ids)

    def _run(self, ids: Ids) -> Numbers:
        before, behind = self._marks.before, self._marks.behind
        marked = np.concatenate([before, ids, behind])[None]
        fed = {IDS: marked, MASK: np.ones_like(marked), TYPES: np.zeros_like(marked)}
        feed = {name: fed[name].astype(number) for name, number in self._inputs.items()}
        try:
            (said,) = self._session.run([OUTPUT], feed)
        except Exception as error:  # as above; its message may hold what was fed
            raise ServiceError(f"the classifier failed ({type(error).__name__})") from error
        one: Numbers = np.asarray(said, np.float32)
        shape = (1, self._labels) if self._task is Task.SEQUENCE else (1, marked.shape[1], self._labels)
        if one.shape != shape or not np.isfinite(one).all():
            raise ServiceError(
                "the classifier gave no answer: its `logits` are not finite, or not one for each label"
            )
        return one[0] if self._task is Task.SEQUENCE else one[0, len(before) : len(before) + len(ids)]

    def _checked_inputs(self) -> dict[str, Any]:
        inputs = {i.name: _NUMBERS.get(i.type) for i in self._session.get_inputs()}
        known = inputs.keys() <= {IDS, MASK, TYPES} and None not in inputs.values()
        if not known or IDS not in inputs or OUTPUT not in {o.name for o in self._session.get_outputs()}:
            raise ConfigError(
                f"{self._folder}: model.onnx must take {IDS}, and perhaps {MASK} and {TYPES}, as integers, and give {OUTPUT}"
            )
        return inputs

    def _an_id(self) -> int:
        """Return some token that the network has surely seen."""
        ids = self._compiled.encode("a", add_special_tokens=False).ids
        return int(ids[0]) if ids else 0


def _tokenizer(data: bytes, folder: str) -> Compiled:
    try:
        compiled = Compiled.from_str(data.decode())
    except Exception as error:  # the package raises nothing narrower
        raise ConfigError(f"{folder}: tokenizer.json is not a tokenizer that can be read") from error
    compiled.no_padding()
    compiled.no_truncation()
    # A text that spells a mark must not become it.
    compiled.encode_special_tokens = True
    return compiled


def _marks(compiled: Compiled) -> _Marks:
    """Return the marks, as the tokenizer itself sets them around a word."""
    bare = compiled.encode("a", add_special_tokens=False).ids
    coded = compiled.encode("a", add_special_tokens=True)
    before = next((i for i, special in enumerate(coded.special_tokens_mask) if not special), len(coded.ids))
    behind = before + len(bare)
    return _Marks(np.array(coded.ids[:before], np.int64), np.array(coded.ids[behind:], np.int64))
