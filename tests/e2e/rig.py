"""The whole gateway as `compose` builds it, on real sockets, with real stores, in front of a provider that keeps all it is sent."""

import asyncio
import base64
import re
import unicodedata
from collections.abc import Coroutine
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from threading import Thread
from typing import Any, TypeVar
from urllib.parse import unquote

import uvloop

from redoubt import compose
from redoubt.adapters.practice.world import SYSTEM_PROMPT
from redoubt.domain.limits import Limit
from redoubt.domain.rights import Grant
from redoubt.domain.settings import (
    Durability,
    OnDeny,
    PolicySettings,
    ServerSettings,
    Settings,
    StoreSettings,
    UpstreamKind,
    UpstreamSettings,
)
from redoubt.engine.detect.interface import Detector
from redoubt.pipeline.inspector import Inspector
from redoubt.services.audit.interface import StoredEntry
from redoubt.services.identity.directory import KeyDraft, PrincipalDraft
from redoubt.surfaces.gateway.app import GatewayApp
from redoubt.surfaces.gateway.gateway import Gateway
from redoubt.surfaces.gateway.serve import server_for
from redoubt.surfaces.gateway.upstreams import NamedUpstream, Upstreams
from redoubt.surfaces.gateway.workers import Workers
from tests.e2e.provider import Provider
from tests.rogue import Server, serve

T = TypeVar("T")
MODELS = {
    UpstreamKind.OPENAI: ("gpt-*", "text-embedding-*", "practice-*"),
    UpstreamKind.ANTHROPIC: ("claude-*", "practice-*"),
    UpstreamKind.GEMINI: ("gemini-*", "practice-*"),
}


class LoopThread:
    """An event loop in a thread of its own."""

    def __init__(self) -> None:
        self._loop = uvloop.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    @property
    def ident(self) -> int | None:
        """As `threading.get_ident` says it in there."""
        return self._thread.ident

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


def new_key(
    stores: compose.Stores,
    *,
    app: str = "default",
    role: str = "developer",
    trusted: bool = True,
    **more: Any,
) -> str:
    """Make a service that has a role everywhere, and a key for it; it may name its end users."""
    service = PrincipalDraft(app, app=app, trusted=trusted, grants=(Grant(role),))
    return stores.directory.make_service(service, KeyDraft(app, **more)).secret


@dataclass
class Door:
    """One gateway that listens."""

    url: str
    settings: Settings
    stores: compose.Stores
    key: str
    """Of an application."""
    other: str
    """Of another one's."""
    admin: str
    gateway: Gateway

    def new_key(self, **more: Any) -> str:
        return new_key(self.stores, **more)

    def entries(self, exchange: str = "", *, limit: int = 1000, reveal: bool = False) -> list[StoredEntry]:
        """The log, oldest first."""

        async def read() -> list[StoredEntry]:
            log = self.stores.audit.read(exchange=exchange, limit=limit, reveal=reveal)
            return [entry async for entry in log][::-1]

        return asyncio.run(read())


