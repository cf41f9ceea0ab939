"""The one place that knows which adapter stands behind which interface.

Imports are inside the functions: who only scans a line does not pay for the database, and `import redoubt` pays for nothing.
"""

import random
import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache, partial
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from redoubt.domain.document import Piece, ReadLimits, Unread
from redoubt.domain.errors import ConfigError
from redoubt.domain.outage import identity_grace
from redoubt.domain.settings import (
    AuditSettings,
    KekSettings,
    ModelSettings,
    Settings,
    UpstreamKind,
    UpstreamSettings,
    WhenUnavailable,
)
from redoubt.domain.taxonomy import GROUPS, TAXONOMY
from redoubt.domain.telling import SinkKind, SinkSettings

if TYPE_CHECKING:
    from types import ModuleType

    from opentelemetry.proto.resource.v1.resource_pb2 import Resource
    from prometheus_client.core import Metric
    from sqlalchemy import Engine

    from redoubt.adapters.files.keyring import Keyring
    from redoubt.adapters.oidc.load import Providers
    from redoubt.adapters.otlp.exporter import MeasureExporter, SpanExporter
    from redoubt.adapters.sql.master import Master
    from redoubt.adapters.sql.tables import State
    from redoubt.domain.backup import Backup, Tell
    from redoubt.domain.conversation import Conversation
    from redoubt.engine.detect.interface import Detector
    from redoubt.engine.detect.rule_detector import RuleDetector
    from redoubt.engine.effects.topics import Embedder
    from redoubt.engine.guard.detector import GuardDetector
    from redoubt.engine.guard.reading import Reader
    from redoubt.engine.policy.model import Policy
    from redoubt.engine.policy.parse import PolicyTest
    from redoubt.pipeline.forgetting import Eraser
    from redoubt.pipeline.inspector import Inspector
    from redoubt.pipeline.leaks import Leaks
    from redoubt.pipeline.phases import Desk
    from redoubt.pipeline.upstream import Upstream
    from redoubt.services.audit.checkpoint import Signer
    from redoubt.services.audit.evidence import Checkpoints, KeptCheckpoint, Prover
    from redoubt.services.audit.forgetting import Forgetting
    from redoubt.services.audit.interface import AuditLog
    from redoubt.services.audit.kek import Kek, KekRing, Rewrapping
    from redoubt.services.audit.lengths import Measuring
    from redoubt.services.audit.notary import Notary
    from redoubt.services.audit.note import VerifierKey
    from redoubt.services.audit.publishing import Publishing
    from redoubt.services.audit.reveals import Reveals
    from redoubt.services.audit.verifying import Verdict
    from redoubt.services.fingerprints.interface import Fingerprints
    from redoubt.services.identity.directory import Directory
    from redoubt.services.identity.interface import Identity
    from redoubt.services.identity.sessions import Sessions
    from redoubt.services.limits.counters import Counters
    from redoubt.services.limits.interface import Limits
    from redoubt.services.limits.prices import Prices
    from redoubt.services.telemetry.recorder import Recorder
    from redoubt.services.telling.interface import Sink, Tail
    from redoubt.services.telling.teller import Teller, Watcher
    from redoubt.services.vault.interface import Vault
    from redoubt.training.build import Built, Stage

_TO_LOG_IN = frozenset({"authlib", "joserfc"})
"""What the extra ``oidc`` installs."""
_TO_TRAIN = frozenset({"torch", "onnx", "safetensors"})
"""What the extra ``train`` installs."""
PROFILES = ("monitor", "balanced", "strict")
"""The built-in policies."""


def settings(path: Path | None, environ: Mapping[str, str]) -> Settings:
    """Read the configuration; see `redoubt.adapters.files.settings`."""
    from redoubt.adapters.files.settings import load_settings

    return load_settings(path, environ)


def data_dir(of: Settings) -> Path:
    """Return where keys and records lie."""
    if of.store.data_dir:
        return Path(of.store.data_dir).expanduser()
    import platformdirs

    return platformdirs.user_data_path("redoubt")


def detector(rule_files: Sequence[str] = (), on_compile: Callable[[], None] = lambda: None) -> "RuleDetector":
    """Return the detector over the packaged catalogue and the user's own rules.

    ``on_compile`` is called where they were not compiled before, which takes seconds.
    """
    from redoubt.adapters.files.catalogue import load_detector

    return load_detector([Path(name) for name in rule_files], on_compile=on_compile)


