"""A gateway signs what it recorded, proves it to whoever may ask, and says loudly when the log was meddled with."""

import shutil
import sqlite3
from pathlib import Path
from typing import Any

import httpx2
import pytest

from redoubt import compose
from redoubt.services.audit.checkpoint import open_checkpoint
from redoubt.services.audit.note import parse_vkey
from redoubt.services.audit.proof_text import parse_proof
from redoubt.services.audit.proofs import extends, includes
from tests.e2e.process import Installation, Process, install
from tests.e2e.rig import Door


def get(door: Door, path: str, key: str = "", **query: Any) -> httpx2.Response:
    headers = {"authorization": f"Bearer {key or door.admin}"}
    return httpx2.get(f"{door.url}/redoubt/v1/audit/{path}", params=query, headers=headers)


def chat(url: str, key: str) -> str:
    body = {"model": "practice-1", "messages": [{"role": "user", "content": "What do you sell?"}]}
    headers = {"authorization": f"Bearer {key}"}
    reply = httpx2.post(f"{url}/v1/chat/completions", json=body, headers=headers)
    assert reply.status_code == 200
    return reply.headers["x-redoubt-exchange"]


def test_checkpoint_proofs_and_consistency(door: Door) -> None:
    exchange = chat(door.url, door.key)
    listed = get(door, "proof", exchange=exchange).json()["proofs"]
    assert len(listed) == 2, "the prompt's entry, and the answer's"
    described = get(door, "checkpoint").json()
    key = parse_vkey(described["vkey"])
    latest = open_checkpoint(described["note"].encode(), [key]).checkpoint
    assert (latest.size, latest.root.hex()) == (described["size"], described["root"])
    leaves = {entry.receipt.index: entry.receipt.leaf for entry in door.entries(exchange)}
    for item in listed:
        proof = parse_proof(item["proof"].encode())
        signed = open_checkpoint(proof.checkpoint, [key]).checkpoint
        assert includes(leaves[proof.index], proof.index, signed.size, proof.hashes, signed.root)
    one = get(door, "proof", index=listed[0]["index"]).json()["proofs"]
    assert one == listed[:1]
    sizes: dict[str, Any] = {"from": 1, "to": latest.size}
    grown = get(door, "consistency", **sizes).json()
    hashes = [bytes.fromhex(each) for each in grown["hashes"]]
    before, after = bytes.fromhex(grown["from_root"]), bytes.fromhex(grown["to_root"])
    assert after == latest.root
    assert extends(1, before, latest.size, after, hashes)


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("proof", {}, 400),
        ("proof", {"index": 1, "exchange": "ex_1"}, 400),
        ("proof", {"index": 10**9}, 400),
        ("proof", {"index": "-1"}, 400),
        ("proof", {"exchange": "ex_nobody"}, 200),
        ("consistency", {}, 400),
        ("consistency", {"from": 10**9}, 400),
        ("consistency", {"from": 1, "to": 0}, 400),
    ],
)
def test_what_cannot_be_asked(door: Door, path: str, query: dict[str, Any], status: int) -> None:
    assert get(door, path, **query).status_code == status


def test_who_may_ask(door: Door) -> None:
    for path in ("checkpoint", "proof", "consistency"):
        assert get(door, path, door.key).status_code == 403
        assert get(door, path, "rdt_nobody").status_code == 401


def test_a_strangers_cosignature_is_not_taken(door: Door) -> None:
    size = get(door, "checkpoint").json()["size"]
    for body in ({"size": size, "lines": "x\n"}, {"size": size + 10**6, "lines": "x\n"}, {"size": size}):
        reply = httpx2.post(
            f"{door.url}/redoubt/v1/audit/cosignatures",
            json=body,
            headers={"authorization": f"Bearer {door.admin}"},
        )
        assert reply.status_code == 400


CONFIG = """
[server]
port = 0
[store]
data_dir = "DATA"
[audit]
origin = "logs.example/shop"
checkpoint_seconds = 0.05
checkpoint_dir = "checkpoints"
"""


@pytest.fixture
def place(tmp_path: Path) -> Installation:
    return install(tmp_path, CONFIG)


def sizes(place: Installation) -> list[int]:
    return sorted(int(path.name) for path in (place.folder / "checkpoints").iterdir())


def test_a_gateway_signs_what_it_recorded_when_it_stops(place: Installation) -> None:
    key = place.new_key()
    running = Process(place)
    for _ in range(3):
        chat(running.url, key)
    assert running.stop() == 0
    assert sizes(place)[-1] == 6
    signer = compose.notary(
        place.settings,
        keys := compose.keyring(place.settings, {}),
        stores := compose.stores(place.settings, keys),
    )
    note = (place.folder / "checkpoints" / f"{6:012}").read_bytes()
    assert open_checkpoint(note, [signer.vkey]).checkpoint.origin == "logs.example/shop"
    stores.dispose()


def test_a_database_of_yesterday_is_given_away_by_the_folder(place: Installation) -> None:
    key = place.new_key()
    running = Process(place)
    chat(running.url, key)
    running.stop()
    shutil.copytree(place.folder / "data", place.folder / "yesterday")
    running = Process(place)
    chat(running.url, key)
    running.stop()
    before = sizes(place)
    shutil.rmtree(place.folder / "data")
    shutil.move(place.folder / "yesterday", place.folder / "data")
    running = Process(place)
    running.stop()
    assert sizes(place) == before == sorted({*before, 4})
    assert "the audit log has 2 entries, and a checkpoint was signed of 4" in "".join(running.said)


def test_a_log_that_was_rewritten_is_not_signed_and_said_loudly(place: Installation) -> None:
    key = place.new_key()
    running = Process(place)
    chat(running.url, key)
    running.stop()
    before = sizes(place)
    with sqlite3.connect(place.folder / "data" / "redoubt.db") as database:
        database.execute('UPDATE audit_entries SET leaf = zeroblob(32) WHERE "index" = 0')
    running = Process(place)
    chat(running.url, key)
    metrics = httpx2.get(f"{running.url}/metrics").text
    running.stop()
    assert sizes(place) == before
    said = "".join(running.said)
    assert "TAMPERED WITH" in said
    assert 'redoubt_audit_checkpoint_failures_total{cause="tampered"}' in metrics
