"""No crash dumps: a process that holds prompts and keys must not leave its memory in a file."""

import contextlib
import sys

_PR_SET_DUMPABLE = 4
"""From ``linux/prctl.h``."""


def forbid() -> None:
    """Forbid dumps of this process, as far as the system can; elsewhere say nothing.

    The limit alone does not do: Linux ignores it where `core_pattern` names a program (core(5)). A process that is not dumpable
    (prctl(2), PR_SET_DUMPABLE) is dumped in no way, and no other process of the same user may read its memory.
    """
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        with contextlib.suppress(ImportError, OSError, AttributeError):
            import ctypes

            ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
