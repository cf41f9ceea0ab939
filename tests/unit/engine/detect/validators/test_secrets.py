from base64 import b64encode

import pytest

from redoubt.engine.detect.validators import validator

# The token of GitHub's own announcement of the format, revoked ever since.
GITHUB = "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"
WIF = "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ"  # from the Bitcoin wiki
KEY = "-----BEGIN PRIVATE KEY-----\n" + "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC" * 2 + "\n-----END PRIVATE KEY-----"


def basic(text: str) -> str:
    return b64encode(text.encode()).decode()


GOOD = [
    ("github_checksum", GITHUB),
    ("github_checksum", GITHUB.replace("ghp_", "gho_")),
    ("npm_checksum", GITHUB.replace("ghp_", "npm_")),
    ("jwt", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJib2IifQ.c2lnbmF0dXJl"),
    ("basic_credentials", basic("bob:Zk9qT2wLm")),
    ("basic_credentials", basic("bob:Zk9qT2wLm").rstrip("=")),
    ("user_password", "bob:Zk9qT2wLm"),
    ("url_credentials", "postgres://app:Zk9qT2wLm@db/prod"),
    ("url_credentials", "redis://:Zk9qT2wLm@cache"),
    ("discord_token", "MTE5ODc2NTQzMjEwOTg3NjU0Mw.GkX9aB.q7Rk"),
    ("wif", WIF),
    ("base58check", WIF),
    ("key_block", KEY),
    ("key_block", KEY.replace("\n", "\\n")),
    ("seed_words", "legal winner thank year wave sausage worth useful legal winner thank yellow"),
]
BAD = [
    ("github_checksum", GITHUB[:-1] + "8"),
    ("github_checksum", GITHUB.replace("zQW", "zQX")),
    ("github_checksum", "ghp_"),
    ("github_checksum", "ghp_ééééééééé"),
    ("jwt", "eyJub3QiOiJqd3QifQ.eyJzdWIiOiJib2IifQ.c2lnbmF0dXJl"),
    ("jwt", "eyJhbGciOjF9.e30.x"),
    ("jwt", "W10.e30.x"),
    ("basic_credentials", basic("bob:password")),
    ("basic_credentials", basic("no colon at all")),
    ("basic_credentials", basic("bob:\x00\x01\x02\x03")),
    ("basic_credentials", "authentication"),
    ("user_password", "$USER:$PASSWORD"),
    ("url_credentials", "postgres://user:password@localhost/db"),
    ("url_credentials", "postgres://postgres:postgres@localhost/db"),
    ("url_credentials", "postgres://app:${DB_PASSWORD}@db/prod"),
    ("discord_token", "MTE5ODc2NTQzMjEw.GkX9aB.q7Rk"),
    ("wif", WIF[:-1] + "K"),
    ("wif", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"),  # an address: the checksum is right, the kind is not
    ("base58check", "0OIl"),
    ("key_block", "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----"),
    ("key_block", "-----BEGIN PRIVATE KEY-----\nYour key goes here.\n-----END PRIVATE KEY-----"),
    ("seed_words", "legal " * 12),
    ("seed_words", "keep this phrase with your other papers and never show the rest"),
]


@pytest.mark.parametrize(("name", "text"), GOOD)
def test_accepts(name: str, text: str) -> None:
    assert validator(name)(text)


@pytest.mark.parametrize(("name", "text"), BAD)
def test_rejects(name: str, text: str) -> None:
    assert not validator(name)(text)


@pytest.mark.parametrize("name", sorted({name for name, _ in GOOD}))
@pytest.mark.parametrize("text", ["", ":", "://:@", "\ud800", "=" * 70_000, "{" * 70_000, "1" * 70_000])
def test_never_raises(name: str, text: str) -> None:
    assert validator(name)(text) in (True, False)
