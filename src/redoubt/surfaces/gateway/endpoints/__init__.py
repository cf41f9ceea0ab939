"""The management API, one file for each room; each ends in its part of the table."""

from redoubt.surfaces.gateway.endpoint import Endpoint
from redoubt.surfaces.gateway.endpoints import (
    audit,
    forgetting,
    keys,
    limits,
    policies,
    principals,
    proofs,
    reveals,
    roles,
    searching,
    texts,
)

ENDPOINTS: tuple[Endpoint, ...] = (
    *texts.ENDPOINTS,
    *keys.ENDPOINTS,
    *limits.ENDPOINTS,
    *principals.ENDPOINTS,
    *roles.ENDPOINTS,
    *audit.ENDPOINTS,
    *searching.ENDPOINTS,
    *forgetting.ENDPOINTS,
    *reveals.ENDPOINTS,
    *proofs.ENDPOINTS,
    *policies.ENDPOINTS,
)
"""The whole API; `redoubt.surfaces.gateway.openapi` describes it from here."""