@dataclass
class House:
    """A provider, and the gateways before it; each is built when it is first asked for."""

    folder: Path
    extra: tuple[Detector, ...] = ()
    """Detectors beside the catalogue's."""
    provider: Provider = field(default_factory=Provider)
    _far: LoopThread = field(default_factory=LoopThread)
    _near: LoopThread = field(default_factory=LoopThread)
    _doors: dict[str, Door] = field(default_factory=dict)
    _closing: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        context = serve(self.provider)
        self.server: Server = self._far.run(context.__aenter__())
        self._closing.append(lambda: self._far.run(context.__aexit__(None, None, None)))
        self._rules = compose.detector()

    @property
    def loop_thread(self) -> int | None:
        """Of the gateways' event loop."""
        return self._near.ident

    def door(
        self,
        profile: str = "balanced",
        on_deny: OnDeny = OnDeny.REFUSE,
        *,
        policy: str = "",
        limits: tuple[Limit, ...] = (),
        **server: Any,
    ) -> Door:
        """Return the gateway with these settings; ``policy`` is the source of one that is no built-in."""
        chosen_values = (str(value).replace("/", "_") for value in server.values())
        name = "-".join((profile, on_deny.value, *chosen_values)) + ("-own" if policy else "")
        name += "".join(f"-{limit.id}" for limit in limits)
        if name not in self._doors:
            file = self.folder / f"{name}.toml"
            file.write_text(policy)
            chosen = PolicySettings(profile, file=str(file) if policy else "", on_deny=on_deny)
            self._doors[name] = self._open(self.folder / name, chosen, server, limits)
        return self._doors[name]

    def close(self) -> None:
        for close in reversed(self._closing):
            close()
        self._near.close()
        self._far.close()

    def _open(
        self, folder: Path, policy: PolicySettings, server: dict[str, Any], limits: tuple[Limit, ...]
    ) -> Door:
        settings = Settings(
            server=ServerSettings(port=0, **{"per_second": 0, "per_minute": 0, **server}),
            store=StoreSettings(data_dir=str(folder), durability=Durability.PROCESS),
            policy=policy,
            limits=limits,
            upstreams=tuple(
                UpstreamSettings(
                    kind.value, kind, f"http://127.0.0.1:{self.server.port}", "far-key", models, SYSTEM_PROMPT
                )
                for kind, models in MODELS.items()
            ),
        )
        keys = compose.keyring(settings, {})
        stores = compose.stores(settings, keys)
        made, _ = compose.policy(policy.profile, policy.file, self._rules)
        detectors = (self._rules, *self.extra, *compose.effects(made))
        watch = Inspector(detectors, made, key=keys.derive("inspection cache"))
        clients = compose.upstreams(settings)
        gateway = Gateway(
            settings,
            stores.identity,
            stores.limits,
            stores.audit,
            stores.vault,
            compose.desk(watch, stores.vault, keys, leaks=compose.leaks(self._rules, keys, stores)),
            Upstreams(
                [
                    NamedUpstream(each, clients[each.name], compose.instructions(each))
                    for each in settings.upstreams
                ]
            ),
            workers=Workers(settings.server.inspection_threads),
            fingerprints=stores.fingerprints,
            notary=compose.notary(settings, keys, stores),
            directory=stores.directory,
            forgetting=stores.forgetting,
            eraser=stores.eraser,
            reveals=stores.reveals,
        )
        app = GatewayApp(gateway)

        async def start() -> tuple[Any, Any]:
            running = server_for(app, settings.server)
            task = asyncio.ensure_future(running.serve())
            await running.listening.wait()
            return running, task

        running, task = self._near.run(start())

        async def stop() -> None:
            running.should_exit = True
            await task
            await app.aclose()
            await stores.audit.close()

        self._closing.append(stores.dispose)
        self._closing.append(lambda: self._near.run(stop()))
        shop, press, office = (
            new_key(stores, app=name, role=role)
            for name, role in (("shop", "developer"), ("press", "developer"), ("office", "admin"))
        )
        return Door(f"http://127.0.0.1:{running.port}", settings, stores, shop, press, office, gateway)


_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{8,}")
_UNICODE = re.compile(r"\\u([0-9a-fA-F]{4})")
_GROUPING = re.compile(r"[\s.\-]")
_STANDARD = bytes.maketrans(b"-_", b"+/")
_UNSEEN = dict.fromkeys([*range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, 0xFEFF, 0xAD])


def tells(data: bytes, value: str) -> bool:
    """Say whether a curious reader finds ``value`` in ``data``: as it is, escaped, disguised, encoded, or grouped in another way."""
    wanted = _bare(value)
    return any(wanted in reading for reading in _readings(data))


@lru_cache(maxsize=8)
def _readings(data: bytes) -> tuple[str, ...]:
    texts = [data.decode("utf-8", "replace")]
    texts.append(_UNICODE.sub(lambda m: chr(int(m[1], 16)), texts[0]))
    texts.append(unquote(texts[0]))
    decoded = [
        base64.b64decode(run[start : start + (len(run) - start) // 4 * 4].translate(_STANDARD))
        for run in _BASE64.findall(data)
        for start in range(4)
    ]
    texts.append(b"\0".join(decoded).decode("utf-8", "replace"))
    return tuple(map(_bare, texts))


def _bare(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text.translate(_UNSEEN)).casefold()
    return _GROUPING.sub("", plain)
