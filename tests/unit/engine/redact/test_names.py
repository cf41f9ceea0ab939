from redoubt.engine.redact.names import FIRST_NAMES, LAST_NAMES


def test_names_are_single_words_and_no_first_name_is_a_last_name() -> None:
    assert all(name.isalpha() and name.istitle() for name in (*FIRST_NAMES, *LAST_NAMES))
    assert not set(FIRST_NAMES) & set(LAST_NAMES)
    assert len(set(FIRST_NAMES)) == len(FIRST_NAMES)
    assert len(set(LAST_NAMES)) == len(LAST_NAMES)
