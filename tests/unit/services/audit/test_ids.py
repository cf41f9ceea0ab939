from redoubt.services.audit.ids import RANDOM_BYTES, exchange_id


def test_ids_have_one_form_and_the_order_of_time() -> None:
    early, late = exchange_id(1000.0, b"\xff" * RANDOM_BYTES), exchange_id(1000.001, bytes(RANDOM_BYTES))
    assert len(early) == len(late) == 35
    assert early.startswith("ex_")
    assert early < late
