"""What the tests of training share. Nothing in here needs torch."""

import gzip
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from redoubt.training.dataset import Item
from redoubt.training.recipe import Measured, Recipe, Second

NEEDED = "TRAINING IS NOT TESTED HERE: it needs torch, onnx and safetensors: pip install 'redoubt-ai[train]'"
"""Why a test of training was skipped."""

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"


def seeded(seed: int = 7) -> Random:
    """Return randomness that is the same every time."""
    return Random(seed)  # noqa: S311


def vocabulary() -> list[str]:
    """Return single letters, with the marks where BERT has them."""
    return [
        "[PAD]",
        *(f"[unused{n}]" for n in range(99)),
        "[UNK]",
        "[CLS]",
        "[SEP]",
        *LETTERS,
        *(f"##{c}" for c in LETTERS),
        *".,:;!?-'\"()/@#",
    ]


def tokenizer() -> Tokenizer:
    """Return a tokenizer whose pieces are letters."""
    made = Tokenizer(models.WordPiece({t: i for i, t in enumerate(vocabulary())}, unk_token="[UNK]"))
    made.normalizer = normalizers.BertNormalizer(lowercase=True)
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return made


def item(task: str, size: int, label: int = 0, **more: Any) -> Item:
    """Return an item of ``size`` tokens."""
    ids = np.arange(103, 103 + size, dtype=np.int32) % 60 + 103
    whole = np.zeros(size, np.int32) if task == "external" else None
    fields: dict[str, Any] = {
        "kind": -100, "tokens": None, "harms": None, "source": "s", "text": "x", "sentences": whole,
    }  # fmt: skip
    return Item(task=task, ids=ids, cases=np.ones(size, np.int32), label=label, **fields | more)


def write_rows(path: Path, rows: Iterable[Mapping[str, object]]) -> None:
    """Write a file of the data folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress("".join(json.dumps(row) + "\n" for row in rows).encode()))


def data_folder(folder: Path, *, held_out: bool = False) -> Path:
    """Write a data folder with a few rows in every file."""
    words = [f"{a}{b}" for a in LETTERS[:12] for b in LETTERS[:5]]

    def attack(name: str, kind: str, label: int, source: str = "place@1 part") -> list[dict[str, object]]:
        return [
            {"text": f"{name} {word} {label}", "label": label, "kind": kind, "source": source, "lang": "en"}
            for word in words
        ]

    files: dict[str, list[dict[str, object]]] = {
        "injection_train": attack("inj", "direct_injection", 1) + attack("inj", "question", 0),
        "injection_task_drift": attack("drift", "indirect_task_drift", 1),
        "attacks_real": attack("real", "jailbreak", 1),
        "benign_hard": attack("hard", "role_prompt", 0),
        "chat_benign_real": attack("chat", "instruction", 0),
        "external_benign": attack("mail", "email", 0),
        "toxicity_train": [
            {"text": f"toxic {word}", "labels": {"toxicity": n % 2}, "source": "surge-ai/toxicity@1"}
            for n, word in enumerate(words)
        ],
        "harmful_behaviours": [
            {
                "text": f"how to {word}",
                "label": 1,
                "category": "",
                "source": "sherdencooper/GPTFuzz@1 questions",
            }
            for word in words
        ],
        "ner_train": [
            {
                "text": f"Anna {word.title()} came",
                "spans": [{"start": 0, "end": 7, "type": "PERSON"}],
                "source": "juand-r/x@1",
                "lang": "en",
            }
            for word in words
        ],
        "grounding_train": [
            {"answer": f"A quiet answer of forty characters or more: {word}", "lang": "en", "source": "wow@1"}
            for word in words
        ],
    }
    for name, rows in files.items():
        write_rows(folder / f"{name}.jsonl.gz", rows)
    if held_out:
        source = "apart@1"
        write_rows(folder / "attacks_real_nc.jsonl.gz", attack("apart", "jailbreak", 1, source))
        write_rows(folder / "chat_benign_real_nc.jsonl.gz", attack("calm", "instruction", 0, source))
    return folder


TINY_RECIPE = Recipe(
    generated={"user": 24, "external": 12, "harm": 24, "names": 16},
    measured=Measured({"user": 24, "external": 24, "harm": 36, "names": 12}, 6, 6, 6, 6, 6, 6, held_out=12),
    second=Second({"external": 4, "user": 4}, changed=12, again=8),
    planted=4,
    most=4,
    outside=3,
)
"""As `redoubt.training.recipe.SMALL`, and fewer."""
