"""What others said about the log goes with it: cosignatures in the notes, timestamps beside them."""

import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from redoubt.adapters.evidence.bundle import verify_bundle, write_bundle
from redoubt.adapters.evidence.export import chosen, write_export
from redoubt.adapters.evidence.folder import verify_folder
from redoubt.adapters.evidence.layout import MAX_EARLIER
from redoubt.adapters.evidence.post import Poster
from redoubt.adapters.evidence.timestamp import TimestampOutlet
from redoubt.adapters.sql.database import open_database
from redoubt.domain.errors import InputError
from redoubt.domain.settings import Durability
from redoubt.services.audit.checkpoint import open_checkpoint
from redoubt.services.audit.cosignature import cosignatures
from redoubt.services.audit.proof_text import InclusionProof
from redoubt.services.audit.tree import leaf_hash, node_hash
from redoubt.services.audit.verifying import Witnessed
from tests.contract.test_proving import SIGNER, grow, notary
from tests.rogue import run
from tests.unit.adapters.evidence.authority import Authority
from tests.unit.adapters.evidence.test_outlets import listening, reply
from tests.unit.services.audit.witness import Witness
from tests.unit.surfaces.cli.rig import Cli

SCRIPT = Path(__file__).parents[4] / "docs" / "verify_log.py"


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Cli:
    return Cli(capsys, monkeypatch, tmp_path)


def silently(_done: int) -> None:
    """Nobody waits here either."""


def silent(_done: int, _of: int) -> None:
    """Nobody waits."""


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the program openssl")
def test_cosignatures_and_timestamps_are_given_out(cli: Cli, tmp_path: Path) -> None:
    authority, witness = Authority(tmp_path / "tsa"), Witness("witness.example/w", b"w" * 32)
    engine = open_database("", tmp_path, Durability.PROCESS)
    grow(engine, 6)

    async def work() -> None:
        asked = notary(engine, witnesses=(witness.vkey,))
        kept, _ = await asked.checkpoint()
        body = open_checkpoint(kept.signed, [SIGNER.vkey]).note.text
        await asked.cosign(6, witness.cosign(body, 1700))
        async with listening(lambda head, query: reply(200, authority.answer(query))) as (_, url):
            outlet = TimestampOutlet(Poster("timestamp_url", url), authority.roots, asked.checkpoints)
            await outlet.deliver(kept)
        grow(engine, 9)
        await write_export(asked, tmp_path / "log", start=0, texts=False, tell=silent)
        await write_bundle(asked, "ex_1", tmp_path / "case.zip", texts=True)

    run(work())
    engine.dispose()
    verdict = verify_folder(tmp_path / "log", SIGNER.vkey, (), silently, [witness.key])
    assert (verdict.fault, verdict.checkpoints) == (None, 2)
    assert verdict.witnessed == (Witnessed("witness.example/w", 6, 1700),)
    assert verify_bundle(tmp_path / "case.zip", SIGNER.vkey, [witness.key]).witnessed == verdict.witnessed
    stranger = Witness("witness.example/other", b"o" * 32).key
    for of in (
        verify_folder(tmp_path / "log", SIGNER.vkey, (), silently, [witness.key, stranger]),
        verify_bundle(tmp_path / "case.zip", SIGNER.vkey, [stranger]),
    ):
        assert of.fault is not None
        assert "cosigned by the witness witness.example/other" in of.fault.said
    (tmp_path / "w.pub").write_text(witness.vkey)
    (tmp_path / "log.pub").write_text(str(SIGNER.vkey))
    keys = ("--public-key", tmp_path / "log.pub", "--witness", tmp_path / "w.pub")
    shown = cli("audit", "verify", tmp_path / "log", *keys)
    assert (shown.code, "saw 6 entries on 1970-01-01 00:28:20 UTC" in shown.out) == (0, True)
    wrong = cli("audit", "verify", tmp_path / "log", *keys[:3], tmp_path / "log.pub")
    assert (wrong.code, "type 04" in wrong.err) == (2, True)
    note = open_checkpoint((tmp_path / "log" / "checkpoints" / "6").read_bytes(), [SIGNER.vkey]).note
    assert len(cosignatures(note.signatures, note.text, [witness.key])) == 1
    stamps = tmp_path / "log" / "timestamps"
    assert authority.verifies((stamps / "6.tsr").read_bytes(), (stamps / "6.checkpoint").read_bytes())
    with zipfile.ZipFile(tmp_path / "case.zip") as bundle:
        assert authority.verifies(bundle.read("timestamp.tsr"), bundle.read("timestamp.checkpoint"))
        stamped = open_checkpoint(bundle.read("checkpoint"), [SIGNER.vkey]).checkpoint
    assert stamped.size == 6, "a bundle is proven against the latest checkpoint that somebody stamped"


