"""Opens the folder of somebody else's classifier, and only the network whose digest the operator wrote down."""

import hmac
from hashlib import sha256
from pathlib import Path

import msgspec

from redoubt.adapters.runtimes.classifier import OnnxClassifier
from redoubt.adapters.runtimes.turns import Turns
from redoubt.domain.errors import ConfigError
from redoubt.domain.finding import may_be_opinion
from redoubt.domain.opinions import ClassifierSettings, Task
from redoubt.engine.opinions.classifier import ClassifierDetector
from redoubt.engine.opinions.labels import passage_labels, tag_labels
from redoubt.engine.opinions.probabilities import chances

NETWORK, TOKENIZER, CONFIG = "model.onnx", "tokenizer.json", "config.json"
MAX_NETWORK = 2 * 1024**3
"""Bytes; what one file of ONNX can be (protocol buffers end there)."""
MAX_TEXT = 64 * 1024**2
"""Bytes of the other two."""


class _Config(msgspec.Struct):
    """What of ``config.json`` is read."""

    id2label: dict[str, str]
    problem_type: str | None = None


def load_classifier(of: ClassifierSettings, threads: int) -> ClassifierDetector:
    """Return the classifier that is configured; it judges so many windows at once. Raises ConfigError where it is not what was agreed."""
    folder = Path(of.path).expanduser()
    network = _read(folder / NETWORK, MAX_NETWORK)
    if not hmac.compare_digest(sha256(network).hexdigest(), of.sha256.lower()):
        raise ConfigError(
            f"{folder / NETWORK}: its SHA-256 is not the one of models.classifiers.{of.name}.sha256; use the file you vouched for"
        )
    tokenizer, described = _read(folder / TOKENIZER, MAX_TEXT), _read(folder / CONFIG, MAX_TEXT)
    outputs, problem_type = _described(described, folder / CONFIG)
    try:
        labels = (passage_labels if of.task is Task.SEQUENCE else tag_labels)(outputs, of.labels)
        meant = chances(problem_type, len(outputs))
    except ValueError as error:
        raise ConfigError(f"{folder / CONFIG}: {error}") from error
    for label in labels:
        if of.task is Task.SEQUENCE and not may_be_opinion(label.category):
            raise ConfigError(
                f"models.classifiers.{of.name}.labels: what is said of a whole passage must be an attack or harm, not {label.category}"
            )
    said = (of.task, sorted(of.labels.items()), sorted(of.zones), of.threshold, of.max_tokens)
    digest = sha256(
        b"\0".join(
            sha256(part).digest() for part in (network, tokenizer, described, msgspec.json.encode(said))
        )
    )
    return ClassifierDetector(
        of.name,
        OnnxClassifier(
            network,
            tokenizer,
            str(folder),
            task=of.task,
            labels=len(outputs),
            max_tokens=of.max_tokens,
            turns=Turns(threads, of.timeout, what=f"the windows of classifier {of.name}"),
        ),
        task=of.task,
        labels=labels,
        chances=meant,
        zones=of.zones,
        threshold=of.threshold,
        version=digest.hexdigest()[:16],
    )


def _described(data: bytes, source: Path) -> tuple[list[str], str | None]:
    try:
        config = msgspec.json.decode(data, type=_Config)
    except msgspec.DecodeError as error:
        raise ConfigError(f"{source}: not a description of a classifier with `id2label`") from error
    names = [config.id2label.get(str(number)) for number in range(len(config.id2label))]
    outputs = [name for name in names if name is not None]
    if not outputs or len(outputs) != len(names):
        raise ConfigError(f"{source}: $.id2label must name the outputs 0, 1, 2 and so on")
    return outputs, config.problem_type


def _read(path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(most + 1)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror})") from error
    if len(data) > most:
        raise ConfigError(f"{path}: larger than {most} bytes")
    return data
