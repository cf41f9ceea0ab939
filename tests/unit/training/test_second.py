"""What the network is shown a second time."""

import pytest

from tests.unit.training.rig import NEEDED, item, seeded, tokenizer

pytest.importorskip("torch", reason=NEEDED)

from redoubt.training.recipe import Second
from redoubt.training.second import second_pool
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
