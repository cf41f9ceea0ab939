"""Detection rules as people write them: TOML in, frozen values out.

The format is described in the catalogue's own files. Nothing here compiles a matcher; `parse_rules` only proves that
every rule could be compiled, so that a defect is an error at start that names its file and line.
"""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import msgspec
import re2

from redoubt.domain.errors import ConfigError

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
_CATEGORY = re.compile(r"[a-z0-9_]+(?:\.[a-z0-9_]+)+\Z")
_BLOCK = re.compile(r"\s*\[\[\s*rule\s*\]\]")
_PLACE = re.compile(r"`\$(?:\.rule\[(\d+)\])?(?:\.?(\w+))?")
_FIELD = re.compile(r"field `(\w+)`")
MAX_MEMORY = 64 * 1024 * 1024
"""Bytes that one compiled pattern may take; RE2's own 8 MB are too few for a bounded repeat of Unicode letters."""
MARKS = str.maketrans("", "", "«»")
"""Removes the marks that show an example's expected span."""

PARTING = b"_-. "
"""What parts the words of a name, and does not count where `Rule.unless` is compared with it."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of thing that can be found, and all that decides whether it was."""

    id: str
    category: str
    description: str
    pattern: str
    """RE2 syntax; group 1, where there is one, is the finding's span."""
    country: str = ""
    """ISO 3166-1 alpha-2, or empty."""
    keywords: tuple[str, ...] = ()
    """At least one of them is inside every match, in any case; empty: the anchor is derived from the pattern."""
    validator: tuple[str, ...] = ()
    min_entropy: float = 0.0
    """Shannon entropy in bits per character that the span must have."""
    confidence: float = 0.8
    unless: tuple[str, ...] = ()
    """Words that speak against a match where they stand in it before its span; case, ``_``, ``-``, dots and spaces do not count."""
    context: tuple[str, ...] = ()
    context_required: bool = False
    context_confidence: float = -1.0
    """Confidence where a context word is near; negative: 0.3 more than without."""
    context_window: tuple[int, int] = (60, 30)
    """Characters before and after the span in which context words are looked for."""
    multiline: bool = False
    max_length: int = 512
    """No match is longer, in bytes."""
    source: str = ""
    match: tuple[str, ...] = ()
    no_match: tuple[str, ...] = ()
    enabled: bool = True
    override: bool = False
    """In a user's file: this rule takes the place of the built-in one of the same id."""

    @property
    def confidence_near(self) -> float:
        """The confidence where a context word is near."""
        return min(1.0, self.confidence + 0.3) if self.context_confidence < 0 else self.context_confidence


@dataclass(frozen=True, slots=True)
class RuleFile:
    """What one file says."""

    rules: tuple[Rule, ...] = ()
    disable: tuple[str, ...] = ()
    source: str = ""
    """Its name, for error messages."""


class _RawRule(msgspec.Struct, forbid_unknown_fields=True):
    """The shape of a `[[rule]]` table."""

    id: str
    category: str
    description: str
    pattern: str
    country: str = ""
    keywords: list[str] = []
    validator: str | list[str] = []
    min_entropy: float = 0.0
    confidence: float = 0.8
    unless: list[str] = []
    context: list[str] = []
    context_required: bool = False
    context_confidence: float = -1.0
    context_window: int | tuple[int, int] = 60
    multiline: bool = False
    max_length: int = 0
    source: str = ""
    match: list[str] = []
    no_match: list[str] = []
    enabled: bool = True
    override: bool = False


class _RawFile(msgspec.Struct, forbid_unknown_fields=True):
    """The shape of a whole file."""

    rule: list[_RawRule] = []
    disable: list[str] = []


def parse_rules(data: bytes, source: str) -> RuleFile:
    """Read one rule file.

    Raises ConfigError naming ``source`` and the line for anything that is not exactly right: broken TOML, an unknown
    key, a wrong type, a pattern RE2 does not accept, an unknown validator, an id used twice.
    """
    try:
        text = data.decode("utf-8")
        raw = msgspec.convert(tomllib.loads(text), _RawFile)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{source}, line {line}: not UTF-8; save the file as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        place = str(error).replace(
            "at end of document", f"at line {text.count(chr(10)) + 1}, the end of the document"
        )
        raise ConfigError(f"{source}: not valid TOML: {place}") from error
    except msgspec.ValidationError as error:
        found = _PLACE.search(str(error))
        index, key = (found[1], found[2]) if found else (None, None)
        named = _FIELD.search(str(error))
        line = _line_of(text, int(index) if index else None, named[1] if named else key)
        raise ConfigError(f"{source}, line {line}: {str(error).split(' - at ')[0]}") from error
    rules = []
    seen: set[str] = set()
    for number, item in enumerate(raw.rule):
        defect = _defect(item) or (("id", f"the id {item.id!r} is used twice") if item.id in seen else None)
        if defect:
            raise ConfigError(
                f"{source}, line {_line_of(text, number, defect[0])}: rule {item.id!r}: {defect[1]}"
            )
        seen.add(item.id)
        rules.append(_rule(item))
    return RuleFile(tuple(rules), tuple(raw.disable), source)


