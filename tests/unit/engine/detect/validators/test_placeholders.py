import pytest

from redoubt.engine.detect.validators.placeholders import (
    alphanumeric,
    assigned_password,
    assigned_secret,
    bare_password,
    hex_or_mixed,
    is_placeholder,
    letters_and_digits,
    mixed_classes,
    not_placeholder,
    random_word,
    told_password,
)


@pytest.mark.parametrize(
    "text",
    [
        "changeme",
        "CHANGE_ME",
        "your-api-key-here",
        "${DB_PASSWORD}",
        "$DB_PASSWORD",
        "{{ token }}",
        "<token>",
        "[REDACTED]",
        "xxxxxxxxxxxxxxxx",
        "****************",
        "password",
        "Password1",
        "os.environ",
        "process.env.KEY",
        "%(password)s",
        "aaaaaaaa",
    ],
)
def test_placeholders(text: str) -> None:
    assert is_placeholder(text)
    assert not not_placeholder(text)


@pytest.mark.parametrize("text", ["Zk9-qT2w", "9fQ2xLr7Vb0KpT4mZs1W", "hunter2!X9", "$ecret-99!"])
def test_no_placeholders(text: str) -> None:
    assert not_placeholder(text)


@pytest.mark.parametrize("text", ["Zk9-qT2w", "geheim$parole", "Winter2024!", "482913", "p@ss1"])
def test_values_of_passwords(text: str) -> None:
    assert assigned_password(text)


@pytest.mark.parametrize(
    "text",
    ["str", "forgot-password", "self.password2", "get_password()", "/etc/passwd", "a/b.json", "1234", "id"],
)
def test_code_and_words_are_no_passwords(text: str) -> None:
    assert not assigned_password(text)
    assert not bare_password(text)


def test_a_bare_value_must_not_read_as_a_name() -> None:
    assert bare_password("hunter2")
    assert bare_password("Abc12345")
    assert not bare_password("field_2")


def test_a_told_password_is_more_than_a_word_and_its_punctuation() -> None:
    assert told_password("Tr0ub4dor&3")
    assert told_password("Verano#Playa")
    assert not told_password("wrong!")
    assert not told_password("correct.&quot")


@pytest.mark.parametrize("text", ["9fQ2xLr7Vb0KpT4mZs1W", "b3f1c9d27e8a4056b1d2e3f4a5b6c7d8"])
def test_values_of_keys(text: str) -> None:
    assert assigned_secret(text)
    assert random_word(text)


@pytest.mark.parametrize(
    "text",
    ["some-long-option-name", "config.api2.key3", "key_for_version_2", "short1", "PKCS12PrivateKeyTypes"],
)
def test_names_are_no_keys(text: str) -> None:
    assert not random_word(text)


def test_classes_of_characters() -> None:
    assert mixed_classes("aB3")
    assert not mixed_classes("ab3")
    assert alphanumeric("a12")
    assert not alphanumeric("a1")
    assert letters_and_digits("qr12")
    assert not letters_and_digits("example12")
    assert hex_or_mixed("sess-00ff12ab")
    assert not hex_or_mixed("sess-zz12")


@pytest.mark.parametrize("text", ["", "\ud800", "(" * 5000 + ")", "a." * 5000, "a_" * 5000 + "!", "-" * 5000])
def test_any_text_has_an_answer(text: str) -> None:
    for check in (
        is_placeholder,
        assigned_password,
        bare_password,
        told_password,
        assigned_secret,
        random_word,
    ):
        assert check(text) in (True, False)
