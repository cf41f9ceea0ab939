"""Text that acts where it is pasted or opened: SQL, shell commands, templates, terminal escapes, formulas of a sheet."""

import re
from collections.abc import Iterator

from redoubt.engine.effects.hint import Hint
from redoubt.engine.effects.sighting import Sighting

_NAME = r"[`\"\[]?[A-Za-z_][\w$.]{0,80}[`\"\]]?"
_SQL_HINT = Hint(
    r"(?i)(?:drop<B>(?:table|database|schema|view|user|role|index|trigger)|delete<B>from|update<B>[!-~]+<B>set|insert<B>into"
    r"|truncate<B>table|alter<B>(?:table|user|role|database)|(?:grant|revoke)<B>[a-z, \t\n]+<B>on)<B>".replace(
        "<B>", r"(?:[^!-~]|\?)+"
    )
)
_SQL = re.compile(
    r"(?i)\b(?:"
    rf"drop\s{{1,4}}(?:table|database|schema|view|user|role|index"
    rf"|trigger)\s{{1,4}}(?:if\s{{1,4}}exists\s{{1,4}})?{_NAME}"
    rf"|delete\s{{1,4}}from\s{{1,4}}{_NAME}(?:\s{{1,4}}where\b[^;\n]{{1,200}}(?:=|<|>|\bin\b|\blike\b"
    rf"|\bis\b)[^;\n]{{0,200}}|\s{{0,4}}(?=;))"
    rf"|update\s{{1,4}}{_NAME}\s{{1,4}}set\s{{1,4}}{_NAME}\s{{0,4}}=[^;\n]{{1,300}}"
    rf"|insert\s{{1,4}}into\s{{1,4}}{_NAME}\s{{0,4}}(?:\([^()\n]{{1,400}}\)\s{{0,4}})?(?:values\s{{0,4}}\("
    rf"|select\s)[^;\n]{{0,300}}"
    rf"|truncate\s{{1,4}}table\s{{1,4}}{_NAME}"
    rf"|alter\s{{1,4}}(?:table|user|role|database)\s{{1,4}}{_NAME}\s{{1,4}}(?:add|drop|rename|alter|modify|with"
    rf"|identified|owner|set)\b[^;\n]{{0,200}}"
    rf"|grant\s{{1,4}}[a-z, ]{{2,80}}\s{{1,4}}on\s{{1,4}}[\w.*`\"]{{1,80}}\s{{1,4}}to\s{{1,4}}{_NAME}"
    rf"|revoke\s{{1,4}}[a-z, ]{{2,80}}\s{{1,4}}on\s{{1,4}}[\w.*`\"]{{1,80}}\s{{1,4}}from\s{{1,4}}{_NAME}"
    r");?"
)
_ASSIGNS = re.compile(r"[=<>(]")
_SHELL = re.compile(
    r"(?m)^[ \t]{0,8}(?:[$#>][ \t])?(?:sudo[ \t]{1,3})?(?:rm[ \t]{1,3}-\w{0,3}[rf]\w{0,3}[ \t]"
    r"|git[ \t]{1,3}(?:reset[ \t]{1,3}--hard|clean[ \t]{1,3}-\w{0,3}f|push[^\n]{0,60}"
    r"[ \t](?:-f|--force)\b)|kubectl[ \t]{1,3}delete[ \t]|terraform[ \t]{1,3}destroy\b"
    r"|docker[ \t]{1,3}system[ \t]{1,3}prune\b|shutdown[ \t]{1,3}-|reboot$|mkfs\.|dd[ \t]{1,3}if="
    r"|chmod[ \t]{1,3}-R[ \t]{1,3}777\b|DROP[ \t]+DATABASE\b)[^\n]{0,200}"
)
_SHELL_HINT = Hint(
    r"(?m)^[ \t]{0,8}(?:[$#>][ \t])?(?:sudo[ \t]{1,3})?(?:rm[ \t]{1,3}-|git[ \t]{1,3}(?:reset|clean|push)|kubectl[ \t]{1,3}delete"
    r"|terraform[ \t]{1,3}destroy|docker[ \t]{1,3}system|shutdown[ \t]{1,3}-|reboot|mkfs\.|dd[ \t]{1,3}if=|chmod[ \t]{1,3}-R"
    r"|DROP[ \t]+DATABASE)"
)
_TEMPLATES = (
    (
        "{{",
        r"\{\{[-#^>&]?[^{}\n]{0,200}?(?:\w\(|__\w+__|\d\s{0,3}[*+]\s{0,3}['\"]?\d|constructor|\|\s{0,3}(?:attr|safe|map|filter|system|exec)\b"
        r"|\b(?:config|request|self|lipsum|cycler|namespace)\b\s{0,3}[.\[|])[^{}\n]{0,300}\}\}",
        0.85,
    ),
    (
        "${",
        r"\$\{[^{}\n]{0,200}?(?:jndi:|(?:lower|upper|env|sys|java|date|script|url|dns):|\bT\()[^\n]{0,300}?\}",
        0.92,
    ),
    ("${", r"\$\{[^{}\n]{0,200}?(?:\w\(|\.class\b|\d\s{0,3}\*\s{0,3}\d)[^{}\n]{0,300}\}", 0.7),
    ("*{", r"\*\{[^{}\n]{0,200}?(?:\w\(|\.class\b|\d\s{0,3}\*\s{0,3}\d)[^{}\n]{0,300}\}", 0.7),
    ("#{", r"#\{[^{}\n]{0,200}?(?:\w\(|\.class\b|\d\s{0,3}\*\s{0,3}\d|`)[^{}\n]{0,300}\}", 0.7),
    (
        "<%",
        r"<%[=\-@!]?[^%\n]{0,200}?(?:\w\(|`|\d\s{0,3}\*\s{0,3}\d|\bsystem\b|\bimport\b)[^%\n]{0,300}%>",
        0.85,
    ),
    (
        "{%",
        r"\{%-?\s{0,4}(?:import|include|extends|load|for|if|set|block|macro|call|filter|debug|raw|with)\b[^%\n]{0,300}%\}",
        0.6,
    ),
)
"""(how it begins, pattern, confidence) of the languages of templates: Jinja, Twig, Handlebars, Log4j, Spring, Ruby, ERB and JSP."""
_EXPRESSIONS = tuple((opening, re.compile(pattern), sure) for opening, pattern, sure in _TEMPLATES)
_TERMINAL = re.compile(
    r"(?:\x1b\]|\x9d)[^\x07\x1b\x9c\n]{0,2000}(?:\x07|\x1b\\|\x9c)?|(?:\x1b\["
    r"|\x9b)[0-9;:?<=>!]{0,60}[ -/]{0,4}[@-~]?|\x1b[PX^_][^\x1b\n]{0,2000}(?:\x1b\\)?|\x1b[@-Z\\^_a-z0-9=>#()]?"
)
_COLOUR = re.compile(r"(?:\x1b\[|\x9b)[0-9;:]{0,60}m")
_FORMULA = re.compile(
    r"(?im)(?:^|[,;\t|])[ ]{0,3}[\"']{0,3}([=+\-@](?:[ ]{0,3}[\w!$.+*/()^&'\"-]{0,60}[ ]{0,3})?(?:cmd|msexcel"
    r"|powershell|mshta|rundll32|DDE)[ ]{0,3}\|[^\n]{1,200}"
    r"|[=+\-@][ ]{0,3}(?:[\w+*/(-]{0,40})?(?:HYPERLINK|WEBSERVICE|IMPORTXML|IMPORTDATA|IMPORTHTML|IMPORTFEED"
    r"|IMPORTRANGE|IMAGE|DDE|EXEC|CALL|REGISTER|RTD)[ ]{0,3}\([^\n]{0,300})"
)

