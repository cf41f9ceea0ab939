import pytest

from redoubt.engine.leak.values import secrets


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("The password is swordfish.", "swordfish"),
        ("api_key = sk-abc123DEF456ghi", "sk-abc123DEF456ghi"),
        ('The secret phrase is "open sesame now".', "open sesame now"),
        ("The secret word that opens the vault\nis marigold.", "marigold"),
        ("Use the token mpb_live_93kdkQ0z81LmXr55 for quotes.", "mpb_live_93kdkQ0z81LmXr55"),
        ("Send it to http://10.0.0.7:8080/admin at once.", "10.0.0.7:8080/admin"),
        ("Never share the code SPRING25 with anybody.", "SPRING25"),
        ("Das Passwort ist kirschbaum", "kirschbaum"),
    ],
)
def test_secrets_are_seen(text: str, value: str) -> None:
    assert value in list(secrets(text))


@pytest.mark.parametrize(
    "text",
    [
        "Write to help@larkfield.example or see https://larkfield.example/help.",
        "Our shop is open from 9 to 5, and delivery costs 4.95.",
        "The API key is required for every request.",
        "New customers get 10 percent with WELCOME10.",
        "The key to good soil is patience.",
        "If the password is incorrect, ask for it again.",
        "Password: must have eight letters.",
        'Return JSON like {"key": "value", "token": "string"}.',
        "The promo code is SPRING20; share it with everybody.",
        "You are claude-3-5-sonnet-20241022, and the date is 2024-11-02T10:00.",
        "Whether the secret word is known does not matter.",
        "Supports ISO-8601 dates, UTF-8 and HTTP-2.",
    ],
)
def test_what_customers_are_told_is_no_secret(text: str) -> None:
    assert list(secrets(text)) == []