def profile(name: str) -> bytes:
    """Return the source of a built-in policy; raises ConfigError for an unknown name."""
    if name not in PROFILES:
        raise ConfigError(f"there is no policy profile {name!r}; there are {', '.join(PROFILES)}")
    folder = resources.files("redoubt.engine.policy") / "profiles"
    return (folder / f"{name}.toml").read_bytes()


def policy(name: str, file: str, rules: "RuleDetector") -> "tuple[Policy, tuple[PolicyTest, ...]]":
    """Compile the policy ``file``, or the profile ``name`` where there is none; return it with the tests that its file holds."""
    from redoubt.engine.policy.parse import parse_policy

    if file:
        try:
            data, source = Path(file).read_bytes(), file
        except OSError as error:
            raise ConfigError(f"{file}: the policy cannot be read ({type(error).__name__})") from error
    else:
        data, source = profile(name), name
    known = frozenset(category.id for category in TAXONOMY) | {rule.category for rule in rules.rules}
    groups = {
        name: tuple(sorted(c for g in globs for c in known if fnmatchcase(c, g)))
        for name, globs in GROUPS.items()
    }
    return parse_policy(data, source, groups=groups, categories=known, profile=profile)


def model_settings(environ: Mapping[str, str], *, enabled: bool = True) -> ModelSettings:
    """Return ``[models]`` as the environment alone says it, switched off where they are not ``enabled``."""
    from redoubt.adapters.files.settings import model_settings as read

    return read(environ) if enabled else ModelSettings(enabled=False)


def guard(of: ModelSettings, rules: "RuleDetector") -> "GuardDetector | None":
    """Load the guard models; None where they are not wanted.

    ``rules`` give the hidden forms of a text. Raises ConfigError where the weights are missing, altered or cannot be run.
    """
    if not of.enabled:
        return None
    from redoubt.adapters.runtimes.weights import PACKAGED

    folder = Path(of.path).expanduser() if of.path else PACKAGED
    from redoubt.adapters.runtimes.load import load_guard

    key = bytes.fromhex(of.public_key) if of.public_key else None
    return load_guard(folder, rules.views, threads=of.threads, timeout=of.timeout, key=key)


def train(
    folder: Path | None,
    *,
    base: Path | None,
    small: bool,
    seed: int,
    threads: int,
    epochs: int,
    tell: "Callable[[Stage], None]",
) -> "Built":
    """Make weights from the data in ``folder``; see `redoubt.training.build`.

    ``base`` None: the packaged one. Raises ConfigError where the extra ``train`` is not installed, or the data cannot be used.
    """
    try:
        from redoubt.training import base as bases
        from redoubt.training.build import Job, build
        from redoubt.training.loop import Plan
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _TO_TRAIN:
            raise
        raise ConfigError(
            f"training needs {error.name}, which is not installed: pip install 'redoubt-ai[train]'"
        ) from error
    from redoubt.training.recipe import RELEASE, SMALL

    plan = Plan(epochs=epochs, seed=seed, threads=threads, rate=4e-4)
    job = Job(SMALL if small else RELEASE, plan, folder)
    return build(job, bases.load_base(base) if base else bases.packaged(), _reader, tell)


def _reader(network: bytes, tokenizer: bytes) -> "Reader":
    """Return the reader of run time over weights that were just made."""
    from redoubt.adapters.runtimes.onnx import OnnxEncoder
    from redoubt.adapters.runtimes.tokenizer import WordPieces
    from redoubt.adapters.runtimes.turns import Turns
    from redoubt.engine.guard.reading import Reader
    from redoubt.training.dataset import TAGS
    from redoubt.training.example import HARMS
    from redoubt.training.release import KINDS, NETWORK, TOKENIZER

    patience = 86_400.0  # nobody waits for an answer, and the machine may be put to sleep meanwhile
    encoder = OnnxEncoder(
        network, NETWORK, kinds=len(KINDS), harms=len(HARMS), tags=len(TAGS), turns=Turns(1, patience)
    )
    return Reader(WordPieces(tokenizer, TOKENIZER), encoder)


def opinions(of: ModelSettings, rules: "RuleDetector") -> "tuple[Detector, ...]":
    """Return the second opinions that are configured: classifiers, opened and checked, and judges, who are not contacted yet.

    ``rules`` find what a judge must not see. Raises ConfigError where one cannot be used.
    """
    if not of.enabled:
        return ()
    asked: list[Detector] = []
    if of.classifiers:
        from redoubt.adapters.runtimes.folder import load_classifier

        asked += [load_classifier(each, of.threads) for each in of.classifiers]
    if of.judges:
        from redoubt.adapters.judges.load import load_judge

        asked += [load_judge(each, rules) for each in of.judges]
    return tuple(asked)


