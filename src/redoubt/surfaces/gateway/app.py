"""The gateway as an ASGI application: which part answers which path."""

from redoubt.surfaces.gateway import health
from redoubt.surfaces.gateway.admission import Admission
from redoubt.surfaces.gateway.asgi import JSON, RawHeaders, Receive, Scope, Send, send_whole
from redoubt.surfaces.gateway.gateway import Gateway
from redoubt.surfaces.gateway.json_body import encode
from redoubt.surfaces.gateway.login import PATHS, LoginPages
from redoubt.surfaces.gateway.management import Management, fault
from redoubt.surfaces.gateway.metrics import CONTENT_TYPE
from redoubt.surfaces.gateway.problems import Problem
from redoubt.surfaces.gateway.proxy import Proxy
from redoubt.surfaces.gateway.reply_head import ours
from redoubt.surfaces.gateway.visits import Visits

_PLAIN = frozenset({"/healthz", "/readyz", "/metrics", "/redoubt/openapi.json"})


class GatewayApp:
    """The whole gateway behind one callable; no framework, no middleware."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._admission = Admission(gateway)
        self._proxy = Proxy(gateway, self._admission)
        self._management = Management(gateway, self._admission)
        visits = Visits.of(gateway)
        self._login = LoginPages(gateway, self._admission, visits) if visits is not None else None
        self._document: bytes | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection's request."""
        if scope["type"] != "http":
            return  # neither websockets nor lifespan: see `redoubt.surfaces.gateway.serve`
        path: str = scope["path"]
        if path.startswith("/v1"):
            await self._proxy(scope, receive, send)
        elif path in _PLAIN:
            await self._plain(path, scope["method"], send)
        elif path in PATHS and self._login is not None:
            await self._login(scope, receive, send)
        elif path.startswith("/redoubt/"):
            await self._management(scope, receive, send)
        else:
            await self._proxy(scope, receive, send)

    async def aclose(self) -> None:
        """Close what the gateway holds open."""
        await self._admission.aclose()
        self._gateway.workers.close()
        await self._gateway.upstreams.aclose()

    async def _plain(self, path: str, method: str, send: Send) -> None:
        """Answer what needs no key."""
        headers: RawHeaders = (JSON, *ours(self._gateway.new_id(), "allow"))
        if method not in ("GET", "HEAD"):
            status, body = 405, fault(Problem(405, "method_not_allowed", "this path is served with GET only"))
        elif path == "/healthz":
            status, body = health.alive()
        elif path == "/readyz":
            status, body = await health.ready(self._gateway)
        elif path == "/metrics":
            headers = ((b"content-type", CONTENT_TYPE), *headers[1:])
            siblings = self._gateway.siblings
            status = 200
            body = self._gateway.metrics.render() if siblings is None else await siblings.render()
        else:
            status, body = 200, self._openapi()
        await send_whole(send, status, headers, body)

    def _openapi(self) -> bytes:
        if self._document is None:
            from redoubt.surfaces.gateway.openapi import document

            self._document = encode(document(self._gateway.version))
        return self._document
