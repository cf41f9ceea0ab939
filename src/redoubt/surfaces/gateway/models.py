"""The lists of models, and the upstream that keeps answers: requests without a prompt."""

from typing import Any

from redoubt.domain.errors import InputError, UpstreamError
from redoubt.pipeline.upstream import Headers, UpstreamRequest
from redoubt.surfaces.gateway.answering import Answering
from redoubt.surfaces.gateway.gateway import Gateway
from redoubt.surfaces.gateway.json_body import decode, encode
from redoubt.surfaces.gateway.problems import NotServedError
from redoubt.surfaces.gateway.reply_head import passed_on
from redoubt.surfaces.gateway.routes import Route
from redoubt.surfaces.gateway.upstreams import NamedUpstream


async def serve(gateway: Gateway, route: Route, headers: Headers, answering: Answering) -> None:
    """List the models of every upstream that speaks the protocol, or describe one.

    What is listed is what may be asked for: models that no glob of their upstream fits are left out.
    """
    if route.model:
        status, body, extra = await _ask(gateway.upstreams.choose(route.kind, route.model), route, headers)
        await answering.whole(status, encode(body), extra)
        return
    speaking = gateway.upstreams.speaking(route.kind)
    if not speaking:
        gateway.upstreams.choose(route.kind, "")
    listed: dict[str, Any] | None = None
    for named in speaking:
        status, body, extra = await _ask(named, route, headers)
        if status >= 300:
            await answering.whole(status, encode(body), extra)
            return
        listed = _merged(listed, body, named)
    await answering.whole(200, encode(listed))


def keeper(gateway: Gateway, route: Route) -> NamedUpstream:
    """Return the upstream whose answers can be fetched by id: the first that speaks the protocol."""
    speaking = gateway.upstreams.speaking(route.kind)
    if not speaking:
        raise NotServedError(404, "not_found", f"no upstream of kind '{route.kind.value}' is configured")
    return speaking[0]


def refused(named: NamedUpstream, status: int) -> str:
    """Say that a provider does not take our key. What it says itself may quote that key, and is not for the caller."""
    return f"upstream '{named.settings.name}' refused the gateway's own credentials ({status}); check its api_key"


async def _ask(
    named: NamedUpstream, route: Route, headers: Headers
) -> tuple[int, Any, tuple[tuple[bytes, bytes], ...]]:
    reply = await named.upstream.send(UpstreamRequest("GET", route.path, headers))
    try:
        data = b"".join([piece async for piece in reply.body()])
    finally:
        await reply.aclose()
    if reply.status in (401, 403):
        raise UpstreamError(refused(named, reply.status))
    try:
        return reply.status, decode(data), passed_on(reply.headers)
    except InputError:
        raise UpstreamError(
            f"upstream '{named.settings.name}' answered with a body that is not JSON"
        ) from None


def _merged(before: dict[str, Any] | None, body: Any, named: NamedUpstream) -> dict[str, Any]:
    """Add an upstream's list (OpenAI and Anthropic: ``data``.

    Google: ``models``) to what the ones before listed.
    """
    member = "data" if isinstance(body, dict) and "data" in body else "models"
    rows = body.get(member) if isinstance(body, dict) else None
    if not isinstance(rows, list):
        raise UpstreamError(
            f"upstream '{named.settings.name}' answered with something that is no list of models"
        )
    kept = [row for row in rows if isinstance(row, dict) and named.serves(_name(row))]
    if before is None:
        return {**body, member: kept}
    seen = {_name(row) for row in before.get(member, [])}
    return {**before, member: [*before.get(member, []), *(row for row in kept if _name(row) not in seen)]}


def _name(row: dict[str, Any]) -> str:
    return str(row.get("id") or row.get("name") or "").removeprefix("models/")
