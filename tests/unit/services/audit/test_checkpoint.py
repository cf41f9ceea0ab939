from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redoubt.services.audit.checkpoint import Checkpoint, Signer, open_checkpoint, parse_checkpoint
from redoubt.services.audit.cosignature import cosignatures
from redoubt.services.audit.note import parse_note, parse_signatures, parse_vkey, signers
from redoubt.services.audit.proof_text import InclusionProof, parse_proof

# A checkpoint of a public log with cosignatures of public witnesses (May 2026): its operator's key and one witness's are known.
LIVE = """\
arche2025h1.staging.ct.transparency.dev
1432088532
U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=

\u2014 arche2025h1.staging.ct.transparency.dev zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9pvsYLfQFX6hoGREPMHbdQ3urbllzalApkptQ\
IgIpwtEroeW2BXaHAI4kJXFbon5Ch9MNL5zRNZ55lvGt0=
\u2014 arche2025h1.staging.ct.transparency.dev ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC3NygNI75MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=
\u2014 transparency.dev/DEV:witness-little-garden 2AQqhwAAAABqEiEgzgFIqqhbUoDwjMWE6UP8nd8/KYTzwZ2rhIgcqoXHAwVkjZr4AscylP\
3v7sEodkRAErumC2q44vdgJY096st5BQ==
\u2014 witness1.smartit.nu/witness1 pIyCDwAAAABqEiEghIp82KWebrw7/oHQwlTAm3g2RKS4+eebl8eO0WH+/iEcxZ75W3u5hNI7TOQtmJbqmNWVuE0tgh0XwzdZsDsUAQ==
\u2014 remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5XeU/zZ0WBxtqB0DrAWfBw==
"""
LIVE_VKEY = "arche2025h1.staging.ct.transparency.dev+ba2f06c0+AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f"
REMORA = parse_vkey("remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2")
GARDEN = parse_vkey(
    "transparency.dev/DEV:witness-little-garden+d8042a87+BCtusOxINQNUTN5Oj8HObRkh2yHf/MwYaGX4CPdiVEPM"
)


def test_a_public_logs_checkpoint_and_its_cosignatures_verify() -> None:
    signed = open_checkpoint(LIVE.encode(), [parse_vkey(LIVE_VKEY)])
    assert signed.checkpoint.size == 1432088532
    found = cosignatures(signed.note.signatures, signed.note.text, [REMORA, GARDEN])
    assert [each.key.name for each in found] == [GARDEN.name, REMORA.name]
    assert {each.at for each in found} == {0x6A122120}


def test_a_cosignature_of_another_text_is_found_out() -> None:
    note = parse_note(LIVE.encode())
    with pytest.raises(ValueError, match=r"remora\.n621\.de is wrong"):
        cosignatures(note.signatures, note.text.replace("1432088532", "1432088531"), [REMORA])
    short = parse_signatures("\u2014 remora.n621.de 2net5wAAAABq\n")
    with pytest.raises(ValueError, match="is wrong"):
        cosignatures(short, note.text, [REMORA])
    assert cosignatures(note.signatures, note.text, []) == ()


def test_the_example_of_the_specification() -> None:
    """https://c2sp.org/tlog-checkpoint"""
    body = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    checkpoint = parse_checkpoint(body)
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert checkpoint.body() == body


def test_what_is_signed_opens_with_its_key_alone() -> None:
    signer, other = Signer(b"k" * 32), Signer(b"x" * 32)
    signed = signer.sign(3, b"r" * 32)
    assert signer.origin.startswith("redoubt.local/")
    assert bytes(signer.sign(3, b"r" * 32).note) == bytes(signed.note), "every gateway signs alike"
    assert open_checkpoint(bytes(signed.note), [signer.vkey]) == signed
    with pytest.raises(ValueError, match="none of the keys"):
        open_checkpoint(bytes(signed.note), [other.vkey])
    with pytest.raises(ValueError, match="without blanks"):
        Signer(b"k" * 32, "my log")


def test_a_key_speaks_for_its_own_log_alone() -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from redoubt.services.audit.note import sign

    signer = Signer(b"k" * 32, "logs.example/a")
    note = sign(
        Checkpoint("logs.example/b", 0, b"r" * 32).body(),
        "logs.example/a",
        Ed25519PrivateKey.from_private_bytes(b"k" * 32),
    )
    assert signers(note, [signer.vkey])
    with pytest.raises(ValueError, match="another log"):
        open_checkpoint(bytes(note), [signer.vkey])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a\n1\n",
        "a\n01\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "a\n-1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "a\n\u0661\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "a\n1\nCsUYapGG\n",
        "a\n1\n!\n",
        "\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\nx\n",
        "a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=",
        "a\n" + "9" * 19 + "\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
    ],
)
def test_what_is_no_checkpoint(text: str) -> None:
    with pytest.raises(ValueError, match=r"checkpoint|base64"):
        parse_checkpoint(text)


lines = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n"), min_size=1, max_size=9)


@given(lines, st.integers(0, 10**18 - 1), st.binary(min_size=32, max_size=32), st.lists(lines, max_size=2))
def test_what_is_written_is_read_back(origin: str, size: int, root: bytes, more: list[str]) -> None:
    checkpoint = Checkpoint(origin, size, root, tuple(more))
    assert parse_checkpoint(checkpoint.body()) == checkpoint


hashes = st.lists(st.binary(min_size=32, max_size=32), max_size=63).map(tuple)


@given(st.integers(0, 10**18 - 1), hashes, st.binary(max_size=40))
def test_proofs_are_read_back_and_extra_data_is_passed_over(
    index: int, found: tuple[bytes, ...], checkpoint: bytes
) -> None:
    proof = InclusionProof(index, found, checkpoint)
    assert parse_proof(bytes(proof)) == proof
    with_extra = bytes(proof).replace(b"index", b"extra QUJD\nindex", 1)
    assert parse_proof(with_extra) == proof


@given(st.binary(max_size=120) | st.text(max_size=60).map(lambda t: b"c2sp.org/tlog-proof@v1\n" + t.encode()))
def test_any_bytes_are_a_proof_or_a_clear_error(data: bytes) -> None:
    with suppress(ValueError):
        assert parse_proof(bytes(parse_proof(data))) == parse_proof(data)
