"""The management API's OpenAPI 3.1 document, made from the table and the types that answer its requests.

Source: https://spec.openapis.org/oas/v3.1.0
"""

from typing import Any

import msgspec

from redoubt.surfaces.gateway.bodies import FaultReply
from redoubt.surfaces.gateway.endpoint import Endpoint, Reach
from redoubt.surfaces.gateway.endpoints import ENDPOINTS

_REF = "#/components/schemas/{name}"
_REACH = {
    Reach.ALL: "without limits, and in the operator's tenant",
    Reach.TENANT: "without limits; it concerns the caller's tenant",
    Reach.NARROWED: "it concerns what that right is limited to, in the caller's tenant",
    Reach.OWN: "for the caller's own application",
}
_FAULTS = {
    "400": "The request is malformed.",
    "401": "No known key was sent.",
    "403": "The caller has not the right to do this.",
    "429": "A limit was reached; see retry-after.",
    "503": "A service could not answer.",
}


def document(version: str) -> dict[str, Any]:
    """Return the document of the API as this ``version`` of the package has it."""
    types = {FaultReply}
    for endpoint in ENDPOINTS:
        types.add(endpoint.gives)  # type: ignore[arg-type]
        if endpoint.takes is not None:
            types.add(endpoint.takes)  # type: ignore[arg-type]
    ordered = sorted(types, key=lambda kind: kind.__name__)
    _, schemas = msgspec.json.schema_components(ordered, ref_template=_REF)
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in ENDPOINTS:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Redoubt management API",
            "version": version,
            "description": (
                "Every request needs a key or a token of an identity provider, `Authorization: Bearer ...`, or the session of "
                "somebody who logged in; with a session, `x-redoubt-csrf` for all but GET."
            ),
        },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"key": []}],
    }


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    failures = {**_FAULTS, **endpoint.fails}
    if "{id}" in endpoint.path:
        failures["404"] = "There is none of that name."
    if endpoint.takes is not None:
        failures |= {
            "408": "The body came too slowly.",
            "413": "The body is too large.",
            "415": "The body is not JSON.",
        }
    operation: dict[str, Any] = {
        "operationId": endpoint.answer.__name__,
        "summary": endpoint.summary,
        "description": _needs(endpoint),
        "parameters": _parameters(endpoint),
        "responses": {
            str(endpoint.status): _content("Done.", endpoint.gives),
            **{status: _content(why, FaultReply) for status, why in sorted(failures.items())},
        },
    }
    if endpoint.takes is not None:
        operation["requestBody"] = {"required": True, **_content("", endpoint.takes)}
        del operation["requestBody"]["description"]
    return operation


def _needs(endpoint: Endpoint) -> str:
    if not endpoint.action:
        return "Needs no right."
    more = (f"with {name}={value} `{action}`" for (name, value), action in endpoint.step_up.items())
    return f"Needs the right {', '.join((f'`{endpoint.action}`', *more))}; {_REACH[endpoint.reach]}."


def _parameters(endpoint: Endpoint) -> list[dict[str, Any]]:
    parameters: list[dict[str, Any]] = []
    if "{id}" in endpoint.path:
        parameters.append({"name": "id", "in": "path", "required": True, "schema": {"type": "string"}})
    parameters.extend(
        {"name": n, "in": "query", "required": False, "schema": _QUERY[n]} for n in endpoint.query
    )
    return parameters


_QUERY: dict[str, dict[str, Any]] = {
    "exchange": {"type": "string"},
    "limit": {"type": "integer", "minimum": 1, "maximum": 1000},
    "before": {"type": "integer", "minimum": 0},
    "reveal": {"type": "boolean"},
    **{
        name: {"type": "string"}
        for name in ("since", "until", "key", "principal", "app", "subject", "category", "upstream", "model")
    },
    "decision": {"type": "string", "enum": ["allow", "redact", "hold", "deny"]},
    "kind": {"type": "string", "enum": ["prompt", "answer", "admin"]},
    "index": {"type": "integer", "minimum": 0},
    "from": {"type": "integer", "minimum": 0},
    "to": {"type": "integer", "minimum": 0},
}


def _content(description: str, kind: type[msgspec.Struct]) -> dict[str, Any]:
    schema = {"$ref": _REF.format(name=kind.__name__)}
    return {"description": description, "content": {"application/json": {"schema": schema}}}
