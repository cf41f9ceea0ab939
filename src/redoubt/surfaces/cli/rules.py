"""The detector, and a word to who waits for it."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from redoubt import compose
from redoubt.surfaces.cli.output import say

if TYPE_CHECKING:
    from redoubt.engine.detect.rule_detector import RuleDetector


def load(files: Sequence[str | Path] = ()) -> "RuleDetector":
    """Return the detector over the packaged rules and those in ``files``."""
    return compose.detector([str(path) for path in files], _wait)


def _wait() -> None:
    say("compiling the detection rules; the next start finds them compiled", error=True)