def combine(builtin: Iterable[RuleFile], user: Iterable[RuleFile] = ()) -> tuple[Rule, ...]:
    """Put rule files together: the built-in ones, then the user's, in order; rules that are off are left out.

    Raises ConfigError for an id that occurs twice (a user's rule with ``override = true`` replaces the earlier one), for
    an override of nothing, and for the disabling of an unknown id.
    """
    rules: dict[str, Rule] = {}
    for file, may_override in [*((f, False) for f in builtin), *((f, True) for f in user)]:
        for rule in file.rules:
            if (rule.id in rules) != (rule.override and may_override):
                why = (
                    "is already defined; set override = true to replace it"
                    if rule.id in rules
                    else ("overrides nothing; remove override = true")
                )
                raise ConfigError(f"{file.source}: rule {rule.id!r} {why}")
            rules[rule.id] = rule
        for name in file.disable:
            if name not in rules:
                raise ConfigError(f"{file.source}: disable: there is no rule {name!r}")
            rules[name] = replace(rules[name], enabled=False)
    return tuple(rule for rule in rules.values() if rule.enabled)


def _rule(raw: _RawRule) -> Rule:
    """Turn the shape of the file into the value."""
    window = raw.context_window
    fields: dict[str, Any] = msgspec.structs.asdict(raw)
    fields |= {name: tuple(fields[name]) for name in ("keywords", "unless", "match", "no_match")}
    fields["context"] = tuple(word.lower() for word in raw.context)
    fields["validator"] = (raw.validator,) if isinstance(raw.validator, str) else tuple(raw.validator)
    fields["context_window"] = (window, min(window, 30)) if isinstance(window, int) else window
    fields["max_length"] = raw.max_length or (16384 if raw.multiline else 512)
    return Rule(**fields)


def _defect(raw: _RawRule) -> tuple[str, str] | None:
    """Return the key that is wrong and what is wrong with it."""
    if not _ID.match(raw.id):
        return "id", "an id is kebab-case: a-z, 0-9 and single hyphens"
    if not _CATEGORY.match(raw.category):
        return "category", "a category is dotted, like pii.email"
    if not 0 <= raw.confidence <= 1 or raw.context_confidence > 1:
        return "confidence", "a confidence lies between 0 and 1"
    if raw.context_required and not raw.context:
        return "context_required", "a rule that needs context must name its context words"
    if any(len(word.strip()) < 2 for word in (*raw.keywords,)) and any(not word for word in raw.keywords):
        return "keywords", "a keyword may not be empty"
    if any(not word.strip() for word in raw.context):
        return "context", "a context word may not be empty"
    if any(not word.strip(PARTING.decode()) for word in raw.unless):
        return "unless", "a word that speaks against a match may not be empty"
    if not 0 <= raw.max_length <= 65536:
        return "max_length", "max_length lies between 1 and 65536"
    windows = raw.context_window if isinstance(raw.context_window, tuple) else (raw.context_window,)
    if not all(0 <= width <= 1000 for width in windows):
        return "context_window", "context_window lies between 0 and 1000 characters"
    return _pattern_defect(raw.pattern) or _validator_defect(raw)


def _pattern_defect(pattern: str) -> tuple[str, str] | None:
    """Compile the pattern as the matcher will."""
    options = re2.Options()
    options.log_errors = False
    options.max_mem = MAX_MEMORY
    try:
        compiled = re2.compile(pattern, options)
    except re2.error as error:
        reason = error.args[0] if error.args else "?"
        return (
            "pattern",
            f"RE2 does not accept the pattern: {reason.decode() if isinstance(reason, bytes) else reason}",
        )
    if compiled.search(""):
        return "pattern", "the pattern matches the empty text"
    return None


def _validator_defect(raw: _RawRule) -> tuple[str, str] | None:
    """Look every validator up."""
    if not raw.validator:
        return None
    from redoubt.engine.detect.validators import validator

    for name in [raw.validator] if isinstance(raw.validator, str) else raw.validator:
        try:
            validator(name)
        except ConfigError as error:
            return "validator", str(error)
    return None


def _line_of(text: str, index: int | None, key: str | None) -> int:
    """Return the 1-based line of a rule's key (or of the rule, or of a top-level key)."""
    lines = text.split("\n")
    starts = [number for number, line in enumerate(lines) if _BLOCK.match(line)]
    begin = starts[index] if index is not None and index < len(starts) else 0
    following = [number for number in starts if number > begin]
    end = following[0] if following else len(lines)
    for number in range(begin, end):
        if key and re.match(rf"\s*{re.escape(key)}\s*=", lines[number]):
            return number + 1
    return begin + 1
