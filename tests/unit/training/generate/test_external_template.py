import random

import pytest

from redoubt.training.generate.external_template import expand, parse


def dice(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - examples, not secrets


def filled(name: str, argument: str) -> str:
    return f"<{name}:{argument}>"


def test_literal_text_stays() -> None:
    assert expand('{"a": [1|2]}', dice(0), filled) == '{"a": [1|2]}'


def test_a_slot_is_filled_with_its_argument() -> None:
    assert expand("see «num 1-9», «title»", dice(0), filled) == "see <num:1-9>, <title:>"


def test_one_branch_of_a_choice_is_taken() -> None:
    rng = dice(0)
    assert {expand("«a|b «c|d»|»!", rng, filled) for _ in range(100)} == {"a!", "b c!", "b d!", "!"}


def test_branches_not_taken_are_not_filled() -> None:
    def asked(name: str, argument: str) -> str:
        seen.append(name)
        return ""

    seen: list[str] = []
    expand("««one»|«two»»", dice(0), asked)
    assert len(seen) == 1


@pytest.mark.parametrize("template", ["«a|b", "a» b", "«a «b|c»"])
def test_a_guillemet_without_partner_is_an_error(template: str) -> None:
    with pytest.raises(ValueError, match="template"):
        parse(template)
