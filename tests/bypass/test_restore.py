"""Ways in which other products' pseudonyms leaked, were not turned back, or were turned into somebody else's data."""

import json

import pytest

from redoubt.domain.decision import Action, Decision, Obligation
from redoubt.domain.exchange import Syntax
from redoubt.domain.finding import Finding
from redoubt.domain.pseudonym import Alias
from redoubt.engine.redact.apply import apply
from redoubt.engine.redact.methods import Methods
from redoubt.engine.redact.pseudonyms import Pseudonymiser, Style
from redoubt.engine.redact.restore import Restorer
from redoubt.engine.stream import LaneStream

KEY = b"k" * 32
STYLES: tuple[Style, ...] = ("token", "surrogate")
both = pytest.mark.parametrize("style", STYLES)


def test_llm_guard_secrets_leaks_the_second_and_third_of_equal_values() -> None:
    text = "tok_abcdef tok_abcdef tok_abcdef"
    due = [Obligation(Finding("secret.token", "d", i, i + 10), Action.REDACT, "r") for i in (0, 11, 22)]
    assert "abcdef" not in apply(text, due, replace=Methods(KEY)).text


@both
def test_llm_guard_placeholder_used_as_a_pattern_replaces_single_letters(style: Style) -> None:
    p = Pseudonymiser(KEY, style)
    pseudonym = p.pseudonym("pii.person", "Ann Lee")
    assert Restorer(p.aliases()).restore(f"Dear {pseudonym.lower()}, a red car") == "Dear Ann Lee, a red car"


def test_llm_guard_fuzzy_match_restores_the_wrong_person() -> None:
    p = Pseudonymiser(KEY)
    hidden = [p.pseudonym("pii.person", f"NAME{n}") for n in range(200)]
    restorer = Restorer(p.aliases())
    assert restorer.restore(f"{hidden[12]} and {hidden[3]}") == "NAME12 and NAME3"
    for token in hidden:
        for i in range(len(token) - 8, len(token)):
            for symbol in "0A":
                damaged = token[:i] + symbol + token[i + 1 :]
                assert damaged == token or restorer.restore(damaged) == damaged
        assert restorer.restore(token[:-1]) == token[:-1]


@both
def test_llm_guard_a_value_that_looks_like_a_pseudonym_expands_to_another_value(style: Style) -> None:
    p = Pseudonymiser(KEY, style)
    secret = p.pseudonym("pii.email", "ceo@corp.example")
    p = Pseudonymiser(KEY, style, known=p.aliases(), taken=[f"I am {secret}"])
    name = p.pseudonym("pii.person", secret)
    assert Restorer(p.aliases()).restore(f"hello {name}") == f"hello {secret}"


@both
def test_a_restored_value_is_never_looked_at_again(style: Style) -> None:
    p = Pseudonymiser(KEY, style)
    secret = p.pseudonym("pii.email", "ceo@corp.example")
    restorer = Restorer((*p.aliases(), Alias("PERSON_00000000", secret, "pii.person")))
    assert restorer.restore("PERSON_00000000") == secret


def test_llm_guard_exact_match_does_not_know_a_pseudonym_without_brackets_or_in_lower_case() -> None:
    p = Pseudonymiser(KEY)
    token = p.pseudonym("pii.person", "Ann Lee")
    for written in (token, token.lower(), f"[{token}]", f"<{token}>", token.replace("_", " ")):
        assert "Ann Lee" in Restorer(p.aliases()).restore(written)


def test_litellm_31950_tool_call_arguments_are_restored_as_json() -> None:
    p = Pseudonymiser(KEY)
    token = p.pseudonym("pii.person", 'Ann "Lee"\\')
    lane = LaneStream(lambda text: Decision(), Restorer(p.aliases()), Methods(KEY), Syntax.JSON)
    arguments = json.dumps({"to": token, "note": f"for {token}'s eyes"})
    out = "".join([*(lane.feed(c) for c in arguments), lane.close()])
    assert json.loads(out) == {"to": 'Ann "Lee"\\', "note": 'for Ann "Lee"\\\'s eyes'}


@both
def test_litellm_19950_pseudonyms_of_another_request_restore_nothing(style: Style) -> None:
    mine, theirs = Pseudonymiser(KEY, style), Pseudonymiser(b"x" * 32, style)
    mine.pseudonym("pii.email", "ann@corp.example")
    foreign = theirs.pseudonym("pii.email", "bob@corp.example")
    assert Restorer(mine.aliases()).restore(foreign) == foreign


def test_litellm_numbering_restarts_with_each_message_so_two_persons_share_a_placeholder() -> None:
    p = Pseudonymiser(KEY)
    tokens = {
        p.pseudonym("pii.person", name) for message in (("Ann", "Bob"), ("Cid", "Dee")) for name in message
    }
    assert len(tokens) == 4


def test_stella_294_the_model_drops_the_quotes_in_json_arguments() -> None:
    p = Pseudonymiser(KEY)
    token = p.pseudonym("pii.email", "ann@corp.example")
    restored = Restorer(p.aliases()).restore(f'{{"to": {token}}}', Syntax.JSON)
    assert json.loads(restored) == {"to": "ann@corp.example"}
