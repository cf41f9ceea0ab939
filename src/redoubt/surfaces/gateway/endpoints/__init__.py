"""The management API, one file for each room; each ends in its part of the table."""

from redoubt.surfaces.gateway.endpoint import Endpoint
from redoubt.surfaces.gateway.endpoints import audit, keys, limits, policies, principals, proofs, roles, texts

ENDPOINTS: tuple[Endpoint, ...] = (
    *texts.ENDPOINTS,
    *keys.ENDPOINTS,
    *principals.ENDPOINTS,
    *roles.ENDPOINTS,
    *audit.ENDPOINTS,
    *proofs.ENDPOINTS,
    *policies.ENDPOINTS,
    *limits.ENDPOINTS,
)
"""The whole API; `redoubt.surfaces.gateway.openapi` describes it from here."""
