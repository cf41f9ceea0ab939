"""Second opinions, as the operator asks for them: other people's classifiers, and models that are asked as judges."""

from dataclasses import dataclass, field
from enum import StrEnum

from redoubt.domain.zone import ZONES, Zone


class Task(StrEnum):
    """What a classifier was trained for."""

    SEQUENCE = "sequence"
    """It says something of a whole passage."""
    TOKENS = "tokens"
    """It tags tokens, and so points at places."""


class JudgeFormat(StrEnum):
    """How a judge is asked, and how it answers."""

    PLAIN = "plain"
    """Any chat model: our own rubric, one JSON object in return."""
    LLAMA_GUARD = "llama-guard"
    GRANITE_GUARDIAN = "granite-guardian"
    SHIELD_GEMMA = "shield-gemma"


class Sees(StrEnum):
    """What of a text a judge is shown."""

    MASKED = "masked"
    """The text, with every value that the rules find replaced by the name of its category."""
    RAW = "raw"
    """The text as it was written."""


@dataclass(frozen=True, slots=True)
class ClassifierSettings:
    """``[[models.classifiers]]``."""

    name: str
    path: str
    """Folder with ``model.onnx``, ``tokenizer.json`` and ``config.json``."""
    sha256: str
    """Of ``model.onnx``, in hexadecimal digits."""
    task: Task
    labels: dict[str, str]
    """From its labels to our categories; for tokens without ``B-`` and the like. A label that is not named is ignored."""
    zones: tuple[Zone, ...] = ZONES
    threshold: float = 0.5
    """The least probability that is a finding."""
    max_tokens: int = 512
    """Of one window, the marks included; longer texts are read in several."""
    timeout: float = 2.0
    """Seconds that one window may take, its wait for a free thread included."""


@dataclass(frozen=True, slots=True)
class JudgeSettings:
    """``[[models.judges]]``."""

    name: str
    base_url: str
    model: str
    format: JudgeFormat = JudgeFormat.PLAIN
    api_key: str = field(default="", repr=False)
    """Already taken from the environment or file that the configuration names."""
    categories: dict[str, str] = field(default_factory=dict)
    """From what it can say to our categories; empty: those that its format has by itself."""
    zones: tuple[Zone, ...] = ZONES
    sees: Sees = Sees.MASKED
    threshold: float = 0.5
    """The least confidence that is a finding."""
    timeout: float = 10.0
    """Seconds for all that is asked about one text."""
    max_chars: int = 8000
    """Code points in one question; longer texts are asked about in pieces."""
