from collections.abc import Iterable
from typing import Any

import pytest

from redoubt.domain.errors import RightsError
from redoubt.surfaces.gateway.browser import check_page, cookies

ORIGIN = "https://redoubt.example"
SESSION, ATTEMPT = cookies(ORIGIN)


def scope(method: str = "POST", **headers: str) -> dict[str, Any]:
    rows: Iterable[tuple[str, str]] = headers.items()
    return {"method": method, "headers": [(k.replace("_", "-").encode(), v.encode()) for k, v in rows]}


def test_with_tls_browsers_take_the_cookie_from_this_host_alone() -> None:
    assert SESSION.set("x") == (b"set-cookie", b"__Host-redoubt=x; Path=/; HttpOnly; SameSite=Lax; Secure")
    assert ATTEMPT.set("x", 600)[1].startswith(b"__Host-redoubt-login=x; ")
    assert SESSION.clear()[1].endswith(b"; Max-Age=0")


def test_without_tls_it_has_another_name_and_neither_is_taken_for_the_other() -> None:
    plain, _ = cookies("http://127.0.0.1:8420")
    assert b"Secure" not in plain.set("x")[1]
    assert plain.read(scope(cookie="__Host-redoubt=x")) == SESSION.read(scope(cookie=f"{plain.name}=x")) == ""


@pytest.mark.parametrize(
    ("sent", "value"),
    [
        ("__Host-redoubt=x", "x"),
        ("a=1; __Host-redoubt=x; b=2", "x"),
        ("__Host-redoubt=x=y", "x=y"),
        ("__Host-redoubt=x; __Host-redoubt=y", ""),
        ("x__Host-redoubt=x", ""),
        ("__host-redoubt=x", ""),
        ("__Host-redoubt-login=x", ""),
        ("", ""),
    ],
)
def test_reading(sent: str, value: str) -> None:
    assert SESSION.read(scope(cookie=sent)) == value


def test_two_cookie_headers_are_read_as_one() -> None:
    twice = {"headers": [(b"cookie", b"__Host-redoubt=x"), (b"cookie", b"__Host-redoubt=y")]}
    assert SESSION.read(twice) == ""


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": ORIGIN},
        {"sec_fetch_site": "same-origin"},
        {"origin": ORIGIN, "sec_fetch_site": "same-origin"},
    ],
)
def test_a_page_of_ours(headers: dict[str, str]) -> None:
    check_page(scope(**headers), ORIGIN, "token", "token")


@pytest.mark.parametrize(
    ("headers", "sent"),
    [
        ({}, "token"),
        ({"origin": ORIGIN}, ""),
        ({"origin": ORIGIN}, "tokem"),
        ({"origin": ORIGIN}, "tok\u00e9n"),
        ({"origin": ORIGIN + ":8443"}, "token"),
        ({"origin": ORIGIN + ".evil.example"}, "token"),
        ({"origin": "http://redoubt.example"}, "token"),
        ({"origin": "null"}, "token"),
        ({"origin": ORIGIN, "sec_fetch_site": "cross-site"}, "token"),
        ({"origin": "https://evil.example", "sec_fetch_site": "same-origin"}, "token"),
        ({"sec_fetch_site": "none"}, "token"),
        ({"sec_fetch_site": "same-site"}, "token"),
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "post", "GETX"])
def test_no_page_of_ours(method: str, headers: dict[str, str], sent: str) -> None:
    with pytest.raises(RightsError):
        check_page(scope(method, **headers), ORIGIN, "token", sent)
