import base64
import hashlib
import hmac
import json
from typing import Any

import pytest

from redoubt.domain.evidence import Entry
from redoubt.domain.finding import Finding
from redoubt.domain.telling import Severity, SinkKind, SinkSettings
from redoubt.services.telling import cef, ocsf, plain
from redoubt.services.telling.choice import wants
from redoubt.services.telling.clean import CATEGORIES, listed
from redoubt.services.telling.severity import severity
from redoubt.services.telling.signing import headers, key_of
from redoubt.services.telling.syslog import message
from tests.told import ATTACK, EMAIL, entry, found, told


@pytest.mark.parametrize(
    ("of", "rated"),
    [
        (entry(), Severity.INFORMATIONAL),
        (entry(findings=found(EMAIL), decision="redact"), Severity.LOW),
        (entry(errors=("guard",)), Severity.MEDIUM),
        (entry(decision="hold"), Severity.MEDIUM),
        (entry(findings=found(EMAIL), decision="deny"), Severity.MEDIUM),
        (entry(findings=found(EMAIL, ATTACK), decision="deny"), Severity.HIGH),
        (entry(kind="admin", decision="deny"), Severity.MEDIUM),
    ],
)
def test_severity(of: Entry, rated: Severity) -> None:
    assert severity(of) is rated


def test_a_sink_is_told_what_passes_all_its_filters() -> None:
    sink = SinkSettings(
        "s", SinkKind.JSONL, kinds=("prompt",), decisions=("deny",), least_severity=Severity.HIGH
    )
    grave = entry(decision="deny", findings=found(ATTACK))
    assert wants(sink, grave)
    assert not wants(sink, entry(decision="deny", findings=found(EMAIL)))
    assert not wants(sink, entry(decision="deny", findings=found(ATTACK), kind="answer"))
    assert not wants(sink, entry(findings=found(ATTACK)))
    assert wants(SinkSettings("s", SinkKind.JSONL), entry())


def test_a_line_holds_the_bytes_that_the_leaf_is_the_hash_of() -> None:
    line = plain.line(told(index=3))
    body = line.partition(b'"entry":')[2][:-1]
    assert json.loads(line)["leaf"] == hashlib.sha256(b"\0" + body).hexdigest()
    assert json.loads(plain.document([told(), told()]))["entries"][1]["index"] == 7


def _complete(event: dict[str, Any]) -> None:
    """What OCSF 1.5.0 asks of every event."""
    assert event["type_uid"] == event["class_uid"] * 100 + event["activity_id"]
    assert event["category_uid"] == {2004: 2, 6003: 6, 3002: 3}[event["class_uid"]]
    assert event["severity_id"] in range(1, 5)
    assert event["time"] == 1_764_100_000_250
    assert event["metadata"]["version"] == "1.5.0"
    assert event["metadata"]["product"] == {"name": "Redoubt", "vendor_name": "Redoubt", "version": "2.0"}
    required = {2004: ("finding_info",), 6003: ("actor", "api", "src_endpoint"), 3002: ("user", "service")}
    assert all(event[name] for name in required[event["class_uid"]])


@pytest.mark.parametrize(
    ("of", "type_uid"),
    [
        (entry(), 600399),
        (entry(kind="answer"), 600399),
        (entry(decision="redact", findings=found(EMAIL)), 200401),
        (entry(decision="deny", findings=found(ATTACK)), 200401),
        (entry(decision="hold"), 200401),
        (entry(kind="admin", api="keys.create"), 600301),
        (entry(kind="admin", api="audit.reveal"), 600302),
        (entry(kind="admin", api="policy.reload"), 600303),
        (entry(kind="admin", api="keys.revoke"), 600304),
        (entry(kind="admin", api="restore"), 600399),
        (entry(kind="admin", api="login"), 300201),
        (entry(kind="admin", api="login.refused", decision="deny"), 300201),
        (entry(kind="admin", api="identity.refused", decision="deny"), 300201),
        (entry(kind="admin", api="logout"), 300202),
        (entry(kind="admin", api="model.call", decision="deny"), 600399),
        (Entry("", "admin", 1_764_100_000.25, "", "", "", "", ""), 600399),
    ],
)
def test_ocsf_has_a_class_for_everything(of: Entry, type_uid: int) -> None:
    event = json.loads(ocsf.event(told(of), "2.0"))
    assert event["type_uid"] == type_uid
    _complete(event)


def test_an_ocsf_finding_says_what_and_where_and_what_was_done() -> None:
    event = json.loads(ocsf.event(told(entry(decision="deny", findings=found(EMAIL, ATTACK))), "2.0"))
    assert event["finding_info"]["types"] == ["pii.email", "attack.injection"]
    assert (
        event["finding_info"]["uid"]
        == event["metadata"]["uid"]
        == told(entry(decision="deny", findings=found(EMAIL, ATTACK))).leaf.hex()
    )
    assert (event["action_id"], event["disposition_id"]) == (2, 2)
    assert event["metadata"]["profiles"] == ["security_control"]
    assert event["evidences"][0]["data"]["findings"][0] == {
        "category": "pii.email", "rule": "email", "path": "/messages/0/content", "start": 3, "end": 9, "action": "redact",
    }  # fmt: skip


def test_cef() -> None:
    said = cef.event(told(entry(decision="deny", model="a|b=c\\", note="no\nway")), "2.0")
    assert said.startswith(
        "CEF:0|Redoubt|Redoubt|2.0|prompt:deny|prompt deny|6|rt=1764100000250 externalId=ex_0198 "
    )
    assert r"cs1=a|b\=c\\ cs1Label=model" in said
    assert " reason=no way " in said


def test_syslog() -> None:
    said = message(
        "hello",
        at=0.5,
        level=Severity.HIGH,
        host="h ö",
        process="1",
        kind="",
        index=2_147_483_647,
        version='1"]',
    )
    assert said == (
        b'<107>1 1970-01-01T00:00:00.500000Z h__ redoubt 1 - [meta sequenceId="1"]'
        b'[origin software="redoubt" swVersion="1\\"\\]"] hello'
    )


def test_categories_are_listed_once_and_not_without_end() -> None:
    assert listed(entry(findings=found(EMAIL, EMAIL, ATTACK))) == "pii.email,attack.injection"
    many = found(*(Finding(f"pii.n{n}", "r", 0, 1) for n in range(CATEGORIES + 5)))
    assert listed(entry(findings=many)).endswith(",+5")


def test_a_signature_is_that_of_standard_webhooks() -> None:
    secret = "whsec_" + base64.b64encode(b"k" * 24).decode()
    said = dict(headers(key_of(secret), "7-9-ab", 1_700_000_000, b'{"a":1}'))
    wanted = hmac.new(b"k" * 24, b'7-9-ab.1700000000.{"a":1}', hashlib.sha256).digest()
    assert said == {
        "webhook-id": "7-9-ab",
        "webhook-timestamp": "1700000000",
        "webhook-signature": "v1," + base64.b64encode(wanted).decode(),
    }
    assert key_of("a secret of twenty-four b") == b"a secret of twenty-four b"


@pytest.mark.parametrize(
    "secret", ["short", "whsec_" + base64.b64encode(b"k" * 23).decode(), "whsec_no base64"]
)
def test_a_secret_that_is_no_good_is_refused(secret: str) -> None:
    with pytest.raises(ValueError, match=r"shorter|base64"):
        key_of(secret)