def effects(of: "Policy", embedder: "Embedder | None" = None) -> "tuple[Detector, ...]":
    """Return the detectors of what an answer would do, those that the policy has a use for.

    Raises ConfigError where the policy names topics and there is no ``embedder`` to compare them.
    """
    from redoubt.engine.effects.active import ActiveContentDetector
    from redoubt.engine.effects.commitments import CommitmentDetector
    from redoubt.engine.effects.exfiltration import ExfiltrationDetector
    from redoubt.engine.effects.topics import TopicDetector

    chosen: list[Detector] = [ExfiltrationDetector(of.links), ActiveContentDetector()]
    if of.concerns("commitment"):
        chosen.append(CommitmentDetector(of.commitments.allow, of.commitments.topics))
    if of.topics:
        if embedder is None:
            raise ConfigError(
                "the policy has [topics], which only the guard models can compare: switch them on"
            )
        chosen.append(TopicDetector(embedder, of.topics.allow, of.topics.deny, of.topics.threshold))
    return tuple(chosen)


def inspector(
    of: "Policy",
    rules: "RuleDetector",
    key: bytes,
    *,
    guard: "GuardDetector | None" = None,
    opinions: "Sequence[Detector]" = (),
) -> "Inspector":
    """Return the inspector of a policy: the rules, the effects of an answer, and the guard models and second opinions there are.

    Raises ConfigError where the policy asks for what cannot be inspected.
    """
    from redoubt.pipeline.inspector import Inspector

    if guard is None:
        return Inspector((rules, *effects(of), *opinions), of, key=key)
    return Inspector((rules, guard, *effects(of, guard.embedder), *opinions), of, key=key)


def keyring(of: Settings, environ: Mapping[str, str]) -> "Keyring":
    """Open the master key, making one at the first start."""
    from redoubt.adapters.files.keyring import open_keyring

    return open_keyring(data_dir(of), environ)


@dataclass(frozen=True, slots=True)
class Stores:
    """Everything that remembers."""

    audit: "AuditLog"
    prover: "Prover"
    checkpoints: "Checkpoints"
    identity: "Identity"
    directory: "Directory"
    vault: "Vault"
    fingerprints: "Fingerprints"
    forgetting: "Forgetting"
    eraser: "Eraser"
    rewrapping: "Rewrapping"
    reveals: "Reveals"
    sessions: "Sessions | None"
    """Of people who log in with a browser; None where nobody does."""
    tail: "Tail"
    limits: "Limits"
    measuring: "Measuring"
    dispose: Callable[[], None]
    """Close the counters of limits and the database's connections, after the audit log was closed."""


def stores(
    of: Settings, keys: "Keyring", clock: Callable[[], float] = time.time, *, serving: bool = False
) -> Stores:
    """Open the stores that the settings name.

    ``serving``: for a gateway, whose exchanges do what ``[audit] when_unavailable`` says while the store is out; whatever else is done
    fails at once then.
    """
    from redoubt.adapters.sql.audit import SqlAuditLog
    from redoubt.adapters.sql.checkpoints import SqlCheckpoints
    from redoubt.adapters.sql.database import open_database
    from redoubt.adapters.sql.directory import SqlDirectory
    from redoubt.adapters.sql.fingerprints import SqlFingerprints
    from redoubt.adapters.sql.forgetting import SqlForgetting
    from redoubt.adapters.sql.keys import SqlIdentity
    from redoubt.adapters.sql.measuring import SqlMeasuring
    from redoubt.adapters.sql.proving import SqlProver
    from redoubt.adapters.sql.reveals import SqlReveals
    from redoubt.adapters.sql.rewrapping import SqlRewrapping
    from redoubt.adapters.sql.telling import SqlTail
    from redoubt.pipeline.forgetting import Eraser
    from redoubt.pipeline.leaks import person

    database = open_database(
        of.store.url, data_dir(of), of.store.durability, store=of.store, master=_master(keys)
    )
    subject_key = keys.derive("audit subjects")
    ring = keks(of.audit, keys)
    fingerprints = SqlFingerprints(database, clock=clock)
    kept = vault(of, database, keys.derive("vault"), clock)
    forgetting = SqlForgetting(database, subject_key=subject_key, clock=clock)
    audit = SqlAuditLog(database, keks=ring, subject_key=subject_key)
    identity = SqlIdentity(database, pepper=keys.derive("api keys"), clock=clock, grace=identity_grace(of))
    book = limits(of, database, clock)

    def dispose() -> None:
        book.close()
        database.dispose()

    return Stores(
        audit=enduring(of, keys, audit, clock) if serving else audit,
        identity=identity,
        directory=SqlDirectory(
            database, pepper=keys.derive("api keys"), clock=clock, changed=identity.look_again
        ),
        vault=kept,
        fingerprints=fingerprints,
        forgetting=forgetting,
        rewrapping=SqlRewrapping(database, ring),
        reveals=SqlReveals(database, clock=clock),
        eraser=Eraser(forgetting, kept, fingerprints, partial(person, keys.derive("leaks"))),
        prover=SqlProver(database, audit.head),
        checkpoints=SqlCheckpoints(database),
        sessions=_sessions(of, database, keys, clock),
        tail=SqlTail(database, secrets.token_hex(16), clock),
        limits=book,
        measuring=SqlMeasuring(database),
        dispose=dispose,
    )


