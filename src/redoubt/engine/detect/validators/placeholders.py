"""Tells values that somebody meant to be secret from placeholders, variables, code and words of documentation."""

import re

# fmt: off
_WORDS = (
    "changeme", "change_me", "change-me", "changeit", "placeholder", "redacted", "censored", "dummy",
    "foobar", "your", "insert", "replace", "example", "sample", "xxxx", "****", "....", "____", "----",
    "todo", "fixme", "<>", "${", "{{", "}}", "$(", "%(", "#{", "<%", "environ", "getenv", "process.env",
    "secrets.", "vars.", "not_set", "not-set", "notset", "undefined", "1234567890abcdef", "abcdefghij",
    "deadbeef", "0000000", "not-a-", "not_a_", "lorem", "my-secret", "my_secret", "mysecret",
    "supersecret", "my-token", "my_token", "my-api", "my_api", "test_key", "test-key", "test_token",
    "test-token", "fake",
)
"""Anywhere inside a value they mark it as a placeholder (or as a template of one)."""
_WHOLE = frozenset((
    "password", "passwd", "passphrase", "passwort", "pass", "pwd", "pw", "secret", "secrets", "token",
    "key", "apikey", "api_key", "api-key", "none", "null", "nil", "true", "false", "test", "tests",
    "testing", "user", "username", "admin", "root", "guest", "login", "string", "str", "int", "bytes",
    "bool", "value", "default", "required", "optional", "empty", "blank", "unknown", "hidden", "private",
    "public", "foo", "bar", "baz", "qux", "letmein", "host", "hostname",
    "localhost", "name", "email", "unset", "disabled", "enabled", "p@ssword", "tiger",
))
# fmt: on
_WHOLE_NUMBERED = re.compile(
    r"(?:password|passwd|pass|pwd|pw|secret|token|key|test|user|value|foo|bar)[_-]?\d{0,2}"
)
_VARIABLE = re.compile(r"\$[A-Za-z_]\w*|[<\[({].*[>\])}]|%[A-Za-z_]+%|%s|!\w+ \w+")
_ATTRIBUTE = re.compile(r"[A-Za-z_]\w*(?:(?:\.|::|->)[A-Za-z_]\w*)+")
_IDENTIFIER = re.compile(r"[A-Za-z]+(?:[_-]+[A-Za-z]+)*[_-]?\d{0,2}")
_PATH = re.compile(
    r"(?:\.{0,2}|~)/.*|[A-Za-z]:\\.*|[a-z]+://.*|.*\.(?:json|ya?ml|txt|pem|key|env|py|js|md|html|toml|ini)"
)
_CALL = re.compile(r"[\w.]+\(.*")
_SMALL, _CAPITAL, _FIGURE = re.compile("[a-z]"), re.compile("[A-Z]"), re.compile("[0-9]")
_PREFIX = re.compile("[-_]")
_PARTING = re.compile(r"[-_./+=:]+")
_HEXADECIMAL = re.compile("[0-9a-f]+")
_SYMBOLS = frozenset("!@#$%^&*+=?~|§€£")
_MAX_LENGTH = 4096


def is_placeholder(text: str) -> bool:
    """Say whether ``text`` stands for a secret rather than being one."""
    lower = text.lower()
    if len(set(lower)) <= 3 or lower in _WHOLE or _WHOLE_NUMBERED.fullmatch(lower):
        return True
    for word in _WORDS:  # a generator would take twice as long
        if word in lower:
            return True
    return _VARIABLE.fullmatch(text[:_MAX_LENGTH]) is not None


def not_placeholder(text: str) -> bool:
    """Say whether ``text`` could be a secret: no `is_placeholder`, no code."""
    return not is_placeholder(text)


def mixed_classes(text: str) -> bool:
    """Say whether ``text`` has upper-case and lower-case letters and digits, as random base 62 or base 64 has."""
    return bool(_SMALL.search(text) and _CAPITAL.search(text) and _FIGURE.search(text))


def alphanumeric(text: str) -> bool:
    """Say whether ``text`` has letters and at least two digits."""
    return any(map(str.isalpha, text)) and sum(map(str.isdigit, text)) > 1


def letters_and_digits(text: str) -> bool:
    """Say whether ``text`` has letters and at least two digits, and is no placeholder."""
    return alphanumeric(text) and not is_placeholder(text)


def hex_or_mixed(text: str) -> bool:
    """Say whether ``text``, a prefix up to the first hyphen or underscore aside, is hexadecimal or `mixed_classes`."""
    body = _PREFIX.split(text, maxsplit=1)[-1]
    return mixed_classes(body) or (_HEXADECIMAL.fullmatch(body) is not None and letters_and_digits(body))


def assigned_password(text: str) -> bool:
    """Say whether a value that code or configuration calls a password is one: no variable, path, word or call."""
    if not 4 <= len(text) <= _MAX_LENGTH or is_placeholder(text) or _is_code(text):
        return False
    if text.isdigit():
        return len(text) >= 6
    return any(map(str.isdigit, text)) or not _SYMBOLS.isdisjoint(text)


def bare_password(text: str) -> bool:
    """Say the same of a value without quotes, which could as well be a name in code: it must look more random."""
    if not assigned_password(text) or (
        _IDENTIFIER.fullmatch(text) is not None and text.islower() and "_" in text
    ):
        return False
    classes = (
        any(c.islower() for c in text),
        any(c.isupper() for c in text),
        any(c.isdigit() for c in text),
        bool((_SYMBOLS | {"-", "."}) & set(text)),
    )
    return sum(classes) >= 2


def told_password(text: str) -> bool:
    """Say whether a word that a sentence calls a password is one: nothing that is only a word and its punctuation."""
    return bare_password(text) and (
        any(c.isdigit() for c in text)
        or (bool(_SYMBOLS & set(text[:-1])) and text.lower() != text != text.upper())
    )


def assigned_secret(text: str) -> bool:
    """Say whether a value that is called a key or token is one: letters and digits that spell no names."""
    if not 12 <= len(text) <= _MAX_LENGTH or is_placeholder(text) or _is_code(text):
        return False
    if all(part.isalpha() or len(part) < 4 for part in _PARTING.split(text)):
        return False
    if len(text) < 20 and _HEXADECIMAL.fullmatch(text):  # ids and abbreviated digests
        return False
    return alphanumeric(text) or (len(text) >= 24 and mixed_classes(text))


def random_word(text: str) -> bool:
    """Say whether a word that a sentence calls a key is one: `assigned_secret` in random base 64 or hexadecimal."""
    hexadecimal = len(text) >= 32 and re.fullmatch("[0-9a-f]+|[0-9A-F]+", text) is not None
    mixed = mixed_classes(text) and len(re.findall("[0-9]+", text)) > 1
    return (hexadecimal or mixed) and assigned_secret(text)


def with_symbols(text: str) -> bool:
    """Say whether a quoted value is a secret with punctuation in it: letters, digits and symbols, and no address, format or code."""
    if _SYMBOLS.isdisjoint(text) or text[0] in "/.{[%" or "%s" in text or "://" in text:
        return False
    return letters_and_digits(text) and not _is_code(text)


def _is_code(text: str) -> bool:
    """Say whether ``text`` reads as a name, an attribute, a call or a path."""
    return any(p.fullmatch(text) is not None for p in (_ATTRIBUTE, _PATH, _CALL)) or (
        text.isalpha() or (_IDENTIFIER.fullmatch(text) is not None and not text[-1].isdigit())
    )
