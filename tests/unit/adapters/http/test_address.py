import pytest

from redoubt.adapters.http.address import parse_url
from redoubt.domain.errors import ConfigError


@pytest.mark.parametrize(
    ("url", "below", "target"),
    [
        ("https://h", "", "/"),
        ("https://h/", "", "/"),
        ("https://h/tsr/", "", "/tsr/"),
        ("https://h/in?key=1", "", "/in?key=1"),
        ("https://h?key=1", "", "/?key=1"),
        ("https://h", "/v1/logs", "/v1/logs"),
        ("https://h/otlp/", "/v1/logs", "/otlp/v1/logs"),
        ("https://h/otlp?key=1", "/v1/logs", "/otlp/v1/logs?key=1"),
    ],
)
def test_targets(url: str, below: str, target: str) -> None:
    assert parse_url("there", url).target(below) == target


BAD_HOSTS = [
    "nowhere",
    "//nowhere/x",
    "ftp://nowhere",
    "https://",
    "https://nowhere:x",
    "https://nowhere:99999",
    "https://[::1",
]
BAD_REST = ["https://a:b@nowhere", "https://nowhere/#x", "https://nowhere/ü", "https://nowhere/?q=ü"]


@pytest.mark.parametrize("url", ["", "https://no where", "https://nowhere/a b", *BAD_HOSTS, *BAD_REST])
def test_what_is_no_url_is_said_with_the_name_of_the_setting_and_without_its_words(url: str) -> None:
    with pytest.raises(ConfigError, match=r"^there ") as caught:
        parse_url("there", url)
    assert "nowhere" not in str(caught.value)
