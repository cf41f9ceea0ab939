"""What inspects a text: rules, policy, guard models, second opinions, and the effects of an answer."""

from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from redoubt.domain.errors import ConfigError
from redoubt.domain.settings import ModelSettings
from redoubt.domain.taxonomy import GROUPS, TAXONOMY

if TYPE_CHECKING:
    from redoubt.engine.detect.interface import Detector
    from redoubt.engine.detect.rule_detector import RuleDetector
    from redoubt.engine.effects.topics import Embedder
    from redoubt.engine.guard.detector import GuardDetector
    from redoubt.engine.policy.model import Policy
    from redoubt.engine.policy.parse import PolicyTest
    from redoubt.pipeline.inspector import Inspector


PROFILES = ("monitor", "balanced", "strict")
"""The built-in policies."""


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
    from importlib import resources

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
    return load_guard(folder, rules.views, rules.values, threads=of.threads, timeout=of.timeout, key=key)


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

    chosen: list[Detector] = [ExfiltrationDetector(of.links), ActiveContentDetector()]
    if of.concerns("commitment"):
        chosen.append(CommitmentDetector(of.commitments.allow, of.commitments.topics))
    if of.topics:
        if embedder is None:
            raise ConfigError(
                "the policy has [topics], which only the guard models can compare: switch them on"
            )
        from redoubt.engine.effects.topics import TopicDetector  # with the libraries of the guard models

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
