"""Webhook, folder, time-stamping authority and witness, each for real on a socket or a disk."""

import base64
import hashlib
import hmac
import json
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from redoubt.adapters.evidence.outlets import FolderOutlet, WebhookOutlet
from redoubt.adapters.evidence.post import MAX_REPLY, Poster
from redoubt.adapters.evidence.timestamp import TimestampOutlet
from redoubt.adapters.evidence.witness import WitnessOutlet
from redoubt.adapters.http.bounds import Bounds
from redoubt.adapters.sql.checkpoints import SqlCheckpoints
from redoubt.adapters.sql.database import open_database
from redoubt.domain.errors import ConfigError, ServiceError
from redoubt.domain.settings import Durability
from redoubt.services.audit.checkpoint import Signer, open_checkpoint
from redoubt.services.audit.cosignature import cosignatures
from redoubt.services.audit.evidence import KeptCheckpoint, TamperedError
from redoubt.services.audit.note import from_base64
from redoubt.services.audit.proofs import extends
from redoubt.services.audit.tree import EMPTY_ROOT
from tests.contract.test_proving import SIGNER, grow, notary
from tests.rogue import Caller, Server, run, serve
from tests.unit.adapters.evidence.authority import Authority
from tests.unit.services.audit.witness import Witness

SECRET = "a secret of enough length"
IMPATIENT = Bounds(connect_timeout=1.0, read_timeout=0.3, total_timeout=1.0, max_body=MAX_REPLY)


def kept(size: int = 7, signer: Signer = SIGNER) -> KeptCheckpoint:
    signed = signer.sign(size, b"r" * 32)
    return KeptCheckpoint(size, b"r" * 32, bytes(signed.note), 1000.0)


@asynccontextmanager
async def listening(answer: Callable[[bytes, bytes], bytes]) -> AsyncIterator[tuple[Server, str]]:
    """Serve one request a connection; ``answer`` gets its head and body."""

    async def script(caller: Caller) -> None:
        head, _, body = (await caller.request()).partition(b"\r\n\r\n")
        await caller.say(answer(head, body))

    async with serve(script) as server:
        yield server, f"http://127.0.0.1:{server.port}/base"


def reply(status: int, body: bytes = b"") -> bytes:
    return b"HTTP/1.1 %d X\r\ncontent-length: %d\r\n\r\n%s" % (status, len(body), body)


def test_a_webhook_gets_a_checkpoint_that_it_can_verify() -> None:
    async def work() -> bytes:
        async with listening(lambda head, body: reply(204)) as (server, url):
            await WebhookOutlet(Poster("checkpoint_webhook", url), SECRET, lambda: 1234.5).deliver(kept())
            return server.requests[0]

    head, _, body = run(work()).partition(b"\r\n\r\n")
    fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
    assert head.startswith(b"POST /base HTTP/1.1")
    assert SECRET not in head.decode()
    signed = f"{fields['webhook-id']}.{fields['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.digest(SECRET.encode(), signed, hashlib.sha256)).decode()
    assert fields["webhook-signature"] == f"v1,{expected}"
    assert fields["webhook-timestamp"] == "1234"
    message = json.loads(body)
    assert open_checkpoint(message["note"].encode(), [SIGNER.vkey]).checkpoint.size == message["size"] == 7


@pytest.mark.parametrize(
    "answer",
    [
        reply(500),
        b"HTTP/1.1 302 X\r\nlocation: http://127.0.0.1/\r\ncontent-length: 0\r\n\r\n",
        b"nonsense\r\n\r\n",
        b"",
        reply(200, b"x" * (MAX_REPLY + 1)),
        b"HTTP/1.1 200 X\r\ncontent-length: 9\r\n\r\nshort",
    ],
)
def test_a_webhook_that_does_not_take_it(answer: bytes) -> None:
    async def work() -> None:
        async with listening(lambda head, body: answer) as (_, url):
            outlet = WebhookOutlet(Poster("checkpoint_webhook", url, bounds=IMPATIENT), SECRET, lambda: 0.0)
            with pytest.raises(ServiceError, match=r"audit\.checkpoint_webhook"):
                await outlet.deliver(kept())

    run(work())


def test_nobody_there() -> None:
    async def work() -> None:
        with pytest.raises(ServiceError, match="cannot be reached"):
            await Poster("witnesses", "http://127.0.0.1:1/", bounds=IMPATIENT).post(b"", ())

    run(work())


def test_a_folder_keeps_each_checkpoint_once_and_as_it_is(tmp_path: Path) -> None:
    outlet = FolderOutlet(tmp_path / "new" / "folder")

    async def work() -> None:
        for size in (7, 12, 7):
            await outlet.deliver(kept(size))
        with pytest.raises(TamperedError, match="another checkpoint of 7"):
            await outlet.deliver(kept(7, Signer(b"x" * 32, "logs.example/a")))

    run(work())
    files = sorted((tmp_path / "new" / "folder").iterdir())
    assert [path.name for path in files] == ["000000000007", "000000000012"]
    assert files[0].read_bytes() == kept(7).signed
    (tmp_path / "file").write_text("")
    with pytest.raises(ServiceError, match="checkpoint_dir"):
        run(FolderOutlet(tmp_path / "file").deliver(kept()))


def constantly(answer: bytes) -> Callable[[bytes, bytes], bytes]:
    return lambda _head, _body: answer


needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the program openssl")


