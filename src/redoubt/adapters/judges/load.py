"""From settings to a detector that asks a judge."""

import hashlib
import secrets

import msgspec

from redoubt.adapters.judges.endpoint import ChatEndpoint
from redoubt.adapters.providers.base_url import parse_base_url
from redoubt.domain.errors import ConfigError
from redoubt.domain.opinions import JudgeSettings, Sees
from redoubt.domain.settings import UpstreamKind
from redoubt.engine.detect.interface import Detector
from redoubt.engine.opinions.judge import FORMATS, JudgeDetector
from redoubt.engine.opinions.labels import of_passages

_NONCE_BYTES = 12


def load_judge(of: JudgeSettings, rules: Detector) -> JudgeDetector:
    """Return the judge that is configured; ``rules`` find what it must not see. Nothing is contacted. Raises ConfigError."""
    base = parse_base_url(of.name, UpstreamKind.OPENAI, of.base_url, table="models.judges")
    format_ = FORMATS[of.format]
    categories = of.categories or format_.categories
    unknown = [name for name in categories if format_.known is not None and name not in format_.known]
    if unknown:
        raise ConfigError(
            f"models.judges.{of.name}.categories: {of.format} never says {unknown[0]!r}; it says "
            f"{', '.join(sorted(format_.known or ()))}"
        )
    other = [category for category in categories.values() if not of_passages(category)]
    if other:
        raise ConfigError(
            f"models.judges.{of.name}.categories: what is said of a whole text must be an attack or harm, not {other[0]}"
        )
    said = (
        of.base_url,
        of.model,
        of.format,
        sorted(categories.items()),
        sorted(of.zones),
        of.threshold,
        of.max_chars,
    )
    return JudgeDetector(
        of.name,
        ChatEndpoint(base, of.model, of.api_key, of.timeout),
        format_,
        categories=categories,
        zones=of.zones,
        threshold=of.threshold,
        max_chars=of.max_chars,
        masking=rules if of.sees is Sees.MASKED else None,
        nonce=lambda: secrets.token_hex(_NONCE_BYTES),
        version=hashlib.sha256(msgspec.json.encode(said)).hexdigest()[:16],
    )
