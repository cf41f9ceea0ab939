"""What the gateway stands on: the ports that `compose` fills."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from redoubt.domain.decision import Decision
from redoubt.domain.limits import NO_PRICES
from redoubt.domain.settings import OnDeny, Settings
from redoubt.pipeline.forgetting import Eraser
from redoubt.pipeline.phases import Desk
from redoubt.services.audit.forgetting import Forgetting
from redoubt.services.audit.ids import RANDOM_BYTES, exchange_id
from redoubt.services.audit.interface import AuditLog
from redoubt.services.audit.notary import Notary
from redoubt.services.audit.reveals import Reveals
from redoubt.services.entropy import BufferedRandom
from redoubt.services.fingerprints.interface import Fingerprints
from redoubt.services.identity.directory import Directory
from redoubt.services.identity.interface import Identity
from redoubt.services.identity.login import Login
from redoubt.services.identity.sessions import Sessions
from redoubt.services.identity.tokens import Tokens
from redoubt.services.limits.interface import Limits
from redoubt.services.limits.prices import Prices
from redoubt.services.telemetry.interface import Telemetry
from redoubt.services.vault.interface import Vault
from redoubt.surfaces.gateway.closing import Closing
from redoubt.surfaces.gateway.limit_notes import LimitNotes
from redoubt.surfaces.gateway.metrics import Metrics
from redoubt.surfaces.gateway.readings import Readings
from redoubt.surfaces.gateway.reloading import Reloader
from redoubt.surfaces.gateway.siblings import Siblings
from redoubt.surfaces.gateway.thinker import Thinker
from redoubt.surfaces.gateway.upstreams import Upstreams
from redoubt.surfaces.gateway.workers import Workers


def exchange_ids(random: Callable[[int], bytes], clock: Callable[[], float] = time.time) -> Callable[[], str]:
    """Return what makes the ids of exchanges."""
    return lambda: exchange_id(clock(), random(RANDOM_BYTES))


async def nobody_approves(_decision: Decision) -> bool:
    """Answer for the person where nobody can be asked."""
    return False


@dataclass(slots=True)
class Gateway:
    """Everything a request may need. Only the desk is ever replaced; an exchange keeps the one it began with."""

    settings: Settings
    identity: Identity
    limits: Limits
    audit: AuditLog
    vault: Vault
    desk: Desk
    upstreams: Upstreams
    version: str = "0"
    """Of the package."""
    metrics: Metrics = field(default_factory=Metrics)
    workers: Workers = field(default_factory=Workers)
    closing: Closing = field(default_factory=Closing)
    """How it comes to its end."""
    reloader: Reloader | None = None
    """Puts a new policy in force; None where it stays what it is."""
    siblings: Siblings | None = None
    """The other workers behind the same address, where there are any."""
    approve: Callable[[Decision], Awaitable[bool]] = nobody_approves
    clock: Callable[[], float] = time.time
    """Seconds since the epoch, UTC."""
    new_id: Callable[[], str] = field(default_factory=lambda: exchange_ids(BufferedRandom()))

    directory: Directory | None = None
    """Asked where principals, roles and keys are managed."""
    forgetting: Forgetting | None = None
    """Asked where persons are held; `eraser` where they are erased."""
    eraser: Eraser | None = None
    reveals: Reveals | None = None
    """Asked where it takes two persons to see a text."""
    readings: Readings = field(default_factory=Readings)
    """What is on record of who read the log."""
    tokens: Tokens | None = None
    """Asked where identity providers are configured."""
    login: Login | None = None
    """Asked where people log in with a browser; `sessions` too."""
    sessions: Sessions | None = None
    prices: Prices = field(default_factory=lambda: Prices(NO_PRICES))
    """What models cost."""
    limit_notes: LimitNotes = field(default_factory=LimitNotes)
    fingerprints: Fingerprints | None = None
    """Asked where the desk compares answers with other callers' values."""
    telemetry: Telemetry | None = None
    """Takes note of exchanges; None where nothing is exported."""
    notary: Notary | None = None
    """Signs checkpoints of the log and proves entries of it."""

    def thinker(self) -> Thinker:
        """Return what inspects one exchange."""
        server, inspector = self.settings.server, self.desk.inspector
        return Thinker(self.workers, heavy=inspector.slow, seconds=server.inspection_timeout)

    def on_deny(self, app: str) -> OnDeny:
        """Return how a denial is said to ``app``."""
        policy = self.settings.policy
        return policy.on_deny_by_app.get(app, policy.on_deny)
