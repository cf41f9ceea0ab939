"""The vectors are those of the specification and of the reference implementation."""

from contextlib import suppress

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from redoubt.services.audit.note import (
    MAX_NOTE,
    MAX_SIGNATURES,
    from_base64,
    parse_note,
    parse_vkey,
    sign,
    signers,
)

# https://pkg.go.dev/golang.org/x/mod/sumdb/note, the example of its documentation.
GO_SKEY = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
GO_VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_TEXT = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
)
GO_LINE = "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
# sumdb/note/note_test.go: a second signer of the same text.
ENOCH_VKEY = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
ENOCH_LINE = "\u2014 EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"
# https://c2sp.org/signed-note, "Verifier keys", the example.
SPEC_VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
SPEC_NOTE = (
    "This is an example message.\n\n"
    "\u2014 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)
GO_NOTE = f"{GO_TEXT}\n{GO_LINE}".encode()


def test_the_reference_implementations_note_comes_out_byte_for_byte() -> None:
    key = Ed25519PrivateKey.from_private_bytes(from_base64(GO_SKEY)[1:])
    assert bytes(sign(GO_TEXT, "PeterNeumann", key)) == GO_NOTE


@pytest.mark.parametrize(
    ("vkey", "note"),
    [
        (GO_VKEY, GO_NOTE),
        (SPEC_VKEY, SPEC_NOTE.encode()),
        (ENOCH_VKEY, f"{GO_TEXT}\n{GO_LINE}{ENOCH_LINE}".encode()),
    ],
)
def test_published_notes_verify(vkey: str, note: bytes) -> None:
    key = parse_vkey(vkey)
    assert str(key) == vkey
    parsed = parse_note(note)
    assert bytes(parsed) == note
    assert signers(parsed, [key]) == (key,)


def test_several_keys_and_strangers() -> None:
    peter, enoch, other = map(parse_vkey, (GO_VKEY, ENOCH_VKEY, SPEC_VKEY))
    both = parse_note(f"{GO_TEXT}\n{ENOCH_LINE}{GO_LINE}".encode())
    assert signers(both, [peter, enoch]) == (enoch, peter)
    assert signers(both, [peter]) == (peter,), "a stranger's line is passed over"
    with pytest.raises(ValueError, match="none of the keys"):
        signers(both, [other])


def test_a_wrong_signature_of_a_known_key_spoils_the_note() -> None:
    peter, enoch = parse_vkey(GO_VKEY), parse_vkey(ENOCH_VKEY)
    changed = GO_TEXT.replace("answer", "Answer")
    note = parse_note(f"{changed}\n{GO_LINE}{ENOCH_LINE}".encode())
    with pytest.raises(ValueError, match="PeterNeumann is wrong"):
        signers(note, [peter, enoch])


def test_every_flipped_bit_is_found() -> None:
    key = parse_vkey(GO_VKEY)
    for bit in range(len(GO_NOTE) * 8):
        changed = bytearray(GO_NOTE)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(ValueError, match=r"note|signature|base64"):
            signers(parse_note(bytes(changed)), [key])


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no signature"),
        (b"a\n", "no signature"),
        (b"\n\n\n", "no signature"),
        (GO_NOTE[:-1], "no signature"),
        (b"a\n\nb\n", "a dash, a name"),
        (GO_NOTE.replace(b"\n", b"\r\n"), "control"),
        (b"\xff" + GO_NOTE, "UTF-8"),
        (b"a" * (MAX_NOTE + 1), "longer than"),
        (f"{GO_TEXT}\n{GO_LINE * (MAX_SIGNATURES + 1)}".encode(), "more than"),
        ("a\n\n\u2014 a  AAAAAAAA\n".encode(), "base64"),
        ("a\n\n\u2014 a AAAAAA==\n".encode(), "too short"),
        ("a\n\n\u2014 a+b AAAAAAAA\n".encode(), "a dash, a name"),
    ],
)
def test_what_is_no_note(data: bytes, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parse_note(data)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "NAME"),
        ("a+b", "NAME"),
        (GO_VKEY.replace("c7", "c8"), "damaged"),
        (GO_VKEY.replace("c7", "C7"), "damaged"),
        (GO_VKEY.replace("PeterNeumann", "Peter Neumann"), "NAME"),
        (GO_VKEY[:-4], "kind"),
        (GO_VKEY[:-1] + "=", "base64"),
    ],
)
def test_what_is_no_verifier_key(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parse_vkey(text)


@pytest.mark.parametrize(
    ("text", "name"), [("a", "n"), ("a\r\n", "n"), ("a\n", ""), ("a\n", "n n"), ("a\n", "n+")]
)
def test_what_cannot_be_signed(text: str, name: str) -> None:
    with pytest.raises(ValueError, match="must end in a newline"):
        sign(text, name, Ed25519PrivateKey.from_private_bytes(b"k" * 32))


@given(st.binary(max_size=200) | st.binary(max_size=80).map(lambda tail: GO_NOTE + tail))
def test_any_bytes_are_a_note_or_a_clear_error(data: bytes) -> None:
    with suppress(ValueError):
        assert bytes(parse_note(data)) == data


@given(st.text(max_size=120))
def test_any_text_is_a_verifier_key_or_a_clear_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"verifier key|base64"):
        parse_vkey(text)
