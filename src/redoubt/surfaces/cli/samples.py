"""How a value is shown without being shown."""

from redoubt.domain.finding import under
from redoubt.surfaces.cli.output import printable

LONGEST = 40
SHOWN = 4
_FIFTH = 5


def sample(category: str, value: str) -> str:
    """Return what a person needs to recognise a value they know, and no more: never two fifths of it, nor eight of its characters.

    >>> sample("secret.aws_access_key", "AKIAIOSFODNN7EXAMPLF"), sample("pii.email", "jane@example.com")
    ('AKIA************MPLF', 'j***@e***')
    >>> sample("pii.us_ssn", "123-45-6789"), sample("secret.password", "hunter2")
    ('12*******89', '*******')
    """
    name, at, domain = value.partition("@")
    if under(category, "pii.email") and name and domain and len(name) > 1:
        return printable(f"{name[0]}***{at}{domain[0]}***")
    shown = 0 if len(value) < 2 * _FIFTH else min(SHOWN, len(value) // _FIFTH)
    hidden = min(len(value) - 2 * shown, LONGEST - 2 * SHOWN)
    return printable(value[:shown] + "*" * hidden + value[len(value) - shown :])
