"""What a provider says about itself (OpenID Connect Discovery 1.0, RFC 8414), as far as we need it."""

from dataclasses import dataclass
from typing import Any

import msgspec

from redoubt.domain.errors import ServiceError
from redoubt.services.identity.urls import secure

WELL_KNOWN = "/.well-known/openid-configuration"


@dataclass(frozen=True, slots=True)
class Metadata:
    """Addresses are empty where the provider names none."""

    jwks_uri: str
    authorization_endpoint: str = ""
    token_endpoint: str = ""
    end_session_endpoint: str = ""
    names_itself: bool = False
    """It says in ``iss`` of each callback who it is (RFC 9207)."""
    secret_in_body: bool = False
    """It takes a client's secret in the body alone (``client_secret_post``)."""


class _Document(msgspec.Struct):
    issuer: str
    jwks_uri: str
    authorization_endpoint: str = ""
    token_endpoint: str = ""
    end_session_endpoint: str = ""
    authorization_response_iss_parameter_supported: bool = False
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)


def read_metadata(data: bytes, issuer: str) -> Metadata:
    """Understand the document of ``issuer``. Raises ServiceError where it is another's, or names an address without TLS."""
    try:
        said: _Document = msgspec.json.decode(data, type=_Document)
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        raise ServiceError("the identity provider's metadata cannot be read") from None
    if said.issuer != issuer:
        raise ServiceError(
            "the identity provider's metadata is that of another issuer; write [[identity.issuers]] issuer exactly as it does"
        )
    addresses: dict[str, Any] = {
        name: getattr(said, name)
        for name in ("jwks_uri", "authorization_endpoint", "token_endpoint", "end_session_endpoint")
    }
    if not all(secure(address) for address in addresses.values() if address):
        raise ServiceError("the identity provider's metadata names an address that is not https")
    methods = said.token_endpoint_auth_methods_supported
    return Metadata(
        **addresses,
        names_itself=said.authorization_response_iss_parameter_supported,
        secret_in_body="client_secret_basic" not in methods and "client_secret_post" in methods,
    )
