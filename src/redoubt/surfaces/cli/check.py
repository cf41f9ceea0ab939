"""What `redoubt doctor` says of one thing."""

from dataclasses import dataclass

OK, WARN, FAIL = "ok", "warn", "fail"


@dataclass(frozen=True, slots=True)
class Check:
    """How one thing stands."""

    name: str
    state: str
    said: str
    remedy: str = ""
