"""Small rule files for the tests of the matcher."""

from redoubt.domain.exchange import Segment
from redoubt.domain.finding import Finding
from redoubt.engine.detect.matcher import Matcher
from redoubt.engine.detect.rule_detector import RuleDetector
from redoubt.engine.detect.rules import Rule, parse_rules

SMALL = b"""
[[rule]]
id = "aws-access-key-id"
category = "secret.aws_access_key"
description = "AWS access key id"
pattern = '''\\b((?:AKIA|ASIA)[A-Z2-7]{16})\\b'''
keywords = ["akia", "asia"]
confidence = 0.95

[[rule]]
id = "email"
category = "pii.email"
description = "E-mail address"
pattern = '''\\b[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\\.[A-Za-z0-9-]{1,63})+\\b'''
keywords = ["@"]
confidence = 0.9

[[rule]]
id = "card"
category = "finance.card"
description = "Payment card number"
pattern = '''\\b[0-9](?:[ -]?[0-9]){12,18}\\b'''
validator = "luhn"
confidence = 0.9

[[rule]]
id = "tax-number"
category = "pii.tax_number"
description = "Eleven digits that something calls a tax number"
pattern = '''\\b[0-9]{11}\\b'''
context = ["tax number", "steuernummer", "\xe7\xa8\x8e\xe5\x8f\xb7"]
context_required = true
context_confidence = 0.85
confidence = 0.3

[[rule]]
id = "ip"
category = "pii.ip"
description = "IP address"
pattern = '''\\b(?:[0-9]{1,3}\\.){3}[0-9]{1,3}\\b'''

[[rule]]
id = "password"
category = "secret.password"
description = "Password in an assignment"
pattern = '''(?i)password["']?\\s*[:=]\\s*["']?([^\\s"',;]{8,64})'''
keywords = ["password"]
min_entropy = 2.5
confidence = 0.7

[[rule]]
id = "private-key"
category = "secret.private_key"
description = "Private key in PEM"
pattern = '''-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----(?s:.+?)-----END [A-Z ]{0,20}PRIVATE KEY-----'''
keywords = ["PRIVATE KEY-----"]
multiline = true
"""


def rules(text: bytes = SMALL) -> tuple[Rule, ...]:
    return parse_rules(text, "small.toml").rules


def detector(text: bytes = SMALL) -> RuleDetector:
    parsed = rules(text)
    return RuleDetector(Matcher.build(parsed), "test")


def found(text: str, using: RuleDetector) -> list[tuple[str, str]]:
    return [(f.rule, text[f.start : f.end]) for f in detect(text, using)]


def detect(text: str, using: RuleDetector) -> tuple[Finding, ...]:
    return using.detect(Segment(text))
