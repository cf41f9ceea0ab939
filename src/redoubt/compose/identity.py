"""Who people log in with."""

from typing import TYPE_CHECKING

from redoubt.compose.extras import needing
from redoubt.domain.settings import Settings

if TYPE_CHECKING:
    from redoubt.adapters.oidc.load import Providers


def providers(of: Settings, key: bytes) -> "Providers | None":
    """Return the identity providers that are configured, None where there are none; ``key`` is for logins under way.

    Nothing is contacted. Raises ConfigError where the extra ``oidc`` is not installed.
    """
    if not of.identity.issuers:
        return None
    with needing("oidc", "authlib", "joserfc", what="[[identity.issuers]]"):
        from redoubt.adapters.oidc.load import load_providers
    return load_providers(of.identity, key)
