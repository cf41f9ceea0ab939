"""What the network is shown a second time."""

from pathlib import Path

import pytest

from tests.unit.training.rig import NEEDED, data_folder, item, seeded, tokenizer

pytest.importorskip("torch", reason=NEEDED)

from redoubt.training.recipe import Second, is_kept_back, kept_back
from redoubt.training.second import second_pool, trial
from tests.unit.training.torch_rig import network

AMOUNTS = Second({"external": 5, "user": 3}, changed=20, again=6)


def test_new_examples_and_a_share_of_what_was_seen() -> None:
    seen = [item(task, 9, n % 2, text=f"seen {task} {n}") for task in ("user", "names") for n in range(9)]
    seen += [item("external", 9, 0, text=f"mail {a}{b} 0") for a in "abcdef" for b in "abcde"]
    got = second_pool(network(), seen, AMOUNTS, tokenizer(), seeded())
    again = [i for i in got if any(i is one for one in seen)]
    assert len(again) == 6
    assert all(i.task != "external" for i in again)
    ours = [i for i in got if i.source.startswith("generated")]
    assert sorted(i.task for i in ours) == ["external"] * 5 + ["user"] * 3


def test_without_a_second_run_there_is_nothing_to_show() -> None:
    assert second_pool(network(), [item("user", 9)], None, tokenizer(), seeded()) == []


def test_it_is_tried_with_prompts_that_it_is_never_shown(tmp_path: Path) -> None:
    folder = data_folder(tmp_path)
    unseen = kept_back(folder)
    assert unseen
    assert all(is_kept_back(example.text) for example in unseen)
    assert {example.zone.value for example in unseen} == {"user"}
    for where in (folder, None):
        tried = trial(AMOUNTS, where, tokenizer(), seeded())
        assert sorted(i.label for i in tried) == [0] * 5 + [1] * 5
        assert {i.task for i in tried} == {"user"}
    assert trial(None, folder, tokenizer(), seeded()) == []
