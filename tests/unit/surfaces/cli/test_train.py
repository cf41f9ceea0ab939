"""`redoubt train`."""

import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from redoubt.adapters.runtimes.weights import open_weights
from redoubt.domain.errors import ConfigError
from redoubt.training import recipe
from tests.unit.surfaces.cli.rig import Cli
from tests.unit.training.rig import NEEDED, TINY_RECIPE


def test_weights_that_are_opened_with_the_key_beside_them(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("torch", reason=NEEDED)
    pytest.importorskip("onnx", reason=NEEDED)
    from tests.unit.training.torch_rig import write_base

    monkeypatch.setattr(recipe, "SMALL", TINY_RECIPE)
    base = write_base(Path("base"))
    common = ("train", "--small", "--base", base, "--threads", "1", "--seed", "3", "--out")
    ran = cli(*common, "weights")
    assert (ran.code, "on texts that were not trained on" in ran.out) == (0, True), ran.err
    assert "after the first run" in ran.out
    assert "at the end" in ran.out
    assert {path.name for path in Path("weights").iterdir()} == {
        *("guard.onnx", "tokenizer.json", "guard.json", "guard.sig", "MODEL_CARD.md", "signer.pub"),
    }
    with pytest.raises(ConfigError, match="its signature is not ours"):
        open_weights(Path("weights"))
    open_weights(Path("weights"), bytes.fromhex(Path("weights/signer.pub").read_text()))
    Path("key.hex").write_text(bytes(range(32)).hex())
    assert cli(*common, "signed", "--sign-key", "key.hex").code == 0
    for name in ("guard.onnx", "tokenizer.json", "guard.json", "MODEL_CARD.md"):
        same = Path("signed", name).read_bytes() == Path("weights", name).read_bytes()
        assert same, f"{name}: the same seed gives the same bytes"
    ours = Ed25519PrivateKey.from_private_bytes(bytes(range(32))).public_key().public_bytes_raw()
    assert Path("signed/signer.pub").read_text().strip() == ours.hex()


def test_misuse(cli: Cli) -> None:
    assert "--data" in cli("train", "--out", "weights").err
    assert cli("train", "--out", "weights").code == 2
    assert cli("train", "--small").code == 2


def test_a_key_that_is_none_stops_it_before_anything_is_made(cli: Cli) -> None:
    Path("key.hex").write_text("short")
    ran = cli("train", "--small", "--out", "weights", "--sign-key", "key.hex")
    assert (ran.code, "64 hexadecimal digits" in ran.err) == (3, True)
    assert not Path("weights").exists()


@pytest.mark.parametrize("module", ["torch", "safetensors", "onnx"])
def test_where_the_extra_is_missing_it_is_said_what_to_install(tmp_path: Path, module: str) -> None:
    code = (
        f"import sys; sys.modules[{module!r}] = None; from redoubt.surfaces.cli.main import main; "
        "sys.exit(main(['train', '--small', '--out', 'weights']))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
    )
    assert (ran.returncode, "pip install 'redoubt-ai[train]'" in ran.stderr) == (3, True), ran.stderr
