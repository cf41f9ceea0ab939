"""Who configures no identity provider pays nothing for it, and needs nothing for it."""

import subprocess
import sys

import pytest

from redoubt import compose
from redoubt.domain.errors import ConfigError
from redoubt.domain.issuers import IssuerSettings
from redoubt.domain.settings import IdentitySettings, Settings

CONFIGURED = Settings(identity=IdentitySettings((IssuerSettings("https://id.example"),)))


def test_nothing_is_imported_where_nothing_is_configured() -> None:
    code = (
        "import sys; from redoubt import compose; from redoubt.domain.settings import Settings; "
        "import redoubt.surfaces.gateway.__main__; compose.providers(Settings(), bytes(32)); "
        "print(sorted({'joserfc', 'authlib'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("name", ["joserfc", "authlib"])
def test_a_missing_extra_is_said(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    for module in [one for one in sys.modules if one.startswith("redoubt.adapters.oidc")]:
        monkeypatch.delitem(sys.modules, module)
    for module in [one for one in sys.modules if one.partition(".")[0] == name]:
        monkeypatch.delitem(sys.modules, module)

    class Missing:
        def find_spec(self, wanted: str, *_: object) -> None:
            if wanted.partition(".")[0] == name:
                raise ModuleNotFoundError(f"No module named {wanted!r}", name=wanted)

    monkeypatch.setattr(sys, "meta_path", [Missing(), *sys.meta_path])
    with pytest.raises(ConfigError, match=r"pip install 'redoubt-ai\[oidc\]'"):
        compose.providers(CONFIGURED, bytes(32))


def test_nobody_configured_is_nobody_asked() -> None:
    assert compose.providers(Settings(), bytes(32)) is None
    assert compose.providers(CONFIGURED, bytes(32)) is not None
