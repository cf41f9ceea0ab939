"""What the operator may set, as values; read from `redoubt.toml` and `REDOUBT_*` by an adapter."""

from dataclasses import dataclass, field
from enum import StrEnum

from redoubt.domain.issuers import IssuerSettings, LoginSettings
from redoubt.domain.limits import NO_PRICES, Estimating, Limit, PriceList, Unpriced
from redoubt.domain.opinions import ClassifierSettings, JudgeSettings
from redoubt.domain.telling import SinkSettings


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


class Migrate(StrEnum):
    """Who brings the tables of an older version up to date."""

    AUTO = "auto"
    """The first gateway that starts."""
    MANUAL = "manual"
    """The operator, by ``redoubt doctor --migrate``; until then no gateway starts."""


class WhenUnavailable(StrEnum):
    """What becomes of an exchange while its entry cannot be stored."""

    REFUSE = "refuse"
    """It is refused at once (503)."""
    WAIT = "wait"
    """It waits ``wait_seconds`` for the store to come back, then it is refused."""
    SPOOL = "spool"
    """Its entry goes to an encrypted file of the data directory, and from there to the store when that is back."""


class LogFormat(StrEnum):
    """How the process writes its own log, on standard error."""

    TEXT = "text"
    JSON = "json"
    """One object a line."""


class LogLevel(StrEnum):
    """The least that is logged."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


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
    drain_seconds: float = 0.0
    """Seconds between SIGTERM, from when on ``/readyz`` answers 503, and the last connection that is taken: load balancers must notice."""
    shutdown_seconds: float = 15.0
    """Seconds that answers under way then have to finish; beyond, they are ended and say so."""
    workers: int = 1
    """Processes that share the address."""
    inspection_threads: int = 4
    """Threads that inspect what would hold the event loop up."""
    inspection_timeout: float = 30.0
    """Seconds that a prompt, an answer, or what arrives of a stream at once may be inspected; beyond, it is denied (503)."""
    trusted_proxies: tuple[str, ...] = ()
    """Networks (CIDR) of the operator's own proxies: where they ask, ``x-forwarded-for`` says who asked them. None: nobody is believed."""
    per_second: int | None = None
    """Requests per second and key, unless the key says otherwise; 0: no limit. None: 50, counted by each process for itself."""
    per_minute: int | None = None
    """The same per minute; None: 1500."""


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """``[store]``."""

    url: str = field(default="", repr=False)
    """``postgresql://USER:PASSWORD@HOST:PORT/DATABASE``; empty: SQLite in the data directory."""
    redis_url: str = field(default="", repr=False)
    """Redis for counters and for the vault's sessions; empty: both stay where the records are. May hold a password."""
    data_dir: str = ""
    """Empty: the platform's data directory for the user."""
    durability: Durability = Durability.DISK
    session_ttl: float = 24 * 3600.0
    """Seconds a vault session lives after its last use."""
    connect_timeout: float = 5.0
    """Seconds until a connection to PostgreSQL stands."""
    statement_timeout: float = 10.0
    """Seconds that PostgreSQL may take for one statement, its wait for locks included."""
    pool_size: int = 8
    """Connections of one gateway to PostgreSQL."""
    migrate: Migrate = Migrate.AUTO
    identity_grace_seconds: float | None = None
    """While the store is out: so long the keys that were read last still hold; 0: nobody is let in that cannot be looked up.

    None: what ``[audit] when_unavailable`` needs (`redoubt.domain.outage`).
    """


@dataclass(frozen=True, slots=True)
class PolicySettings:
    """``[policy]``."""

    profile: str = "balanced"
    file: str = ""
    on_deny: OnDeny = OnDeny.REFUSE
    on_deny_by_app: dict[str, OnDeny] = field(default_factory=dict)
    rules: tuple[str, ...] = ()
    """Files of the user's own detection rules."""
    watch: bool = False
    """Whether the policy's file, and those of the rules, are looked at now and then and taken anew where they changed."""


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
class WebhookSettings:
    """An address that is told of something by a signed HTTPS POST."""

    url: str
    secret: str = field(repr=False)
    """Key of the HMAC, already taken from the environment or file that the configuration names."""


