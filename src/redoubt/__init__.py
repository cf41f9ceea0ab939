"""Redoubt: a self-hosted security layer for everything that talks to a generative model.

>>> from redoubt import Guard
>>> guard = Guard.from_profile("balanced")
>>> masked = guard.mask("Write to ada@lovelace.example, please.")
>>> "ada@lovelace.example" in masked.text
False
>>> masked.restore(masked.text)
'Write to ada@lovelace.example, please.'
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from redoubt.surfaces.sdk.guard import Guard as Guard

__version__ = "0.1.0"
__all__ = ["Guard", "__version__"]


def __getattr__(name: str) -> Any:
    """Import `Guard` when it is first asked for: `import redoubt` alone costs nothing."""
    if name == "Guard":
        from redoubt.surfaces.sdk.guard import Guard

        return Guard
    raise AttributeError(f"module 'redoubt' has no attribute {name!r}")
