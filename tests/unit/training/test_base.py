"""What training starts from."""

from pathlib import Path

import pytest

from redoubt.domain.errors import ConfigError
from tests.unit.training.rig import NEEDED, vocabulary

pytest.importorskip("torch", reason=NEEDED)
pytest.importorskip("safetensors", reason=NEEDED)

import torch

from redoubt.training import base as bases
from redoubt.training.base import load_base, packaged
from tests.guard import DATA
from tests.unit.training.torch_rig import INNER, base_tensors, write_base


def test_a_base_from_a_file(tmp_path: Path) -> None:
    base = load_base(write_base(tmp_path))
    assert (base.vocabulary, base.inner) == (len(vocabulary()), INNER)
    assert torch.equal(
        base.tensors["encoder.layer.3.output.dense.bias"], base_tensors()["encoder.layer.3.output.dense.bias"]
    )
    assert base.name == "an encoder of the trainer's choice"


def test_a_base_that_lacks_something_or_is_too_narrow_is_refused(tmp_path: Path) -> None:
    less = base_tensors()
    del less["encoder.layer.5.output.dense.bias"]
    with pytest.raises(ConfigError, match=r"has no encoder\.layer\.5\.output\.dense\.bias"):
        load_base(write_base(tmp_path / "less", less))
    with pytest.raises(ConfigError, match="is 24 wide"):
        load_base(write_base(tmp_path / "narrow", base_tensors(24)))


def test_files_that_are_none(tmp_path: Path) -> None:
    path = write_base(tmp_path)
    path.with_name("tokenizer.json").write_text("{}")
    with pytest.raises(ConfigError, match=r"tokenizer\.json: not a tokenizer"):
        load_base(path)
    path.with_name("tokenizer.json").write_text((DATA / "tokenizer.json").read_text())
    with pytest.raises(ConfigError, match=r"must be the tokens 101 and 102"):
        load_base(path)
    path.write_bytes(b"none")
    with pytest.raises(ConfigError, match=r"model\.safetensors: not a safetensors file"):
        load_base(path)
    with pytest.raises(ConfigError, match=r"none\.safetensors: not a safetensors file"):
        load_base(tmp_path / "none.safetensors")


def test_the_package_must_be_there_and_hold_the_file_that_was_expected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bases, "PACKAGE", "a_base_for_tests")
    with pytest.raises(ConfigError, match=r"pip install 'redoubt-ai\[train\]'"):
        packaged()
    write_base(tmp_path / "a_base_for_tests" / "model")
    (tmp_path / "a_base_for_tests" / "__init__.py").write_text("raise RuntimeError('nobody asked for this')")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ConfigError, match="is not the file that was expected"):
        packaged()
    digest = load_base(tmp_path / "a_base_for_tests" / "model" / "model.safetensors").digest
    monkeypatch.setattr(bases, "DIGEST", digest)
    assert packaged().name == "all-MiniLM-L6-v2 (Apache-2.0)"