def _master(keys: "Keyring") -> "Master":
    """Return what a database is held against."""
    from redoubt.adapters.sql.master import Master
    from redoubt.services.audit.kek import MASTER, LocalKek

    return Master(keys.derive("master key check"), LocalKek(MASTER, keys.derive("audit text")))


def _sessions(
    of: Settings, database: "Engine", keys: "Keyring", clock: Callable[[], float]
) -> "Sessions | None":
    from redoubt.adapters.sql.sessions import SqlSessions

    login = of.identity.login
    if login is None:
        return None
    return SqlSessions(
        database,
        master=keys.derive("login sessions"),
        idle=login.idle_minutes * 60,
        longest=login.max_hours * 3600,
        clock=clock,
    )


def keks(of: AuditSettings, keys: "Keyring") -> "KekRing":
    """Return what the data keys of the audit log are wrapped under, and what older ones may be."""
    from redoubt.services.audit.kek import MASTER, KekRing, LocalKek

    master = LocalKek(MASTER, keys.derive("audit text"))
    older = (master, *([kek(of.kek_previous)] if of.kek_previous else []))
    return KekRing(kek(of.kek) if of.kek else master, older)


def kek(of: KekSettings) -> "Kek":
    """Return the key that the settings name."""
    from redoubt.services.audit.kek import LocalKek, local_id

    if of.key:
        return LocalKek(local_id(of.key), of.key)
    from redoubt.adapters.kms.vault import VaultKek

    return VaultKek(of)


def schema_state(of: Settings) -> "State":
    """Say which version the database's tables have and what is due; nothing is changed. Raises ConfigError, ServiceError."""
    from redoubt.adapters.sql.database import schema_state as state

    return state(of.store.url, data_dir(of))


def enduring(
    of: Settings, keys: "Keyring", audit: "AuditLog", clock: Callable[[], float] = time.time
) -> "AuditLog":
    """Return ``audit`` so that it does what ``[audit] when_unavailable`` says. Raises ServiceError where a spool cannot be opened."""
    from redoubt.services.audit.ids import Uids
    from redoubt.services.entropy import BufferedRandom

    if of.audit.when_unavailable is WhenUnavailable.REFUSE:
        return audit
    random = BufferedRandom()
    uids = Uids(random, clock)
    if of.audit.when_unavailable is WhenUnavailable.WAIT:
        from redoubt.services.audit.waiting import WaitingLog

        return WaitingLog(audit, uids, of.audit.wait_seconds)
    from redoubt.adapters.files.spool import open_spool
    from redoubt.services.audit.spooling import SpoolingLog

    spool = open_spool(data_dir(of), keys.derive("audit spool"), of.audit.spool_bytes, secrets.token_bytes)
    return SpoolingLog(audit, spool, uids)


