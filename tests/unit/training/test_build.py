"""End to end: from examples to weights that run time opens."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from redoubt.domain.errors import ConfigError
from tests.unit.training.rig import NEEDED, TINY_RECIPE, data_folder

pytest.importorskip("torch", reason=NEEDED)
pytest.importorskip("onnx", reason=NEEDED)

from redoubt import compose
from redoubt.adapters.runtimes.load import load_guard
from redoubt.domain.exchange import Segment
from redoubt.training import recipe
from redoubt.training.build import Built, Stage
from redoubt.training.release import write
from tests.guard import no_views
from tests.unit.training.torch_rig import write_base


@pytest.fixture(autouse=True)
def _tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recipe, "SMALL", TINY_RECIPE)


def _built(base: Path, folder: Path | None = None, *, told: list[Stage] | None = None) -> Built:
    tell = (told if told is not None else []).append
    return compose.train(folder, base=base, small=True, seed=1, threads=1, epochs=1, tell=tell)


def test_from_a_data_folder_to_a_guard(tmp_path: Path) -> None:
    folder, out = data_folder(tmp_path / "data", held_out=True), tmp_path / "out"
    told: list[Stage] = []
    built = _built(write_base(tmp_path), folder, told=told)
    key = Ed25519PrivateKey.generate()
    write(out, built.files, built.described, key)
    guard = load_guard(out, no_views, key=key.public_key().public_bytes_raw())
    guard.detect(Segment("anything at all"))
    assert guard.metadata.training_data == recipe.digest(folder)
    assert guard.metadata.version == built.version
    assert list(dict.fromkeys(stage.name for stage in told)) == [
        *(
            "gathering",
            "encoding",
            "teaching",
            "training",
            "attacking",
            "training again",
            "calibrating",
            "judging",
        ),
    ]
    assert set(built.examples) == set(built.losses) == {"user", "external", "harm", "names"}
    assert [round_.tried for round_ in built.rounds] == [3, 3]
    assert built.held_out
    assert {(f.head, f.zone) for f in built.figures.judged} == {("attack", "user")}
    card = built.files["MODEL_CARD.md"].decode()
    assert "sources that nothing was trained on" in card
    assert "surge-ai/toxicity" in card
    assert "apart" not in card.split("## What it was trained on")[1]


def test_what_may_not_be_trained_on_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="licence forbids"):
        _built(write_base(tmp_path), data_folder(tmp_path / "data_nc"))
