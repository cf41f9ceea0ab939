"""Timestamps of checkpoints: RFC 3161, by the package ``rfc3161-client`` of the extra ``timestamps``."""

from pathlib import Path
from typing import TYPE_CHECKING

from redoubt.adapters.evidence.post import Poster
from redoubt.domain.errors import ConfigError, ServiceError
from redoubt.services.audit.evidence import Checkpoints, KeptCheckpoint

if TYPE_CHECKING:
    from cryptography.x509 import Certificate
    from rfc3161_client import TimeStampRequest

_HEADERS = (("content-type", "application/timestamp-query"), ("accept", "application/timestamp-reply"))


class TimestampOutlet:
    """Shows checkpoints to a time-stamping authority and keeps its answer."""

    name = "timestamp"
    depth = 1
    everyone = False

    def __init__(self, poster: Poster, roots: str, checkpoints: Checkpoints) -> None:
        """``roots``: PEM file of the authority's roots; empty: its signature is not verified. Raises ConfigError."""
        try:
            import rfc3161_client
        except ModuleNotFoundError as error:
            raise ConfigError(
                "[audit] timestamp_url needs rfc3161-client, which is not installed: pip install 'redoubt-ai[timestamps]'"
            ) from error
        self._tsp = rfc3161_client
        self._poster, self._checkpoints = poster, checkpoints
        self._roots = _certificates(roots) if roots else []

    async def deliver(self, kept: KeptCheckpoint) -> None:
        """See `Outlet.deliver`. Keeps no answer that is not about this checkpoint."""
        tsp = self._tsp
        request = (
            tsp.TimestampRequestBuilder().data(kept.signed).hash_algorithm(tsp.HashAlgorithm.SHA256).build()
        )
        reply = await self._poster.post(request.as_bytes(), _HEADERS)
        if reply.status != 200:
            raise ServiceError(f"audit.timestamp_url answered with HTTP status {reply.status}")
        self._check(reply.body, request)
        await self._checkpoints.add_timestamp(kept.size, reply.body)

    def _check(self, body: bytes, request: "TimeStampRequest") -> None:
        tsp = self._tsp
        try:
            response = tsp.decode_timestamp_response(body)
            if tsp.PKIStatus(response.status) != tsp.PKIStatus.GRANTED:
                raise ServiceError("the authority of audit.timestamp_url did not grant a timestamp")
            wanted = request.message_imprint.message
            info = response.tst_info
            if info.message_imprint.message != wanted or info.nonce != request.nonce:
                raise ServiceError("audit.timestamp_url answered about something else")
            if self._roots:
                builder = tsp.VerifierBuilder.from_request(request)
                for root in self._roots:
                    builder = builder.add_root_certificate(root)
                builder.build().verify(response, wanted)
        except tsp.VerificationError as error:
            raise ServiceError(
                "the timestamp's signature does not verify with the certificates of audit.timestamp_roots"
            ) from error
        except ValueError as error:
            raise ServiceError("audit.timestamp_url answered with what is no RFC 3161 response") from error


def _certificates(path: str) -> "list[Certificate]":
    from cryptography.x509 import load_pem_x509_certificates

    try:
        return load_pem_x509_certificates(Path(path).read_bytes())
    except (OSError, ValueError) as error:
        raise ConfigError(f"[audit] timestamp_roots: {path} cannot be read as PEM certificates") from error