def vault(of: Settings, database: "Engine", master: bytes, clock: Callable[[], float] = time.time) -> "Vault":
    """Return the vault: in Redis where the settings name one, else in the database."""
    if not of.store.redis_url:
        from redoubt.adapters.sql.vault import SqlVault

        return SqlVault(database, master=master, ttl=of.store.session_ttl, clock=clock)
    try:
        from redoubt.adapters.redis.connection import open_redis
        from redoubt.adapters.redis.vault import RedisVault
    except ModuleNotFoundError as error:
        raise ConfigError(
            "[store] redis_url: Redis needs redis-py, which is not installed: pip install 'redoubt-ai[redis]'"
        ) from error
    client = open_redis(of.store.redis_url, retries=1)  # everything the vault does may be done twice
    return RedisVault(client, master=master, ttl=of.store.session_ttl)


def providers(of: Settings, key: bytes) -> "Providers | None":
    """Return the identity providers that are configured, None where there are none; ``key`` is for logins under way.

    Nothing is contacted. Raises ConfigError where the extra ``oidc`` is not installed.
    """
    if not of.identity.issuers:
        return None
    try:
        from redoubt.adapters.oidc.load import load_providers
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _TO_LOG_IN:
            raise
        raise ConfigError(
            f"[[identity.issuers]] needs {error.name}, which is not installed: pip install 'redoubt-ai[oidc]'"
        ) from error
    return load_providers(of.identity, key)


def notary(of: Settings, keys: "Keyring", stores: Stores, clock: Callable[[], float] = time.time) -> "Notary":
    """Return what signs the checkpoints of the log. Every installation with the same master key signs alike."""
    from redoubt.adapters.evidence.outlets import FolderOutlet
    from redoubt.services.audit.checkpoint import Signer
    from redoubt.services.audit.notary import Notary
    from redoubt.services.audit.note import parse_vkey

    signer = Signer(keys.derive("audit checkpoints"), of.audit.origin)
    witnesses = [parse_vkey(each.vkey) for each in of.audit.witnesses]
    folder = FolderOutlet(Path(of.audit.checkpoint_dir).expanduser()) if of.audit.checkpoint_dir else None
    elsewhere = folder.newest if folder else None
    return Notary(signer, stores.prover, stores.checkpoints, clock, witnesses, elsewhere)


def publishing(of: Settings, by: "Notary", clock: Callable[[], float] = time.time) -> "Publishing":
    """Return what signs checkpoints regularly and brings them to whom `[audit]` names. Raises ConfigError."""
    from redoubt.adapters.evidence.outlets import FolderOutlet, WebhookOutlet
    from redoubt.adapters.evidence.post import Poster
    from redoubt.adapters.evidence.witness import WitnessOutlet
    from redoubt.services.audit.note import parse_vkey
    from redoubt.services.audit.publishing import Outlet, Publishing

    audit, outlets = of.audit, list[Outlet]()
    if audit.checkpoint_dir:
        outlets.append(FolderOutlet(Path(audit.checkpoint_dir).expanduser()))
    if audit.checkpoint_webhook is not None:
        hook = audit.checkpoint_webhook
        outlets.append(WebhookOutlet(Poster("checkpoint_webhook", hook.url), hook.secret, clock))
    if audit.timestamp_url:
        from redoubt.adapters.evidence.timestamp import TimestampOutlet

        poster = Poster("timestamp_url", audit.timestamp_url)
        outlets.append(TimestampOutlet(poster, audit.timestamp_roots, by.checkpoints))
    for witness in filter(lambda each: each.url, audit.witnesses):
        name = parse_vkey(witness.vkey).name
        outlets.append(WitnessOutlet(name, Poster("witnesses", witness.url), by))
    return Publishing(by, outlets, time.monotonic)


async def export_log(
    by: "Notary", out: Path, *, start: int, texts: bool, tell: Callable[[int, int], None]
) -> "KeptCheckpoint":
    """Write the log into a folder; see `redoubt.adapters.evidence.export`."""
    from redoubt.adapters.evidence.export import write_export

    return await write_export(by, out, start=start, texts=texts, tell=tell)


async def bundle(by: "Notary", exchange: str, out: Path, *, texts: bool) -> "tuple[int, KeptCheckpoint]":
    """Write the evidence of one exchange as one file; see `redoubt.adapters.evidence.bundle`."""
    from redoubt.adapters.evidence.bundle import write_bundle

    return await write_bundle(by, exchange, out, texts=texts)


def verify_log(
    path: Path,
    key: "VerifierKey",
    given: Sequence[Path],
    tell: Callable[[int, int], None],
    witnesses: "Sequence[VerifierKey]" = (),
) -> "Verdict":
    """Verify an export or a bundle with public keys and nothing else; see `redoubt.adapters.evidence.folder` and ``bundle``."""
    from redoubt.adapters.evidence.folder import entries_in, verify_folder

    if path.is_file():
        from redoubt.adapters.evidence.bundle import verify_bundle

        return verify_bundle(path, key, witnesses)
    total = entries_in(path)
    return verify_folder(path, key, given, lambda done: tell(done, total), witnesses)


