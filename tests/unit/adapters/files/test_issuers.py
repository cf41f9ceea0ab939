import re
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from redoubt.adapters.files.issuers import read_issuers, read_login
from redoubt.adapters.files.settings import load_settings
from redoubt.domain.errors import ConfigError
from redoubt.domain.issuers import IssuerSettings, LoginSettings

HERE = Path("/etc/redoubt")
ISSUER = {"issuer": "https://id.example/realms/a", "audience": "https://redoubt.example"}
LOGIN = {
    "issuer": "https://id.example/realms/a",
    "client_id": "redoubt",
    "redirect_uri": "https://redoubt.example/redoubt/callback",
}


def issuers(*rows: dict[str, Any]) -> tuple[IssuerSettings, ...]:
    return read_issuers(list(rows), HERE, "x.toml")


def login(**more: Any) -> LoginSettings:
    row = LOGIN | more
    read = read_login(row, issuers(ISSUER), HERE, {"SECRET": "s3cret"}, "x.toml")
    assert read is not None
    return read


def test_a_whole_table(tmp_path: Path) -> None:
    (tmp_path / "redoubt.toml").write_text(
        """
        [[identity.issuers]]
        issuer = "https://id.example/realms/a"
        audience = ["https://redoubt.example", "other"]
        algorithms = ["ES256"]
        groups_claim = ["realm_access", "roles"]
        roles = { "sec admins" = ["admin"], staff = ["developer", "auditor"] }
        apps = { staff = "desk" }
        required = { tid = "7" }
        ca_file = "ca.pem"
        [identity.login]
        issuer = "https://id.example/realms/a"
        client_id = "redoubt"
        client_secret = { env = "SECRET" }
        redirect_uri = "https://redoubt.example/redoubt/callback"
        idle_minutes = 10
        """
    )
    read = load_settings(tmp_path / "redoubt.toml", {"SECRET": "s3cret"}).identity
    [one] = read.issuers
    assert one.audience == ("https://redoubt.example", "other")
    assert one.groups_claim == ("realm_access", "roles")
    assert one.roles == {"sec admins": ("admin",), "staff": ("developer", "auditor")}
    assert one.ca_file == str(tmp_path / "ca.pem")
    assert read.login is not None
    assert read.login.client_secret == "s3cret"
    assert "s3cret" not in repr(read)


def test_one_text_stands_for_a_list_of_one() -> None:
    [one] = issuers(ISSUER | {"groups_claim": "groups", "name_claim": "preferred_username"})
    assert one.audience == ("https://redoubt.example",)
    assert (one.groups_claim, one.name_claim) == (("groups",), ("preferred_username",))


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ({"issuer": "http://id.example"}, "issuer"),
        ({"issuer": "https://user:pw@id.example"}, "issuer"),
        ({"issuer": "https://id.example/#x"}, "issuer"),
        ({"issuer": "https://id.example\\@evil.example"}, "issuer"),
        ({"issuer": "id.example"}, "issuer"),
        ({"jwks_uri": "http://id.example/jwks"}, "jwks_uri"),
        ({"discovery": "file:///etc/passwd"}, "discovery"),
        ({"algorithms": ["none"]}, "algorithms"),
        ({"algorithms": ["HS256"]}, "algorithms"),
        ({"algorithms": []}, "algorithms"),
        ({"leeway": -1}, "leeway"),
        ({"leeway": 100_000}, "leeway"),
        ({"max_token_age": float("nan")}, "max_token_age"),
        ({"keep": 0}, "keep"),
        ({"audience": ""}, "audience"),
        ({"subject_claim": ""}, "subject_claim"),
        ({"roles": {"a": "admin"}}, "roles"),
        ({"rolls": {}}, "rolls"),
    ],
)
def test_issuers_that_are_refused(more: dict[str, Any], place: str) -> None:
    with pytest.raises(ConfigError, match=place):
        issuers(ISSUER | more)


def test_an_issuer_stands_there_once() -> None:
    with pytest.raises(ConfigError, match=r"\[1\]\.issuer"):
        issuers(ISSUER, ISSUER)


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ({"issuer": "https://id.example"}, "issuer"),
        ({"client_id": ""}, "client_id"),
        ({"redirect_uri": "http://redoubt.example/redoubt/callback"}, "redirect_uri"),
        ({"redirect_uri": "https://redoubt.example/elsewhere"}, "redirect_uri"),
        ({"redirect_uri": "https://redoubt.example/redoubt/callback?x=1"}, "redirect_uri"),
        ({"after_logout": "javascript:alert(1)"}, "after_logout"),
        ({"scopes": ["profile"]}, "scopes"),
        ({"idle_minutes": 0}, "idle_minutes"),
        ({"max_hours": float("inf")}, "max_hours"),
        ({"client_secret": {"env": "NOT_SET"}}, "client_secret"),
        ({"client_secret": "in the file"}, "client_secret"),
    ],
)
def test_logins_that_are_refused(more: dict[str, Any], place: str) -> None:
    with pytest.raises(ConfigError, match=place):
        login(**more)


def test_a_login_without_tls_is_for_this_machine() -> None:
    assert login(redirect_uri="http://127.0.0.1:8420/redoubt/callback").redirect_uri.startswith("http:")
    assert login(redirect_uri="http://[::1]:8420/redoubt/callback")


def test_the_examples_of_the_documents_are_good(tmp_path: Path) -> None:
    reference = Path(__file__).parents[4] / "docs" / "reference.md"
    starter = resources.files("redoubt.surfaces.cli") / "starters" / "redoubt.toml"
    blocks = re.findall(r"```toml\n(.*?)```", reference.read_text(), re.DOTALL)
    [shown] = [block for block in blocks if "[[identity.issuers]]" in block]
    _, _, commented = starter.read_text().partition("has the rest.\n")
    for text in (shown, commented.replace("# ", "")):
        (tmp_path / "redoubt.toml").write_text(text)
        read = load_settings(tmp_path / "redoubt.toml", {"SSO_CLIENT_SECRET": "s3cret"}).identity
        assert read.login is not None
        assert read.login.client_secret == "s3cret"
        assert read.issuers[0].roles["security"]
