import pytest
from hypothesis import given
from hypothesis import strategies as st

from redoubt.domain.errors import InputError
from redoubt.services.identity.addresses import caller, network, within

PROXIES = ("10.0.0.0/8", "fd00::/8")


@pytest.mark.parametrize(
    ("peer", "forwarded", "said"),
    [
        ("10.0.0.1", ("203.0.113.7",), "203.0.113.7"),
        ("10.0.0.1", ("198.51.100.1, 203.0.113.7, 10.0.0.2",), "203.0.113.7"),
        ("10.0.0.1", ("198.51.100.1", "203.0.113.7,10.0.0.2"), "203.0.113.7"),
        ("10.0.0.1", (), "10.0.0.1"),
        ("10.0.0.1", ("",), "10.0.0.1"),
        ("10.0.0.1", ("nonsense",), "10.0.0.1"),
        ("10.0.0.1", ("203.0.113.7, nonsense, 10.0.0.2",), "10.0.0.2"),
        ("203.0.113.9", ("198.51.100.1",), "203.0.113.9"),
        ("fd00::1", ("2001:db8::7",), "2001:db8::7"),
        ("::ffff:10.0.0.1", ("203.0.113.7",), "203.0.113.7"),
        ("", ("203.0.113.7",), ""),
    ],
)
def test_only_our_own_proxies_are_believed(peer: str, forwarded: tuple[str, ...], said: str) -> None:
    assert caller(peer, forwarded, PROXIES) == said
    assert caller(peer, forwarded, ()) == peer


@pytest.mark.parametrize(
    "text", ["", "x", "fe80::%a b/64", "10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/-1", "::/129", "10.0.0.0/8 "]
)
def test_what_is_no_network_is_said_so(text: str) -> None:
    with pytest.raises(InputError, match="CIDR"):
        network(text)


@given(st.text(max_size=40), st.lists(st.text(max_size=40), max_size=5))
def test_any_words_give_an_answer(peer: str, forwarded: list[str]) -> None:
    assert isinstance(within(peer, PROXIES), bool)
    assert isinstance(caller(peer, forwarded, PROXIES), str)
