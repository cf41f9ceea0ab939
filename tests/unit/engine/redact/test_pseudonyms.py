import pytest

from redoubt.domain.pseudonym import Alias
from redoubt.engine.redact.pseudonyms import Pseudonymiser
from redoubt.engine.redact.restore import Restorer

KEY = b"k" * 32


def test_a_token_names_its_category() -> None:
    p = Pseudonymiser(KEY)
    assert p.pseudonym("pii.us_ssn", "123-45-6789").startswith("US_SSN_")
    assert p.pseudonym("!", "x").startswith("VALUE_")


def test_writings_of_one_value_share_their_token_but_for_a_letter() -> None:
    p = Pseudonymiser(KEY)
    first, second = p.pseudonym("pii.email", "Ann@x.example"), p.pseudonym("pii.email", "ann@x.example")
    assert second[:-1] == first
    assert Restorer(p.aliases()).restore(f"{first} {second}") == "Ann@x.example ann@x.example"


def test_issued_are_the_new_ones_alone() -> None:
    known = Alias("EMAIL_00000000", "a@x.example", "pii.email")
    p = Pseudonymiser(KEY, known=[known])
    assert p.pseudonym("pii.email", "a@x.example") == "EMAIL_00000000"
    p.pseudonym("pii.email", "b@x.example")
    assert [a.value for a in p.issued()] == ["b@x.example"]
    assert [a.value for a in p.aliases()] == ["a@x.example", "b@x.example"]


@pytest.mark.parametrize(
    "typed", ["email 00000000", "Email\\_00000000", "EMAIL%5F00000000", "EMAIL00000000", '"\\nemail_00000000']
)
def test_a_known_pseudonym_that_somebody_wrote_is_retired(typed: str) -> None:
    known = Alias("EMAIL_00000000", "a@x.example", "pii.email")
    p = Pseudonymiser(KEY, known=[known], taken=[typed])
    assert p.aliases() == ()
    assert p.pseudonym("pii.email", "a@x.example") != "EMAIL_00000000"


def test_a_text_that_says_person_does_not_use_up_the_tokens_of_persons() -> None:
    p = Pseudonymiser(KEY, taken=["a person, EMAIL and more"])
    assert p.pseudonym("pii.person", "Ann Lee") != p.pseudonym("pii.person", "Bob Ray")


@pytest.mark.parametrize("category", ["pii.person", "pii.email", "secret.key"])
def test_more_values_than_surrogates(category: str) -> None:
    p = Pseudonymiser(KEY, "surrogate")
    made = {p.pseudonym(category, f"Name{n} Last{n}@x") for n in range(600)}
    assert len(made) == 600
