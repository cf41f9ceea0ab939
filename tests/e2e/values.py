"""What must not leave, and how people hide it. All made up."""

import base64

EMAIL = "jane.doe@acme-widgets.com"
PHONE = "+1 415-555-2671"
IBAN = "DE89 3704 0044 0532 0130 00"
CARD = "4111 1111 1111 1111"
SSN = "536-90-4399"
AWS_KEY = "AKIAQ3EGTV7KX2NMP5WD"
PSEUDONYMISED = {"pii.email": EMAIL, "pii.phone": PHONE, "finance.iban": IBAN}
"""What the model sees a pseudonym of, and the user gets back (balanced policy)."""
REDACTED = {"finance.card": CARD, "pii.us_ssn": SSN, "secret.aws_access_key": AWS_KEY}
"""What is gone for good."""
TEXT = (
    f"Write to {EMAIL} or call {PHONE}, pay to IBAN {IBAN} from card {CARD}; "
    f"her social security number is {SSN} and the key is {AWS_KEY}."
)
SAFE = (
    TEXT.replace(CARD, "[REDACTED:finance.card]")
    .replace(SSN, "[REDACTED:pii.us_ssn]")
    .replace(AWS_KEY, "[REDACTED:secret.aws_access_key]")
)
"""What the user reads when the model repeats it."""


def zero_width(value: str) -> str:
    return "\u200b".join(value)


def full_width(value: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in value)


def in_base64(value: str) -> str:
    return base64.b64encode(f"the value is {value} ok".encode()).decode()


HIDINGS = {"zero-width": zero_width, "full-width": full_width, "base64": in_base64}