_FORMULA_HINT = Hint(
    r"(?i)(?:cmd|msexcel|powershell|mshta|rundll32|dde) {0,3}\||(?:hyperlink|webservice|import(?:xml|data|html|feed|range)|image|dde"
    r"|exec|call|register|rtd) {0,3}\("
)


def statements(text: str) -> Iterator[Sighting]:
    """Yield SQL that changes data, rights or tables."""
    if not _SQL_HINT(text):
        return
    for found in _SQL.finditer(text):
        meant = found[0][:4].isupper() or found[0].endswith(";")
        # "Drop table tennis", "grant you access on Monday to": anybody's words.
        perhaps = 0.6 if _ASSIGNS.search(found[0]) else 0.4
        yield Sighting("active-sql", *found.span(), 0.8 if meant else perhaps)


def commands(text: str) -> Iterator[Sighting]:
    """Yield lines that are commands which destroy something."""
    for found in _SHELL.finditer(text) if _SHELL_HINT(text) else ():
        yield Sighting("active-command", *found.span(), 0.6)


def templates(text: str) -> Iterator[Sighting]:
    """Yield expressions that a template engine would run: those that call, compute or reach inside."""
    if "{" not in text and "<%" not in text:
        return
    for opening, pattern, confidence in _EXPRESSIONS:
        if opening in text:
            for found in pattern.finditer(text):
                yield Sighting("active-template", *found.span(), confidence)


def terminal(text: str) -> Iterator[Sighting]:
    """Yield the control sequences of a terminal (ECMA-48); colours are the mildest, clipboard and links the worst."""
    if "\x1b" not in text and "\x9b" not in text and "\x9d" not in text:
        return
    for found in _TERMINAL.finditer(text):
        colour = _COLOUR.fullmatch(found[0]) is not None
        yield Sighting("active-terminal", *found.span(), 0.6 if colour else 0.92)


def formulas(text: str) -> Iterator[Sighting]:
    """Yield cells of a table that a spreadsheet would run: those that start programs or fetch addresses."""
    if ("=" not in text and "@" not in text and "|" not in text) or not _FORMULA_HINT(text):
        return
    for found in _FORMULA.finditer(text):
        runs = "|" in found[1] and "(" not in found[1].partition("|")[0][-4:]
        yield Sighting("active-formula", found.start(1), found.end(1), 0.92 if runs else 0.75)