def test_of_very_many_checkpoints_some_are_chosen() -> None:
    sizes = list(range(1, 100_001))
    found = chosen(sizes)
    assert len(found) == MAX_EARLIER == len(set(found))
    assert found == sorted(found)
    assert found[0] == 1
    assert found[-MAX_EARLIER // 2 :] == sizes[-MAX_EARLIER // 2 :]
    assert chosen(sizes[:MAX_EARLIER]) == sizes[:MAX_EARLIER]


def test_what_a_file_manager_leaves_is_no_evidence(tmp_path: Path) -> None:
    engine = open_database("", tmp_path, Durability.PROCESS)
    grow(engine, 3)

    async def work() -> None:
        asked = notary(engine)
        await asked.checkpoint()
        grow(engine, 5)
        await write_export(asked, tmp_path / "log", start=0, texts=False, tell=silent)

    run(work())
    engine.dispose()
    (tmp_path / "log" / "checkpoints" / ".DS_Store").write_bytes(b"\x00")
    assert verify_folder(tmp_path / "log", SIGNER.vkey, (), lambda _: None).fault is None
    done = subprocess.run(
        [sys.executable, "-I", SCRIPT, tmp_path / "log", tmp_path / "log" / "public-key"],
        capture_output=True,
        check=False,
    )
    assert done.stdout == b"verified\n"
    (tmp_path / "log" / "checkpoints" / "4").write_bytes(b"forged")
    assert verify_folder(tmp_path / "log", SIGNER.vkey, (), lambda _: None).fault is not None


def bundled(tmp_path: Path, witness: Witness) -> Path:
    """A bundle of entries 2 and 3 of a log of 6, which a witness cosigned."""
    engine = open_database("", tmp_path, Durability.PROCESS)
    grow(engine, 6)

    async def work() -> None:
        asked = notary(engine, witnesses=(witness.vkey,))
        kept, _ = await asked.checkpoint()
        await asked.cosign(6, witness.cosign(open_checkpoint(kept.signed, [SIGNER.vkey]).note.text, 1700))
        await write_bundle(asked, "ex_1", tmp_path / "case.zip", texts=True)

    run(work())
    engine.dispose()
    return tmp_path / "case.zip"


def forged(bundle: Path, changes: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(bundle) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    path = bundle.with_name("forged.zip")
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in (files | changes).items():
            archive.writestr(name, data)
    return path


def test_a_bundle_is_of_the_log_that_the_witness_saw(tmp_path: Path) -> None:
    """Who has the log's key can sign a second log; its entries must not be shown under the first one's cosignature."""
    witness = Witness("witness.example/w", b"w" * 32)
    bundle = bundled(tmp_path, witness)
    assert verify_bundle(forged(bundle, {"sealed.jsonl": b""}), SIGNER.vkey, [witness.key]).fault is None
    bodies = [b'{"n":"made up"}', b'{"n":"this too"}']
    leaves = [leaf_hash(body) for body in bodies]
    left, middle = node_hash(b"a" * 32, b"b" * 32), node_hash(*leaves)
    note = bytes(SIGNER.sign(4, node_hash(left, middle)).note)
    changes = {
        "entries.jsonl": b"".join(body + b"\n" for body in bodies),
        "sealed.jsonl": b"",
        "proofs/2.tlog-proof": bytes(InclusionProof(2, (leaves[1], left), note)),
        "proofs/3.tlog-proof": bytes(InclusionProof(3, (leaves[0], left), note)),
    }
    fault = verify_bundle(forged(bundle, changes), SIGNER.vkey, [witness.key]).fault
    assert fault is not None
    assert (fault.kind, fault.index) == ("contradiction", 2)


def test_an_entry_is_not_shown_twice_under_two_spellings_of_its_number(tmp_path: Path) -> None:
    bundle = bundled(tmp_path, Witness("witness.example/w", b"w" * 32))
    with zipfile.ZipFile(bundle) as archive:
        proof, entries = archive.read("proofs/3.tlog-proof"), archive.read("entries.jsonl")
    twice = {"entries.jsonl": entries + b'{"n":3}\n', "proofs/03.tlog-proof": proof}
    path = forged(bundle, twice)
    with pytest.raises(InputError, match="no number"):
        verify_bundle(path, SIGNER.vkey)
    (tmp_path / "log.pub").write_text(str(SIGNER.vkey))
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path / "unpacked")
    for text in (proof, proof.replace(b"index 3", b"index 03")):
        (tmp_path / "unpacked" / "proofs" / "03.tlog-proof").write_bytes(text)
        done = subprocess.run(
            [sys.executable, "-I", SCRIPT, tmp_path / "unpacked", tmp_path / "log.pub"],
            capture_output=True,
            check=False,
        )
        assert (done.returncode, done.stdout[:8]) == (1, b""), done.stdout


@pytest.mark.parametrize(
    "change",
    [
        lambda line: line.replace(b'{"index', b'{"sealed":"ZXZpbA==","index'),
        lambda line: line.replace(b'{"index', b'{"why":1,"index'),
        lambda line: line.replace(b'":', b'": '),
        lambda line: line.replace(b'"}', b'"}\r'),
    ],
)
def test_a_line_with_an_encrypted_text_has_one_form(tmp_path: Path, change: Callable[[bytes], bytes]) -> None:
    bundle = bundled(tmp_path, Witness("witness.example/w", b"w" * 32))
    with zipfile.ZipFile(bundle) as archive:
        sealed = archive.read("sealed.jsonl")
    fault = verify_bundle(forged(bundle, {"sealed.jsonl": change(sealed)}), SIGNER.vkey).fault
    assert fault is not None
    assert "line 1 of sealed.jsonl" in fault.said
