"""Alternations taken apart, so that each expression of the pass begins with letters of its own.

Hyperscan finds hundreds of expressions that begin with known letters as fast as one; an alternation of the same words in
front of a shape makes it keep an automaton for the whole, which is several times dearer to run and to compile.
"""

import re

MOST = 200
"""An alternation that would become more expressions stays one."""

_EDGE = rb"(?:\\b|\(\?:\\b\|[^()|]+\)\(?)?(?:\[(?:\\x[0-9a-f]{2}){3,}\](?=\[))?"
_LETTER = rb"(?:\[(?:\\x[0-9a-f]{2}){1,2}\])"
_WORD = re.compile(
    _EDGE + rb"(?:" + _LETTER + rb"{3}|[A-Za-z0-9_\x80-\xff]{2}|[A-Za-z0-9_]?\\[-./=_ :][A-Za-z0-9])"
)
"""Letters, behind a boundary or not, and behind at most one character of a set."""
_BOUNDARIES = ((rb"\b", rb"[\x5c][\x6e\x72\x74]"), (rb"\b", rb"[\x5f]"))


def begins_with_letters(expression: bytes) -> bool:
    """Tell whether the first positions of an expression are known letters."""
    return _WORD.match(expression) is not None


def taken_apart(expression: bytes) -> tuple[bytes, ...]:
    """Return expressions that together end where ``expression``, as `necessary_part` writes it, does, and hardly more often.

    It stays one where most of them would still not begin with letters.
    """
    expression = _without_optional_begin(expression)
    waiting, done = [expression], []
    while waiting:
        one = _without_optional_begin(waiting.pop())
        group = None if begins_with_letters(one) else _first_alternation(one)
        if group is None:
            done.append(one)
            continue
        head, options, tail = group
        waiting += [head + option + tail for option in options]
        if len(waiting) + len(done) > MOST:
            return (expression,)
    led = sum(map(begins_with_letters, done))
    return tuple(dict.fromkeys(done)) if 2 * led > len(done) else (expression,)


def _without_optional_begin(expression: bytes) -> bytes:
    """Cut off a group at the begin that may match nothing: what follows it is found without it as well."""
    if not expression.startswith(b"(?:"):
        return expression
    end, options = _group(expression, 0)
    quantifier = expression[end : end + 1]
    if (b"" in options and quantifier not in (b"{", b"?", b"*", b"+")) or quantifier == b"?":
        return expression[end + (quantifier == b"?") :] or expression
    return expression


def _first_alternation(expression: bytes) -> tuple[bytes, list[bytes], bytes] | None:
    """Cut an expression at its first alternation that is no boundary: what is before it, its options, what follows."""
    at = 0
    while at < len(expression):
        if expression[at : at + 1] != b"(":
            at = _step(expression, at)
            continue
        end, options = _group(expression, at)
        if expression[end : end + 1] in (b"?", b"{", b"*", b"+"):
            return None
        if len(options) > 1 and tuple(options) not in _BOUNDARIES:
            return (expression[:at], options, expression[end:]) if _plain(options) else None
        at = end
    return None


def _plain(options: list[bytes]) -> bool:
    """Tell whether none of the options stands for one of many characters in UTF-8."""
    return not any(rb"[\xc2-\xf4]" in option for option in options)


def _group(expression: bytes, start: int) -> tuple[int, list[bytes]]:
    """Return where the group that begins at ``start``, with ``(?:``, ends, and its options."""
    options: list[bytes] = []
    depth, at, begin = 0, start, start + 3
    while True:
        char = expression[at : at + 1]
        if char == b"(":
            depth += 1
        elif char == b")":
            depth -= 1
            if not depth:
                return at + 1, [*options, expression[begin:at]]
        elif char == b"|" and depth == 1:
            options.append(expression[begin:at])
            begin = at + 1
        at = _step(expression, at)


def _step(expression: bytes, at: int) -> int:
    """Return where the item behind the character, escape or set at ``at`` begins."""
    char = expression[at : at + 1]
    if char == b"\\":
        return at + 2
    return expression.index(b"]", at + 1) + 1 if char == b"[" else at + 1
