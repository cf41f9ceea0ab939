"""A key that is bound to networks opens nothing from elsewhere, and only the operator's own proxies say where somebody is."""

import httpx2
import pytest

from tests.e2e.rig import Door, House, new_key

FAR = "203.0.113.7"


def asked(door: Door, key: str, forwarded: str = "") -> httpx2.Response:
    headers = {"authorization": f"Bearer {key}"} | ({"x-forwarded-for": forwarded} if forwarded else {})
    return httpx2.get(f"{door.url}/redoubt/v1/me", headers=headers)


@pytest.mark.parametrize(
    ("proxies", "networks", "forwarded", "status"),
    [
        ((), ("127.0.0.0/8",), "", 200),
        ((), ("127.0.0.0/8",), FAR, 200),
        ((), ("203.0.113.0/24",), FAR, 401),
        (("127.0.0.1/32",), ("203.0.113.0/24",), FAR, 200),
        (("127.0.0.1/32",), ("203.0.113.0/24",), f"{FAR}, 198.51.100.1", 401),
        (("127.0.0.1/32",), ("127.0.0.0/8",), FAR, 401),
    ],
)
def test_where_a_key_may_be_used(
    house: House, proxies: tuple[str, ...], networks: tuple[str, ...], forwarded: str, status: int
) -> None:
    door = house.door(trusted_proxies=proxies)
    answer = asked(door, new_key(door.stores, addresses=networks), forwarded)
    assert answer.status_code == status


def test_the_address_is_in_the_sealed_text_alone(house: House) -> None:
    door = house.door(trusted_proxies=("127.0.0.1/32",))
    asked(door, new_key(door.stores, addresses=("198.51.100.0/24",)), FAR)
    [stored] = [e for e in door.entries(reveal=True) if "address" in e.entry.note][-1:]
    assert FAR in stored.entry.text
    [closed] = door.entries(stored.entry.exchange)
    assert FAR not in str(closed)