@needs_openssl
def test_an_authoritys_timestamp_is_verified_and_kept(tmp_path: Path) -> None:
    authority, other = Authority(tmp_path / "one"), Authority(tmp_path / "two")
    engine = open_database("", tmp_path, Durability.PROCESS)
    grow(engine, 4)

    async def work() -> None:
        checkpoints = SqlCheckpoints(engine)
        fresh, _ = await notary(engine).checkpoint()
        async with listening(lambda head, body: reply(200, authority.answer(body))) as (server, url):
            poster = Poster("timestamp_url", url)
            with pytest.raises(ServiceError, match="timestamp_roots"):
                await TimestampOutlet(poster, other.roots, checkpoints).deliver(fresh)
            await TimestampOutlet(poster, authority.roots, checkpoints).deliver(fresh)
            assert b"content-type: application/timestamp-query" in server.requests[0]
        stamped = await checkpoints.latest(stamped=True)
        assert stamped is not None
        assert authority.verifies(stamped.timestamp, stamped.signed)
        assert not authority.verifies(stamped.timestamp, stamped.signed + b"x")
        assert not other.verifies(stamped.timestamp, stamped.signed)

    run(work())
    engine.dispose()


@needs_openssl
def _say(answer: bytes, _head: bytes, _body: bytes) -> bytes:
    return answer


def test_an_answer_about_something_else_is_not_kept(tmp_path: Path) -> None:
    authority = Authority(tmp_path / "one")
    engine = open_database("", tmp_path, Durability.PROCESS)
    grow(engine, 4)
    kept_answers: list[bytes] = []

    def same_again(_head: bytes, body: bytes) -> bytes:
        kept_answers.append(authority.answer(body))
        return reply(200, kept_answers[0])

    async def work() -> None:
        checkpoints = SqlCheckpoints(engine)
        async with listening(same_again) as (_, url):
            outlet = TimestampOutlet(Poster("timestamp_url", url), "", checkpoints)
            await outlet.deliver(kept(3))
            with pytest.raises(ServiceError, match="something else"):
                await outlet.deliver(kept(4))
        for answer in (reply(200, b"nonsense"), reply(200, b"\x30\x05\x30\x03\x02\x01\x02"), reply(503)):
            async with listening(constantly(answer)) as (_, url):
                with pytest.raises(ServiceError, match="timestamp"):
                    await TimestampOutlet(Poster("timestamp_url", url), "", checkpoints).deliver(kept(4))

    run(work())
    engine.dispose()


def test_roots_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "roots").write_text("no certificate")
    for name in ("roots", "nowhere"):
        with pytest.raises(ConfigError, match="timestamp_roots"):
            TimestampOutlet(
                Poster("timestamp_url", "http://localhost/"),
                str(tmp_path / name),
                SqlCheckpoints(open_database("", tmp_path, Durability.PROCESS)),
            )


class StrictWitness:
    """Does what C2SP `tlog-witness` says a witness must."""

    def __init__(self) -> None:
        self.witness = Witness("witness.example/w", b"w" * 32)
        self.size, self.root = 0, EMPTY_ROOT

    def __call__(self, head: bytes, body: bytes) -> bytes:
        assert head.startswith(b"POST /base/add-checkpoint HTTP/1.1")
        lines, _, note = body.decode().partition("\n\n")
        first, *proof = lines.split("\n")
        old = int(first.removeprefix("old "))
        signed = open_checkpoint(note.encode(), [SIGNER.vkey])
        new = signed.checkpoint
        if old > new.size:
            return reply(400)
        if old != self.size:
            return reply(409, f"{self.size}\n".encode())
        if not extends(old, self.root, new.size, new.root, [from_base64(line) for line in proof]):
            return reply(422)
        self.size, self.root = new.size, new.root
        return reply(200, self.witness.cosign(signed.note.text, 1700).encode())


def test_a_witness_cosigns_as_the_log_grows(tmp_path: Path) -> None:
    engine = open_database("", tmp_path, Durability.PROCESS)
    strict = StrictWitness()
    grow(engine, 5)

    async def work() -> None:
        asked = notary(engine, witnesses=(strict.witness.vkey,))
        async with listening(strict) as (server, url):
            outlet = WitnessOutlet(strict.witness.key.name, Poster("witnesses", url), asked)
            await outlet.deliver((await asked.checkpoint())[0])
            grow(engine, 9)
            await outlet.deliver((await asked.checkpoint())[0])
            assert len(server.requests) == 2
            # Another gateway, which does not know what the witness saw, is told so by it.
            grow(engine, 12)
            other = WitnessOutlet(strict.witness.key.name, Poster("witnesses", url), asked)
            await other.deliver((await asked.checkpoint())[0])
            assert len(server.requests) == 4
        for size in (5, 9, 12):
            cosigned = await asked.checkpoints.of_size(size)
            assert cosigned is not None
            note = open_checkpoint(cosigned.note, [SIGNER.vkey]).note
            assert len(cosignatures(note.signatures, note.text, [strict.witness.key])) == 1

    run(work())
    engine.dispose()


@pytest.mark.parametrize(
    "answer",
    [
        reply(404),
        reply(403),
        reply(409, b"99\n"),
        reply(409, b"x"),
        reply(200, b"x"),
        reply(200, b"\xff\n"),
        reply(200, Witness("witness.example/other", b"o" * 32).cosign("x", 1).encode()),
    ],
)
def test_a_witness_that_does_not_cosign(tmp_path: Path, answer: bytes) -> None:
    engine = open_database("", tmp_path, Durability.PROCESS)
    grow(engine, 5)

    async def work() -> None:
        asked = notary(engine, witnesses=(Witness("witness.example/w", b"w" * 32).vkey,))
        fresh, _ = await asked.checkpoint()
        async with listening(lambda head, body: answer) as (_, url):
            with pytest.raises(ServiceError, match=r"witness\.example/w"):
                await WitnessOutlet("witness.example/w", Poster("witnesses", url), asked).deliver(fresh)

    run(work())
    engine.dispose()