def read_note(path: Path) -> bytes:
    """Return a small file of evidence: a key, a checkpoint. Raises InputError."""
    from redoubt.adapters.evidence.folder import small

    return small(path)


def limits(of: Settings, database: "Engine", clock: Callable[[], float] = time.time) -> "Limits":
    """Return the limits, each counted where it holds for everybody who shares it.

    With Redis: there, but for days and months, which must not be forgotten. Without: in the database. What nobody set is each process's
    protection against floods and is counted in its memory; so are the limits that keys bring where one process serves on SQLite.
    """
    from redoubt.adapters.sql.counters import SqlCounters
    from redoubt.services.limits import split
    from redoubt.services.limits.book import LimitBook, server_limits
    from redoubt.services.limits.counters import Tier
    from redoubt.services.limits.memory import MemoryCounters
    from redoubt.services.limits.queued import QueuedCounters

    counters: Counters = QueuedCounters(SqlCounters(database))
    tier = split.shared
    if of.store.redis_url:
        from redoubt.adapters.redis.connection import open_redis
        from redoubt.adapters.redis.counters import RedisCounters

        redis = QueuedCounters(RedisCounters(open_redis(of.store.redis_url)))
        counters, tier = split.SplitCounters(Tier.QUICK, redis, counters), split.with_redis
    elif database.dialect.name == "sqlite" and of.server.workers == 1:
        tier = split.alone
    return LimitBook(
        of.limits,
        split.SplitCounters(Tier.LOCAL, MemoryCounters(clock), counters),
        default=server_limits(of.server.per_second, of.server.per_minute),
        unpriced=of.prices.unpriced,
        tier=tier,
        random=secrets.token_bytes,
    )


def redis_keeps(of: Settings) -> bool:
    """Tell whether the Redis of the settings keeps its counters over a restart. Raises ServiceError where it does not answer."""
    from redoubt.adapters.redis.connection import open_redis
    from redoubt.adapters.redis.counters import keeps_on_disk

    return keeps_on_disk(open_redis(of.store.redis_url))


def prices(of: Settings) -> "Prices":
    """Return what models cost."""
    from redoubt.services.limits.prices import Prices

    return Prices(of.price_list)


def leaks(rules: "RuleDetector", keys: "Keyring", of: Stores) -> "Leaks":
    """Return what compares answers with the operator's text and with other callers' values."""
    from redoubt.pipeline.leaks import Leaks

    return Leaks(rules.reasons, key=keys.derive("leaks"), recent=of.fingerprints.recent)


def desk(
    watch: "Inspector",
    vault: "Vault",
    keys: "Keyring",
    clock: Callable[[], float] = time.time,
    *,
    leaks: "Leaks | None" = None,
) -> "Desk":
    """Return what every exchange of a gateway shares."""
    from redoubt.pipeline.phases import Desk

    return Desk(watch, vault.key, keys.derive("hashes"), clock, leaks, keys.derive("audit values"))


@dataclass(frozen=True, slots=True)
class Ruling:
    """The policy in force and all that inspects by it: one thing, replaced whole."""

    desk: "Desk"
    tests: "tuple[PolicyTest, ...]"
    """Those that the policy's file holds."""
    rules: "RuleDetector"
    guard: "GuardDetector | None"
    opinions: "tuple[Detector, ...]"


def ruling(of: Settings, keys: "Keyring", where: Stores, before: Ruling | None = None) -> Ruling:
    """Read policy and rules as they are now and compile them; ``before`` gives what has not changed since.

    Rules that were not compiled before take seconds. Raises ConfigError, naming file and place.
    """
    rules = detector(of.policy.rules)
    if before is not None and before.rules.version == rules.version:
        rules, models, asked = before.rules, before.guard, before.opinions
    else:
        models, asked = guard(of.models, rules), opinions(of.models, rules)
    made, tests = policy(of.policy.profile, of.policy.file, rules)
    watch = inspector(made, rules, keys.derive("inspection cache"), guard=models, opinions=asked)
    return Ruling(
        desk(watch, where.vault, keys, leaks=leaks(rules, keys, where)), tests, rules, models, asked
    )


