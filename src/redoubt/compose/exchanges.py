"""What every exchange of a gateway shares: the policy in force and all that inspects by it."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from redoubt.compose.inspection import detector, guard, inspector, opinions, policy
from redoubt.compose.storage import Stores
from redoubt.domain.settings import Settings

if TYPE_CHECKING:
    from redoubt.adapters.files.keyring import Keyring
    from redoubt.engine.detect.interface import Detector
    from redoubt.engine.detect.rule_detector import RuleDetector
    from redoubt.engine.guard.detector import GuardDetector
    from redoubt.engine.policy.parse import PolicyTest
    from redoubt.pipeline.inspector import Inspector
    from redoubt.pipeline.leaks import Leaks
    from redoubt.pipeline.phases import Desk
    from redoubt.services.vault.interface import Vault


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
