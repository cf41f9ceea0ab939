"""A gateway on a real socket, with stores that live in memory, in front of a provider that does as it is told."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from redoubt.adapters.http.bounds import Bounds
from redoubt.adapters.providers.upstream import HttpUpstream
from redoubt.domain.decision import Action
from redoubt.domain.errors import IdentityError, ServiceError
from redoubt.domain.evidence import Entry
from redoubt.domain.exchange import Segment
from redoubt.domain.finding import Finding
from redoubt.domain.limits import Limit, LimitScope, LimitUnit, Period
from redoubt.domain.principal import Principal, built_in
from redoubt.domain.pseudonym import Alias
from redoubt.domain.settings import ServerSettings, Settings, UpstreamKind, UpstreamSettings
from redoubt.engine.detect.interface import Unit
from redoubt.engine.policy.model import Policy, Rule
from redoubt.pipeline.inspector import Inspector
from redoubt.pipeline.phases import Desk
from redoubt.services.audit.interface import Head, Keyed, Receipt, StoredEntry
from redoubt.services.audit.search import Query
from redoubt.services.identity.directory import Directory
from redoubt.services.identity.interface import Outsider
from redoubt.services.limits.interface import Ask, Refusal, RefusedError, Reservation, Use
from redoubt.services.vault.interface import Scope
from redoubt.surfaces.gateway.app import GatewayApp
from redoubt.surfaces.gateway.gateway import Gateway
from redoubt.surfaces.gateway.serve import server_for
from redoubt.surfaces.gateway.upstreams import NamedUpstream, Upstreams
from tests.rogue import Script, Server, run, serve

__all__ = ["Answer", "Audit", "Rig", "call", "json_reply", "rig", "run"]

DEV, ADMIN, AUDITOR, REVOKED = "rdt_dev", "rdt_admin", "rdt_auditor", "rdt_revoked"
WORDS = {"SECRETWORD": "secret.test", "BADWORD": "attack.test", "jane@example.com": "pii.email"}


class WordDetector:
    """Finds three words; fails at a fourth."""

    id = "words"
    version = "1"
    unit = Unit.WORD
    slow = False

    def detect(self, segment: Segment) -> Iterable[Finding]:
        if "BOOMWORD" in segment.text:
            raise RuntimeError("BOOMWORD")
        found = []
        for word, category in WORDS.items():
            start = segment.text.find(word)
            while start >= 0:
                found.append(Finding(category, f"word-{category}", start, start + len(word)))
                start = segment.text.find(word, start + 1)
        return sorted(found, key=lambda f: f.start)


POLICY = Policy(
    "test",
    "0" * 16,
    (
        Rule("secrets", ("secret",), Action.REDACT),
        Rule("people", ("pii",), Action.PSEUDONYMISE),
        Rule("attacks", ("attack",), Action.DENY),
    ),
)


class Keys:
    """Knows three keys, whose principals have one role each."""

    def authenticate(self, credential: str, address: str = "") -> Principal:
        for key, role in ((DEV, "developer"), (ADMIN, "admin"), (AUDITOR, "auditor")):
            if credential == key:
                rights = built_in(role)
                return Principal(
                    f"key_{role}",
                    role,
                    roles=(role,),
                    rights=rights,
                    trusted=True,
                    administrator=role == "admin",
                )
        if credential == "rdt_broken":
            raise ServiceError("the key store cannot answer")
        raise IdentityError("the API key is not known, expired or revoked")

    def resolve(self, outsider: Outsider) -> Principal:
        return Principal(outsider.subject, outsider.name)

    def note_use(self) -> int:
        return 0

    def check(self) -> None:
        pass


class Quota:
    """Limits on nothing, until `left` is nothing."""

    measures = True

    def __init__(self) -> None:
        self.left = 1_000_000
        self.under_way = 0

    async def reserve(self, who: Principal, model: str | None, ask: Ask) -> Reservation:
        if self.left <= 0:
            limit = Limit("tests", LimitScope.KEY, LimitUnit.REQUESTS, 1, Period.MINUTE)
            raise RefusedError("too many requests", Refusal(limit), retry_after=1.5, never=False)
        self.left -= model is None
        self.under_way += 1
        return Reservation(ask)

    async def more(self, reservation: Reservation, ask: Ask) -> Reservation:
        self.under_way += 1
        return Reservation(ask)

    async def settle(self, reservation: Reservation, used: Ask) -> None:
        self.under_way -= 1

    async def uses(self, who: Principal, model: str) -> tuple[Use, ...]:
        return ()

    async def keep(self) -> None:
        pass

    async def purge(self) -> int:
        return 0

    def close(self) -> None:
        pass


class Audit:
    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.fails_at = ""
        self.forgot = False

    async def append(self, entry: Entry, *, uid: bytes | None = None) -> None:
        await asyncio.sleep(0)
        if entry.kind == self.fails_at:
            raise ServiceError("the audit log cannot be written")
        self.entries.append(entry)

    def waiting(self) -> int:
        return 0

    async def append_all(self, entries: Sequence[Keyed]) -> None:
        for _, entry in entries:
            await self.append(entry)

    async def read(
        self, *, exchange: str = "", limit: int = 100, before: int | None = None, reveal: bool = False
    ) -> AsyncIterator[StoredEntry]:
        for i, entry in reversed(list(enumerate(self.entries))[:before]):
            if limit and exchange in ("", entry.exchange):
                limit -= 1
                yield StoredEntry(Receipt(i, bytes(32)), entry if reveal else replace(entry, text=""))

    async def search(
        self, query: Query, *, limit: int = 100, before: int | None = None
    ) -> AsyncIterator[StoredEntry]:
        for i, entry in reversed(list(enumerate(self.entries))[:before]):
            if limit and query.matches(entry):
                limit -= 1
                yield StoredEntry(Receipt(i, bytes(32)), replace(entry, text=""))

    def forget_keys(self) -> None:
        self.forgot = True

    async def head(self) -> Head:
        return Head(len(self.entries), bytes(32))

    async def close(self) -> None:
        pass


class MemoryVault:
    def __init__(self) -> None:
        self.kept: dict[Scope, tuple[Alias, ...]] = {}
        self.owners: dict[str, Scope] = {}

    def key(self, scope: Scope) -> bytes:
        return repr(scope).encode().ljust(32, b"\0")[:32]

    async def load(self, scope: Scope) -> tuple[Alias, ...]:
        return self.kept.get(scope, ())

    async def save(self, scope: Scope, aliases: tuple[Alias, ...]) -> None:
        self.kept[scope] = (*self.kept.get(scope, ()), *aliases)

    async def claim(self, name: str, owner: Scope) -> bool:
        return self.owners.setdefault(name, owner) == owner

    async def owns(self, name: str, owner: Scope) -> bool:
        return self.owners.get(name) == owner

    async def forget(self, scope: Scope) -> int:
        return len(self.kept.pop(scope, ()))

    async def forget_person(self, tenant: str, subject: str) -> int:
        mine = [scope for scope in self.kept if (scope.tenant, scope.subject) == (tenant, subject)]
        return sum(len(self.kept.pop(scope)) for scope in mine)

    async def purge(self) -> Mapping[str, int]:
        return {}


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Rig:
    port: int
    gateway: Gateway
    provider: Server
    audit: Audit
    keys: Keys
    quota: Quota
    vault: MemoryVault = field(default_factory=MemoryVault)

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.port)

    async def call(
        self,
        path: str = "/v1/chat/completions",
        body: Any = None,
        *,
        method: str = "",
        key: str = DEV,
        raw: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send one request on a connection of its own; read the answer to its end."""
        data = raw if raw is not None else (b"" if body is None else json.dumps(body).encode())
        fields = {"content-type": "application/json", "connection": "close", "host": "x"}
        if key:
            fields["authorization"] = f"Bearer {key}"
        fields.update(headers or {})
        if data or method == "POST":
            fields.setdefault("content-length", str(len(data)))
        method = method or ("POST" if data else "GET")
        lines = [
            f"{method} {path} HTTP/1.1",
            *(f"{name}: {value}" for name, value in fields.items() if value),
        ]
        return await self.send("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + data)

    async def send(self, message: bytes) -> Answer:
        reader, writer = await self.connect()
        try:
            writer.write(message)
            return read_answer(await reader.read())
        finally:
            writer.close()


def read_answer(data: bytes) -> Answer:
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    if headers.get("transfer-encoding") == "chunked":
        pieces = []
        while body:
            size, _, body = body.partition(b"\r\n")
            length = int(size, 16)
            pieces.append(body[:length])
            body = body[length + 2 :]
        body = b"".join(pieces)
    return Answer(int(first.split()[1]), headers, body)


def json_reply(body: Any, status: int = 200) -> bytes:
    data = json.dumps(body).encode()
    head = f"HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {len(data)}\r\n\r\n"
    return head.encode() + data


@asynccontextmanager
async def rig(
    script: Script,
    *,
    kinds: tuple[UpstreamKind, ...] = (UpstreamKind.OPENAI, UpstreamKind.ANTHROPIC, UpstreamKind.GEMINI),
    models: tuple[str, ...] = ("*",),
    settings: Settings = Settings(),  # noqa: B008
    policy: Policy = POLICY,
    bounds: Bounds = Bounds(read_timeout=5.0),  # noqa: B008
    directory: Directory | None = None,
) -> AsyncIterator[Rig]:
    """Yield a gateway that listens, in front of ``script``."""
    settings = replace(settings, server=replace(settings.server, host="127.0.0.1", port=0))
    async with serve(script) as provider:
        named = []
        for kind in kinds:
            # The practice model opens no connection; here a server stands in for it.
            far = UpstreamSettings(kind.value, kind, f"http://127.0.0.1:{provider.port}", "far-key", models)
            named.append(NamedUpstream(far, HttpUpstream(far, bounds=bounds)))
        keys, quota, audit, vault = Keys(), Quota(), Audit(), MemoryVault()
        desk = Desk(Inspector((WordDetector(),), policy, key=bytes(32)), vault.key, bytes(32), lambda: 1000.0)
        gateway = Gateway(
            settings,
            keys,
            quota,
            audit,
            vault,
            desk,
            Upstreams(named),
            clock=lambda: 1000.0,
            directory=directory,
        )
        app = GatewayApp(gateway)
        server = server_for(app, settings.server)
        task = asyncio.ensure_future(server.serve())
        await server.listening.wait()
        try:
            yield Rig(server.port, gateway, provider, audit, keys, quota, vault)
        finally:
            await app.aclose()
            server.should_exit = True
            await task


async def call(rig: Rig, **request: Any) -> Answer:
    return await rig.call(**request)


SMALL = ServerSettings(max_body_bytes=10_000, request_timeout=0.3)