def back_up(
    of: Settings, environ: Mapping[str, str], out: Path, passphrase: str, version: str, tell: "Tell"
) -> "Backup":
    """Write keys and records to ``out``; see `redoubt.adapters.backup.create`."""
    from redoubt.adapters.backup.create import create
    from redoubt.adapters.files.keyring import Keyring, read_master

    master = read_master(data_dir(of), environ)
    with closing_database(of, Keyring(master)) as database:
        return create(
            database, master, _backup_signer(of)(master), out, passphrase,
            version=version, now=time.time(), random=secrets.token_bytes, tell=tell,
        )  # fmt: skip


def verify_backup(of: Settings, path: Path, passphrase: str, tell: "Tell") -> "Backup":
    """Read all of a backup and check it; nothing is written. See `redoubt.adapters.backup.restore`."""
    from redoubt.adapters.backup.restore import read

    return read(path, passphrase, _backup_signer(of), lambda _rows: None, tell)


def restore_backup(
    of: Settings, environ: Mapping[str, str], path: Path, passphrase: str, *, force: bool, tell: "Tell"
) -> "tuple[Backup, Path | None]":
    """Put a backup's key and records where the settings say; return also where a master key is kept that was there before."""
    from redoubt.adapters.backup.restore import restore
    from redoubt.adapters.files.keyring import put_master

    kept: list[Path] = []

    def put(done: "Backup") -> None:
        if before := put_master(data_dir(of), environ, done.master):
            kept.append(before)

    with closing_database(of) as database:
        done = restore(database, path, passphrase, _backup_signer(of), put, force=force, tell=tell)
    return done, kept[0] if kept else None


@contextmanager
def closing_database(of: Settings, keys: "Keyring | None" = None) -> "Iterator[Engine]":
    """Open the database for one piece of work, without the services on it; ``keys`` None: whatever its master key is."""
    from redoubt.adapters.sql.database import open_database

    master = _master(keys) if keys else None
    database = open_database(of.store.url, data_dir(of), of.store.durability, store=of.store, master=master)
    try:
        yield database
    finally:
        database.dispose()


def _backup_signer(of: Settings) -> "Callable[[bytes], Signer]":
    """Return what makes a log's signer from a master key."""
    from redoubt.adapters.files.keyring import Keyring
    from redoubt.services.audit.checkpoint import Signer

    return lambda master: Signer(Keyring(master).derive("audit checkpoints"), of.audit.origin)


def upstreams(of: Settings) -> "dict[str, Upstream]":
    """Return a client for each upstream, by name."""
    from redoubt.adapters.practice.upstream import PracticeUpstream
    from redoubt.adapters.providers.bounds import Bounds
    from redoubt.adapters.providers.http import HttpUpstream

    bounds = Bounds(
        connect_timeout=of.server.upstream_connect_timeout,
        read_timeout=of.server.upstream_read_timeout,
        max_body=of.server.max_answer_bytes,
    )

    return {
        each.name: PracticeUpstream()
        if each.kind is UpstreamKind.PRACTICE
        else HttpUpstream(each, bounds=bounds)
        for each in of.upstreams
    }


def instructions(of: UpstreamSettings) -> str:
    """Return what an upstream's own side tells the model; the practice model's is known."""
    from redoubt.adapters.practice.world import SYSTEM_PROMPT

    known = SYSTEM_PROMPT if of.kind is UpstreamKind.PRACTICE else ""
    return "\n".join(filter(None, (known, of.instructions)))


def tellers(of: Settings, stores: Stores, watcher: "Watcher", version: str) -> "tuple[Teller, ...]":
    """Return what tells each sink that is configured. Raises ConfigError where one cannot be used."""
    from redoubt.services.telling.teller import Teller

    return tuple(
        Teller(each, _sink(each, of, version), stores.tail, watcher, time.time, random.random)
        for each in of.audit.sinks
    )


