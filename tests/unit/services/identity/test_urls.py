import pytest

from redoubt.services.identity.urls import origin, secure


@pytest.mark.parametrize(
    "url", ["https://id.example/x?y=1", "http://127.0.0.1:1/x", "http://localhost", "http://[::1]:8/"]
)
def test_where_secrets_may_travel(url: str) -> None:
    assert secure(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://id.example", "ftp://id.example", "//id.example", "", "https://", "https://a:b@id.example", "https://id.example/#x",
        "https://id.example/ x", "https://id.example\\@evil.example", "http://127.0.0.1.evil.example", "https://id.example:99999",
        "http://localhost.evil.example", "https://[::1", "https://id.example/\n", "https://idé.example",
    ],
)  # fmt: skip
def test_where_they_may_not(url: str) -> None:
    assert not secure(url)


def test_an_origin_is_as_browsers_say_it() -> None:
    assert origin("https://Redoubt.example:443/redoubt/callback") == "https://redoubt.example"
    assert origin("http://127.0.0.1:8420/x") == "http://127.0.0.1:8420"
    assert origin("http://[::1]:8420/x") == "http://[::1]:8420"
