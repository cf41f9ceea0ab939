from collections.abc import Iterator

import pytest

from tests.e2e.people import Place, gateways
from tests.e2e.provider import Provider
from tests.e2e.rig import Door, House


@pytest.fixture(scope="session")
def rooms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    house = House(tmp_path_factory.mktemp("house"))
    yield house
    house.close()


@pytest.fixture
def house(rooms: House) -> House:
    """The house, with a provider that has forgotten all earlier tests."""
    rooms.provider.forget()
    return rooms


@pytest.fixture
def door(house: House) -> Door:
    return house.door()


@pytest.fixture
def provider(house: House) -> Provider:
    return house.provider


@pytest.fixture(scope="session")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with gateways(tmp_path_factory.mktemp("people")) as place:
        yield place


@pytest.fixture
def place(places: Place) -> Iterator[Place]:
    """Gateways that people log in to, with no browser open yet."""
    yield places
    places.tidy()
