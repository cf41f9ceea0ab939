"""Where a text stands: the models are calibrated, trained and asked in each of these apart."""

from enum import StrEnum


class Zone(StrEnum):
    """Whose words a text holds. The operator's own stand in none: nobody judges them."""

    USER = "user"
    """What the user wrote."""
    EXTERNAL = "external"
    """Documents, mails, web pages, tool results."""
    ANSWER = "answer"
    """What the model wrote, tool calls included."""


ZONES = tuple(Zone)
