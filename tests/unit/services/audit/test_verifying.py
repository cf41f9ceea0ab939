"""Every way to meddle with an export is found, and told by the entry where that can be told."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redoubt.domain.evidence import Entry
from redoubt.services.audit.canonical import canonical
from redoubt.services.audit.checkpoint import Signer
from redoubt.services.audit.proofs import perfect
from redoubt.services.audit.tree import Frontier, Growing, leaf_hash, node_hash
from redoubt.services.audit.verifying import Exported, FaultError, Verdict, form_of, verify
from tests.unit.services.audit.witness import Witness

SIGNER = Signer(b"k" * 32, "logs.example/a")
SIZE = 40
SEALED = [b"" if n % 3 else b"ciphertext %d" % n for n in range(SIZE)]
BODIES = [
    canonical(Entry(f"ex_{n}", "prompt", 1000.0 + n, "key_a", "shop", "t", f"s{n}", "allow"), SEALED[n])
    for n in range(SIZE)
]
LEAVES = [leaf_hash(body) for body in BODIES]
TEXTS = [(n, sealed) for n, sealed in enumerate(SEALED) if sealed]


def note(size: int, bodies: list[bytes] = BODIES, signer: Signer = SIGNER) -> bytes:
    tree = Frontier()
    for body in bodies[:size]:
        tree = tree.append(leaf_hash(body))
    return bytes(signer.sign(size, tree.root()).note)


GOOD = Exported(
    note(SIZE),
    [("checkpoints/8", note(8)), ("checkpoints/21", note(21))],
    BODIES,
    lambda: iter(LEAVES),
    TEXTS,
)


def checked(**changes: object) -> Verdict:
    return verify(replace(GOOD, **changes), SIGNER.vkey)  # type: ignore[arg-type]


def found(**changes: object) -> tuple[str, int | None, int | None]:
    fault = checked(**changes).fault
    assert fault is not None, "nothing was found"
    return fault.kind, fault.index, fault.last


def test_a_good_export() -> None:
    told: list[int] = []
    assert verify(GOOD, SIGNER.vkey, told.append) == Verdict("logs.example/a", SIZE, 0, SIZE, len(TEXTS), 3)
    assert told
    assert checked(sealed=()).fault is None, "texts may stay at home"
    assert checked(leaves=None).fault is None
    assert verify(Exported(note(0)), SIGNER.vkey).fault is None, "an empty log"


def changed(index: int, body: bytes) -> list[bytes]:
    return [*BODIES[:index], body, *BODIES[index + 1 :]]


@given(st.integers(0, SIZE - 1), st.data())
def test_a_flipped_bit_is_found_where_it_is(index: int, data: st.DataObject) -> None:
    body = bytearray(BODIES[index])
    bit = data.draw(st.integers(0, len(body) * 8 - 1))
    body[bit // 8] ^= 1 << bit % 8
    assert found(entries=changed(index, bytes(body))) == ("changed", index, None)
    without = found(entries=changed(index, bytes(body)), leaves=None)
    assert without[0] in ("form", "changed", "text")
    assert without[1] is not None
    assert without[1] <= index <= (without[2] or index)


def test_removed_swapped_and_truncated() -> None:
    assert found(entries=BODIES[:9] + BODIES[10:]) == ("removed", 9, None)
    assert found(entries=[*BODIES[:9], BODIES[10], BODIES[9], *BODIES[11:]]) == ("swapped", 9, None)
    assert found(entries=[*BODIES[:9], BODIES[30], *BODIES[10:30], BODIES[9], *BODIES[31:]]) == (
        "changed",
        9,
        None,
    )
    assert found(entries=BODIES[:30]) == ("truncated", 30, 39)
    assert found(entries=[*BODIES, BODIES[0]]) == ("unvouched", 40, None)
    # Cut off together with its checkpoint: an earlier copy of a later checkpoint gives it away.
    cut = {"latest": note(30), "entries": BODIES[:30], "leaves": lambda: iter(LEAVES[:30]), "sealed": ()}
    assert checked(**cut).fault is None
    later = [("mine.checkpoint", note(SIZE))]
    assert found(**cut, earlier=later) == ("truncated", 30, 39)


def test_without_leaves_the_place_is_told_between_two_checkpoints() -> None:
    other = BODIES[12].replace(b"key_a", b"key_b")
    assert found(entries=changed(12, other), leaves=None) == ("changed", 8, 20)
    removed = BODIES[:9] + BODIES[10:]
    assert found(entries=removed, leaves=None, sealed=()) == ("changed", 8, 20)
    assert found(entries=removed, leaves=None) == ("text", 9, None), "the texts tell it more exactly"


def test_forged_leaves_accuse_nobody_and_hide_nothing() -> None:
    other = BODIES[12].replace(b"key_a", b"key_b")
    forged = [*LEAVES[:12], leaf_hash(other), *LEAVES[13:]]
    assert checked(leaves=lambda: iter(forged)).fault is None, "the entries are good whatever the list says"
    assert checked(leaves=lambda: iter(LEAVES[:5])).fault is None
    assert found(entries=changed(12, other), leaves=lambda: iter(forged)) == ("changed", 8, 20)


def test_a_log_rewritten_and_signed_anew_contradicts_an_earlier_checkpoint() -> None:
    other = changed(3, BODIES[3].replace(b"key_a", b"key_b"))
    leaves = [leaf_hash(body) for body in other]
    rewritten = {"latest": note(SIZE, other), "entries": other, "leaves": lambda: iter(leaves)}
    assert found(**rewritten) == ("contradiction", 0, 7)
    assert found(earlier=[("a", note(8)), ("b", note(8, other))])[0] == "contradiction"


def test_signatures() -> None:
    stranger = Signer(b"x" * 32, "logs.example/a")
    assert found(latest=note(SIZE, signer=stranger)) == ("signature", None, None)
    assert found(earlier=[("old", note(8, signer=stranger))]) == ("signature", None, None)
    assert found(latest=b"nonsense") == ("signature", None, None)
    assert found(latest=note(SIZE).replace(b"\n40\n", b"\n41\n")) == ("signature", None, None)


def test_texts() -> None:
    assert found(sealed=[(0, b"another"), *TEXTS[1:]]) == ("text", 0, None)
    assert found(sealed=[*TEXTS, (50, b"x")]) == ("text", 50, None)
    assert found(sealed=[TEXTS[1], TEXTS[0]]) == ("text", 0, None)
    assert found(sealed=[(1, b"a text where there was none")]) == ("text", 1, None)
    assert checked(sealed=TEXTS[2:]).texts == len(TEXTS) - 2


def test_what_cannot_even_be_read_as_texts_is_a_fault_from_the_first_line_on() -> None:
    def broken() -> Iterator[tuple[int, bytes]]:
        raise FaultError("text", "line 1 is no encrypted text")
        yield

    assert found(sealed=broken()) == ("text", None, None)


def hash_of(subtree: tuple[int, int]) -> bytes:
    level, place = subtree
    if level == 0:
        return LEAVES[place]
    return node_hash(hash_of((level - 1, 2 * place)), hash_of((level - 1, 2 * place + 1)))


@pytest.mark.parametrize("start", [1, 8, 13, 39, 40])
def test_an_export_that_begins_later(start: int) -> None:
    part = {
        "entries": BODIES[start:],
        "leaves": lambda: iter(LEAVES[start:]),
        "sealed": [text for text in TEXTS if text[0] >= start],
        "start": start,
        "before": [hash_of(subtree) for subtree in perfect((0, start))],
    }
    verdict = checked(**part)
    assert verdict.fault is None
    assert verdict.entries == SIZE - start
    assert len(verdict.skipped) == sum(size < start for size in (8, 21))
    assert verdict.checkpoints == 3 - len(verdict.skipped)
    assert checked(**part | {"before": [b"x" * 32] * len(perfect((0, start)))}).fault is not None


def test_a_witness_of_what_cannot_be_compared_is_none() -> None:
    """What it cosigned may be another log with the same key: nothing ties the entries that are here to it."""
    witness = Witness("witness.example/w", b"w" * 32)
    old, start = note(8), 13
    cosigned = old + witness.cosign(old.decode().split("\n\n")[0] + "\n", 1700).encode()
    part = {
        "entries": BODIES[start:],
        "leaves": None,
        "sealed": (),
        "start": start,
        "before": [hash_of(subtree) for subtree in perfect((0, start))],
        "earlier": [("checkpoints/8", cosigned)],
    }
    fault = verify(replace(GOOD, **part), SIGNER.vkey, witnesses=[witness.key]).fault  # type: ignore[arg-type]
    assert fault is not None
    assert "cosigned by the witness" in fault.said
    whole = replace(GOOD, earlier=part["earlier"])  # type: ignore[arg-type]
    assert verify(whole, SIGNER.vkey, witnesses=[witness.key]).witnessed[0].size == 8


def test_a_start_that_cannot_be() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        Growing(3, [b"x" * 32])
    assert found(start=64, before=[b"x" * 32], entries=(), sealed=())[0] == "truncated"


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"b":1,"a":1}', b'{"a": 1}', b'{"a":1,"a":1}', b"\xff", b"[" * 100_000]
)
def test_what_is_not_canonical(body: bytes) -> None:
    assert form_of(body) is None
    bodies = changed(5, body)
    assert found(entries=bodies, latest=note(SIZE, bodies), leaves=None, earlier=()) == ("form", 5, None)


@given(st.lists(st.binary(max_size=30) | st.sampled_from(BODIES), max_size=6), st.binary(max_size=200))
def test_anything_is_a_verdict(bodies: list[bytes], latest: bytes) -> None:
    assert verify(Exported(latest, (), bodies), SIGNER.vkey).fault is not None