@dataclass(frozen=True, slots=True)
class WitnessSettings:
    """``[[audit.witnesses]]``: somebody who cosigns checkpoints (C2SP ``tlog-witness``)."""

    vkey: str
    """Its verifier key, type 04: ``NAME+ID+BASE64``."""
    url: str = ""
    """Its submission prefix; empty: it is not asked, and brings its cosignatures itself."""


@dataclass(frozen=True, slots=True)
class AuditSettings:
    """``[audit]``."""

    when_unavailable: WhenUnavailable = WhenUnavailable.REFUSE
    wait_seconds: float = 10.0
    """With ``wait``: how long an exchange waits."""
    spool_bytes: int = 256 * 1024 * 1024
    """With ``spool``: how large the file may grow; beyond, exchanges are refused."""

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
    sinks: tuple[SinkSettings, ...] = ()
    """Who is told what the log holds."""
    origin: str = ""
    """Name of this log in its checkpoints (C2SP ``tlog-checkpoint``), without a scheme; empty: ``redoubt.local/`` and the key."""
    checkpoint_seconds: float = 60.0
    """Between two looks whether the log has grown and wants a new checkpoint."""
    checkpoint_dir: str = ""
    """Folder in which every checkpoint is put down as a file, best on another machine's disk; empty: none."""
    checkpoint_webhook: WebhookSettings | None = None
    """Is sent every checkpoint."""
    timestamp_url: str = ""
    """RFC 3161 time-stamping authority that the latest checkpoint is shown to; empty: none."""
    timestamp_roots: str = ""
    """PEM file of the authority's root certificates; empty: its signature is kept and not verified."""
    witnesses: tuple[WitnessSettings, ...] = ()
    """Those whose cosignatures are taken."""


@dataclass(frozen=True, slots=True)
class IdentitySettings:
    """``[identity]``."""

    issuers: tuple[IssuerSettings, ...] = ()
    """Whose tokens are taken."""
    login: LoginSettings | None = None
    """How people log in with a browser; none: they do not."""


@dataclass(frozen=True, slots=True)
class TelemetrySettings:
    """``[telemetry]``."""

    log_format: LogFormat = LogFormat.TEXT
    log_level: LogLevel = LogLevel.INFO
    otlp_endpoint: str = ""
    """Base URL of an OpenTelemetry collector (``http://127.0.0.1:4318``); empty: nothing is exported."""
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """Sent with every export; already taken from where the configuration says they are."""
    ca_file: str = ""
    """PEM certificates to trust beside the system's."""
    service_name: str = "redoubt"
    traces: bool = True
    metrics: bool = True
    sample: float = 1.0
    """Share of the traces that begin here; in a caller's trace the caller has chosen."""
    forward_traceparent: bool = False
    """Whether providers get the trace context."""


@dataclass(frozen=True, slots=True)
class PriceSettings:
    """``[prices]``."""

    file: str = ""
    """What models cost, in a file that the operator keeps; empty: no model has a price."""
    unpriced: Unpriced = Unpriced.REFUSE
    """What a limit on cost does about a model that has none."""


@dataclass(frozen=True, slots=True)
class EstimateSettings:
    """``[estimates]``: what is reserved before the provider has counted."""

    input: Estimating = Estimating.SAFE
    output_tokens: int = 4096
    """Of an answer, where neither the request nor the prices say how long it may get."""
    part_tokens: int = 8192
    """Of a part that is no text, or is at the provider: an image, a file, an earlier answer."""


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
    limits: tuple[Limit, ...] = ()
    prices: PriceSettings = PriceSettings()
    price_list: PriceList = NO_PRICES
    """Read from the file that `prices` names."""
    estimates: EstimateSettings = EstimateSettings()
    upstreams: tuple[UpstreamSettings, ...] = (UpstreamSettings("practice", UpstreamKind.PRACTICE),)
    source: str = ""
    """The file it came from, for error messages."""