def _sink(of: SinkSettings, all_settings: Settings, version: str) -> "Sink":
    """Return one sink."""
    from redoubt.adapters.sinks.lines import FileSink, OutputSink
    from redoubt.adapters.sinks.posting import Post
    from redoubt.adapters.sinks.syslog import syslog_sink
    from redoubt.adapters.sinks.webhook import WebhookSink
    from redoubt.services.telling import ocsf, plain
    from redoubt.services.telling.signing import key_of

    name = f"audit.sinks.{of.name}"
    if of.kind is SinkKind.CEF:
        return syslog_sink(of, version)
    if of.kind is SinkKind.OTLP:
        logs, who = _otlp(all_settings, version)
        told = all_settings.telemetry
        ours = of.url == told.otlp_endpoint and not of.headers
        headers, ca_file = (told.headers, told.ca_file) if ours else (of.headers, of.ca_file)
        sink: Sink = logs.LogSink(Post(name, of.url, logs.PATH, headers, ca_file), who, version)
        return sink
    if of.path:
        line = plain.line if of.kind is SinkKind.JSONL else partial(ocsf.event, product_version=version)
        if of.path == "-":
            return OutputSink(line)
        return FileSink(Path(of.path), line, max_bytes=of.max_bytes, keep=of.keep)
    document = (
        plain.document if of.kind is SinkKind.WEBHOOK else partial(ocsf.document, product_version=version)
    )
    key = key_of(of.secret) if of.secret else b""
    return WebhookSink(Post(name, of.url, "", of.headers, of.ca_file), document, key)


def telemetry(of: Settings) -> "Recorder | None":
    """Return what takes note of exchanges; None where nothing is exported."""
    told = of.telemetry
    if not told.otlp_endpoint or not (told.traces or told.metrics):
        return None
    from redoubt.services.entropy import BufferedRandom
    from redoubt.services.telemetry.recorder import Recorder

    return Recorder(
        BufferedRandom(),
        sample=told.sample,
        traces=told.traces,
        metrics=told.metrics,
        forwards=told.forward_traceparent,
    )


def exporters(
    of: Settings,
    recorder: "Recorder",
    families: "Callable[[], Iterator[Metric]]",
    count: Callable[[str, int], None],
    version: str,
) -> "dict[str, SpanExporter | MeasureExporter]":
    """Return what posts spans and measures to the collector, by name. Raises ConfigError where the extra is not installed."""
    _, who = _otlp(of, version)
    from redoubt.adapters.otlp import measures, spans
    from redoubt.adapters.otlp.exporter import MeasureExporter, SpanExporter
    from redoubt.adapters.sinks.posting import Post

    told = of.telemetry

    def post(path: str) -> Post:
        return Post("telemetry", told.otlp_endpoint, path, told.headers, told.ca_file)

    made: dict[str, SpanExporter | MeasureExporter] = {}
    if told.traces:
        made["spans"] = SpanExporter(recorder, post(spans.PATH), who, version, count)
    if told.metrics:
        made["measures"] = MeasureExporter(recorder, families, post(measures.PATH), who, version, time.time)
    return made


def _otlp(of: Settings, version: str) -> "tuple[ModuleType, Resource]":
    """Return the exporter of log records, and who speaks. Raises ConfigError where the extra ``telemetry`` is not installed."""
    try:
        from redoubt.adapters.otlp import logs, values
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("opentelemetry", "google"):
            raise
        raise ConfigError(
            f"OpenTelemetry needs {error.name}, which is not installed: pip install 'redoubt-ai[telemetry]'"
        ) from error
    return logs, values.resource(of.telemetry.service_name, version, _instance())


@cache
def _instance() -> str:
    """Return what names this process among those that export: the same in all that it sends."""
    return secrets.token_hex(8)


def read_file(
    path: Path, name: str, limits: ReadLimits, part: tuple[int, int] | None = None
) -> Iterator[Piece | Unread]:
    """Yield the pieces of a file; see `redoubt.adapters.documents.reader`."""
    from redoubt.adapters.documents.reader import read_file as read

    return read(path, name, limits, part)


def read_stream(file: BinaryIO, name: str, limits: ReadLimits) -> Iterator[Piece | Unread]:
    """Yield the pieces of what comes out of ``file``; see `redoubt.adapters.documents.reader`."""
    from redoubt.adapters.documents.reader import read_stream as read

    return read(file, name, limits)


def cuts(path: Path, size: int) -> tuple[tuple[int, int], ...]:
    """Return ranges of about ``size`` bytes that a large plain text may be read in; see `redoubt.adapters.documents.cuts`."""
    from redoubt.adapters.documents.cuts import cuts as cut

    return cut(path, size)


def conversations(path: Path, limits: ReadLimits) -> "Iterator[Conversation]":
    """Yield the conversations of a chatbot's export; see `redoubt.adapters.documents.chats`."""
    from redoubt.adapters.documents.chats import read_chats

    return read_chats(path, limits)
