"""What is missing is told from what is broken."""

import sys

import pytest

from redoubt import compose
from redoubt.compose.extras import needing
from redoubt.domain.errors import ConfigError
from redoubt.domain.settings import Settings, StoreSettings


def test_a_missing_package_of_the_extra_is_said_with_its_cure() -> None:
    with pytest.raises(ConfigError) as raised, needing("fish", "salmon_9", what="[pond]"):
        import salmon_9  # type: ignore[import-not-found]  # noqa: F401
    assert (
        str(raised.value) == "[pond] needs salmon_9, which is not installed: pip install 'redoubt-ai[fish]'"
    )


def test_a_module_within_the_extra_counts_as_the_extra() -> None:
    with pytest.raises(ConfigError), needing("fish", "salmon_9", what="[pond]"):
        raise ModuleNotFoundError("No module named 'salmon_9.fin'", name="salmon_9.fin")


@pytest.mark.parametrize("name", ["redoubt.salmon_9", "salmon_99", None])
def test_whatever_else_is_missing_is_a_fault_of_ours(name: str | None) -> None:
    with pytest.raises(ModuleNotFoundError), needing("fish", "salmon_9", what="[pond]"):
        raise ModuleNotFoundError("gone", name=name)


def test_redis_is_said_to_be_missing_by_who_only_looks_at_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in [one for one in sys.modules if one.startswith("redoubt.adapters.redis")]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, "redis", None)
    with pytest.raises(ConfigError, match=r"pip install 'redoubt-ai\[redis\]'"):
        compose.redis_keeps(Settings(store=StoreSettings(redis_url="redis://127.0.0.1:1")))
