"""Promise 3: pseudonymise then restore is the identity for the user, in every style of pseudonym and however a stream is cut."""

import pytest

from tests.e2e.callers import KINDS, caller
from tests.e2e.provider import CUTS
from tests.e2e.rig import House, tells
from tests.e2e.values import EMAIL, IBAN, PHONE, PSEUDONYMISED

SURROGATES = """
name = "own"
extends = "balanced"
pseudonyms = "surrogate"
links.allow = ["x.example"]  # a made-up address in a link is an address to the detector of links
"""
TEXTS = (
    f"{EMAIL} {EMAIL.upper()} {PHONE} +14155552671 (415) 555-2671 {IBAN} {IBAN.replace(' ', '')}",
    f"请给{EMAIL}写信 {PHONE}으로",
    f'{{"to":"{EMAIL}","n":"{PHONE}"}}',
    f"**{EMAIL}**, _{PHONE}_; <{EMAIL}>; https://x.example/?m={EMAIL}&p=1",
    f"{EMAIL}\n{PHONE}\n\n{IBAN}",
)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("cut", [None, *CUTS])
@pytest.mark.parametrize("policy", ["", SURROGATES], ids=["tokens", "surrogates"])
def test_the_user_reads_what_the_user_wrote(house: House, kind: str, cut: str | None, policy: str) -> None:
    if cut is not None:
        house.provider.cut = CUTS[cut]
    with caller(kind, house.door(policy=policy)) as client:
        for text in TEXTS:
            assert client.ask(f"repeat: {text}", streamed=cut is not None).text == text
    assert not any(tells(house.provider.everything, value) for value in PSEUDONYMISED.values())
