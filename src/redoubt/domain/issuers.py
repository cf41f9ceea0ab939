"""Who else may say who somebody is, as the operator asks: issuers of tokens (OpenID Connect, OAuth 2.0), and the login in a browser."""

from dataclasses import dataclass, field

ALGORITHMS = (
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519",
)  # fmt: skip
"""What may be allowed at all (RFC 7518, RFC 8037, RFC 9864): public keys alone, never ``none``, never a shared secret."""
USUAL_ALGORITHMS = ("RS256", "ES256", "EdDSA")
CALLBACK = "/redoubt/callback"
"""The path of every ``redirect_uri``."""


@dataclass(frozen=True, slots=True)
class IssuerSettings:
    """``[[identity.issuers]]``. Times in seconds."""

    issuer: str
    """Exactly as its tokens say it in ``iss``."""
    audience: tuple[str, ...] = ()
    """A bearer token must name one of these in ``aud``; none: its bearer tokens are not taken."""
    algorithms: tuple[str, ...] = USUAL_ALGORITHMS
    discovery: str = ""
    """Where its metadata is; empty: ``/.well-known/openid-configuration`` under the issuer."""
    jwks_uri: str = ""
    """Where its keys are; empty: where its metadata says."""
    ca_file: str = ""
    """PEM certificates to trust beside the system's."""
    subject_claim: str = "sub"
    """What never changes about a person; a mail address does."""
    name_claim: tuple[str, ...] = ("name",)
    """Path to the name that is shown."""
    groups_claim: tuple[str, ...] = ("groups",)
    """Path to the list of groups: ``groups``, or ``["realm_access", "roles"]`` inside another claim."""
    kind_claim: str = ""
    """The claim that says ``user``, ``service`` or ``agent``; empty: a token of a client for itself is a service's, others a user's."""
    tenant: str = "default"
    app: str = "default"
    """The application whose policy holds for its principals, unless `apps` says otherwise."""
    roles: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """From a group to our roles. A group that is not named gives nothing."""
    apps: dict[str, str] = field(default_factory=dict)
    """From a group to the application; the first that fits, in the order written."""
    required: dict[str, str] = field(default_factory=dict)
    """Claims that must be there with exactly this value."""
    id_tokens: bool = False
    """True: ID tokens are taken as bearer tokens too. They are meant for the application a person logs in to, not for others."""
    leeway: float = 60.0
    """How far clocks may differ."""
    max_token_age: float = 86_400.0
    """A token that was issued longer ago is refused, whatever it says about its end; 0: no such limit."""
    refresh: float = 600.0
    """Between two looks at its keys."""
    refetch: float = 30.0
    """An unknown key makes us look again, but not sooner than so long after the last look."""
    keep: float = 86_400.0
    """How long its keys are trusted after the last look that worked; beyond, its tokens are refused (503)."""


@dataclass(frozen=True, slots=True)
class LoginSettings:
    """``[identity.login]``."""

    issuer: str
    """One of `[[identity.issuers]]`."""
    client_id: str
    redirect_uri: str
    """Where the provider sends the browser back to, exactly as it is registered there; its path is ``/redoubt/callback``."""
    client_secret: str = field(default="", repr=False)
    """Already taken from the environment or file that the configuration names; empty for a public client."""
    scopes: tuple[str, ...] = ("openid", "profile")
    idle_minutes: float = 30.0
    """A session that was not used for so long ends."""
    max_hours: float = 8.0
    """A session ends then, however much it is used: so long may a change of groups at the provider go unseen."""
    after_logout: str = ""
    """Where the provider sends the browser after a logout there, as it is registered there; empty: it stays with the provider."""
