import pytest

from redoubt.domain.errors import ServiceError
from redoubt.services.audit.kek import KekRing, LocalKek, local_id

DATA_KEY = b"d" * 32


def test_a_data_key_opens_only_with_the_key_that_wrapped_it() -> None:
    one, other = LocalKek("one", b"k" * 32), LocalKek("other", b"x" * 32)
    wrapped = one.wrap(DATA_KEY)
    assert DATA_KEY not in wrapped
    assert one.unwrap(wrapped) == DATA_KEY
    with pytest.raises(ValueError, match="does not open"):
        other.unwrap(wrapped)
    with pytest.raises(ValueError, match="does not open"):
        one.unwrap(wrapped[:-1] + bytes([wrapped[-1] ^ 1]))


def test_a_ring_finds_the_key_by_its_name() -> None:
    old, new = LocalKek("old", b"o" * 32), LocalKek("new", b"n" * 32)
    ring = KekRing(new, (old,))
    assert ring.unwrap("old", old.wrap(DATA_KEY)) == DATA_KEY
    assert ring.unwrap("new", new.wrap(DATA_KEY)) == DATA_KEY
    with pytest.raises(ServiceError, match="kek_previous"):
        ring.unwrap("lost", old.wrap(DATA_KEY))


def test_the_name_of_a_key_is_its_own_and_does_not_show_it() -> None:
    assert local_id(b"a" * 32) != local_id(b"b" * 32)
    assert "61" * 4 not in local_id(b"a" * 32)
    assert "secret" not in repr(LocalKek("id", b"secret" * 6))
