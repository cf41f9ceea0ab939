"""The way to python-stdnum: its modules by name, imported on first use; it never raises to the caller."""

from collections.abc import Callable
from functools import cache
from importlib import import_module
from importlib.machinery import PathFinder
from keyword import iskeyword

from redoubt.domain.errors import ConfigError
from redoubt.engine.detect.validators.numbers import alphanumerics


def stdnum_check(name: str) -> Callable[[str], bool]:
    """Return the ``is_valid`` of the python-stdnum module ``name``, for example ``stdnum.de.idnr``.

    Countries whose code is a Python keyword may be written plainly (``stdnum.in.pan``). The module is looked for now
    and imported when it is first asked.

    Raises:
        ConfigError: python-stdnum has no such module.

    """
    module = _find(tuple(name.split(".")))
    if module is None:
        raise ConfigError(
            f"python-stdnum has no module {name!r}; see https://arthurdejong.org/python-stdnum/formats."
        )

    @cache
    def is_valid() -> Callable[[str], bool]:
        found: Callable[[str], bool] = import_module(module).is_valid
        return found

    def check(text: str) -> bool:
        # Any text is a legal input; some modules of python-stdnum assume ASCII digits and raise on others.
        try:
            # Modules differ in the separators they skip: the second try has none.
            valid = is_valid()
            return bool(valid(text) or ((bare := alphanumerics(text)) != text and valid(bare)))
        except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError):
            return False

    return check


def _find(parts: tuple[str, ...]) -> str | None:
    """Return the dotted name of the module, found without importing any of its parents."""
    path: list[str] | None = None
    names: list[str] = []
    for part in parts:
        names.append(part + "_" if iskeyword(part) or part in ("is", "in") else part)
        spec = PathFinder.find_spec(".".join(names), path)
        if spec is None:
            return None
        path = list(spec.submodule_search_locations or [])
    return ".".join(names)
