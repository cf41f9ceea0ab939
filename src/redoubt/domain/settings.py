"""What the operator may set, as values; read from `redoubt.toml` and `REDOUBT_*` by an adapter."""

from dataclasses import dataclass, field
from enum import StrEnum

from redoubt.domain.opinions import ClassifierSettings, JudgeSettings


class UpstreamKind(StrEnum):
    """The wire protocol an upstream speaks."""

    OPENAI = "openai"
    ANTHROPIC = "anthropic"
    GEMINI = "gemini"
    PRACTICE = "practice"
    """The simulated provider that is built in; it speaks all three."""


class OnDeny(StrEnum):
    """How a denial is said to the caller."""

    REFUSE = "refuse"
    """HTTP 200, a short refusal as the answer, the provider's content-filter finish reason."""
    ERROR = "error"
    """HTTP 400 with the provider's content-filter error."""


class Durability(StrEnum):
    """What an audit entry survives once `append` has returned."""

    DISK = "disk"
    """The loss of power: every commit waits for the disk."""
    PROCESS = "process"
    """The death of the process, not of the machine: commits wait for the operating system alone."""


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """``[server]``."""

    host: str = "127.0.0.1"
    port: int = 8420
    tls_cert: str = ""
    tls_key: str = ""
    max_body_bytes: int = 32 * 1024 * 1024
    max_answer_bytes: int = 64 * 1024 * 1024
    max_connections: int = 1000
    request_timeout: float = 30.0
    """Seconds a caller has to send its whole request."""
    upstream_connect_timeout: float = 10.0
    upstream_read_timeout: float = 300.0
    """Seconds without one byte from the provider."""
    inspection_threads: int = 4
    """Threads that inspect what would hold the event loop up."""
    inspection_timeout: float = 30.0
    """Seconds that a prompt, an answer, or what arrives of a stream at once may be inspected; beyond, it is denied (503)."""
    per_second: int = 50
    """Requests per second and key, unless the key says otherwise; 0: no limit."""
    per_minute: int = 1500


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """``[store]``."""

    url: str = ""
    """SQLAlchemy URL; empty: SQLite in the data directory."""
    redis_url: str = field(default="", repr=False)
    """Redis for counters and for the vault's sessions; empty: both stay where the records are. May hold a password."""
    data_dir: str = ""
    """Empty: the platform's data directory for the user."""
    durability: Durability = Durability.DISK
    session_ttl: float = 24 * 3600.0
    """Seconds a vault session lives after its last use."""


@dataclass(frozen=True, slots=True)
class PolicySettings:
    """``[policy]``."""

    profile: str = "balanced"
    file: str = ""
    on_deny: OnDeny = OnDeny.REFUSE
    on_deny_by_app: dict[str, OnDeny] = field(default_factory=dict)
    rules: tuple[str, ...] = ()
    """Files of the user's own detection rules."""


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """``[models]``: the guard models."""

    enabled: bool = True
    """False: rules alone, and no second opinions either."""
    path: str = ""
    """Folder of the weights; empty: those that come with Redoubt."""
    threads: int = 1
    """Windows of text that are judged at once, each by one thread."""
    timeout: float = 2.0
    """Seconds that one window may take, its wait for a free thread included; beyond, the guard could not answer."""
    public_key: str = ""
    """Ed25519 key, 64 hexadecimal digits, of whoever signed the weights in `path`; empty: ours. Who holds it decides what is an attack."""
    classifiers: tuple[ClassifierSettings, ...] = ()
    """Second opinions of other people's classifiers."""
    judges: tuple[JudgeSettings, ...] = ()
    """Second opinions of models that are asked over the network."""


@dataclass(frozen=True, slots=True)
class UpstreamSettings:
    """``[upstreams.NAME]``."""

    name: str
    kind: UpstreamKind
    base_url: str = ""
    api_key: str = field(default="", repr=False)
    """Already taken from the environment or file that the configuration names."""
    models: tuple[str, ...] = ("*",)
    """Globs of the model names it serves; the first upstream whose glob and protocol fit is used."""
    instructions: str = ""
    """What the provider's side tells the model before every request (a prompt that is kept there): answers are compared with it."""


@dataclass(frozen=True, slots=True)
class KekSettings:
    """``[audit] kek``: a key of the operator's own, or one that HashiCorp Vault's transit engine keeps."""

    key: bytes = field(default=b"", repr=False)
    """32 bytes; empty where it is Vault's."""
    url: str = ""
    """Of Vault."""
    name: str = ""
    """Of the key in Vault."""
    mount: str = "transit"
    namespace: str = ""
    token: str = field(default="", repr=False)
    ca: str = ""
    """PEM file of the authority that signed Vault's certificate; empty: those that the system trusts."""


@dataclass(frozen=True, slots=True)
class AuditSettings:
    """``[audit]``."""

    origin: str = ""
    """Name of this log in its checkpoints (C2SP ``tlog-checkpoint``), without a scheme; empty: ``redoubt.local/`` and the key's id."""
    retention_days: int = 365
    """Days that recorded texts are kept; whole months that are older lose them."""
    retention_below_six_months: bool = False
    """The operator knows that fewer than 180 days are fewer than AI Act Art. 19 and 26(6) ask for, and that neither binds it."""
    kek: KekSettings | None = None
    """What the data keys of texts are wrapped under; None: a key that is derived from the master key."""
    kek_previous: KekSettings | None = None
    """What they were wrapped under before, as long as `redoubt audit rotate-kek` has not wrapped all of them anew."""
    reveal_needs: int = 1
    """Persons it takes to see a recorded text: 1, or 2, of whom one asks and another approves."""


@dataclass(frozen=True, slots=True)
class IdentitySettings:
    """``[identity]``."""


@dataclass(frozen=True, slots=True)
class TelemetrySettings:
    """``[telemetry]``."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All of it."""

    server: ServerSettings = ServerSettings()
    store: StoreSettings = StoreSettings()
    policy: PolicySettings = PolicySettings()
    models: ModelSettings = ModelSettings()
    audit: AuditSettings = AuditSettings()
    identity: IdentitySettings = IdentitySettings()
    telemetry: TelemetrySettings = TelemetrySettings()
    upstreams: tuple[UpstreamSettings, ...] = (UpstreamSettings("practice", UpstreamKind.PRACTICE),)
    source: str = ""
    """The file it came from, for error messages."""
