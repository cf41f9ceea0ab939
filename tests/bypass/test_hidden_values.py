"""Values that once passed the rules unseen, and what was once taken for one."""

import base64
from codecs import encode

import pytest

from redoubt.compose import detector
from redoubt.domain.exchange import Segment
from redoubt.domain.finding import Finding
from redoubt.engine.detect.rule_detector import RuleDetector

KEY = "AKIAG2Q4SKSBSDEGBYMZ"
IBAN = "SA28 134B LCS2 SHCU KU8H B7E7"


@pytest.fixture(scope="module")
def engine() -> RuleDetector:
    return detector()


def sure(engine: RuleDetector, text: str) -> list[Finding]:
    return [finding for finding in engine.detect(Segment(text)) if finding.confidence >= 0.5]


@pytest.mark.parametrize(
    ("text", "category"),
    [
        pytest.param(
            f"the key is {' '.join(KEY)}, keep it", "secret.aws_access_key", id="spaced, then a comma"
        ),
        pytest.param(f'"{" ".join(KEY)}"', "secret.aws_access_key", id="spaced, in quotes"),
        pytest.param(f"the key is {encode('ASIA' + KEY[4:], 'rot13')}.", "secret.aws_access_key", id="ROT13"),
        pytest.param(f"the key is {('ASIA' + KEY[4:])[::-1]}.", "secret.aws_access_key", id="reversed"),
        pytest.param("my SSN is 6 2 4 - 8 4 - 1 8 0 5, ok?", "pii.us_ssn", id="SSN spaced with its dashes"),
        pytest.param(
            "my mail is hc.knablertsek.liam@aron-nesnaj, ok?", "pii.email", id="Swiss mail reversed"
        ),
        pytest.param("my mail is 1n35.b4u3r@my73lc0.n37, ok?", "pii.email", id="leet down to the domain"),
        pytest.param(
            "IBAN " + IBAN.replace(" ", "\u200b \u200b"), "finance.iban", id="zero width by letters"
        ),
        pytest.param("пароль: WqosE_9!z^W85", "secret.password", id="Russian password"),
        pytest.param("密码是Zk9qT2wLm7，谢谢", "secret.password", id="Chinese password"),
        pytest.param(
            "it is https://deploy:j8vBkmnlm6Nd@git.acme.dev/a.git", "secret.url_credentials", id="no mail"
        ),
        pytest.param("id,name,ssn\n1,Ann Lee,539045747\n2,Bo Day,125552274\n", "pii.us_ssn", id="CSV"),
        pytest.param("id;notes;bsn\n1;x;7\n2;y;111222333\n", "pii.nl_bsn", id="CSV, a row further down"),
        pytest.param(
            'id,note,ssn\n1,"a, b, c and more words before it",539045747\n', "pii.us_ssn", id="CSV, quoted"
        ),
        pytest.param("| id | ssn |\n| --- | --- |\n| 1 | 539045747 |\n", "pii.us_ssn", id="Markdown table"),
        pytest.param(
            f"INSERT INTO t (id, note, ssn) VALUES (1, '{'x ' * 40}', '539045747'), (2, 'y', '125552274');",  # noqa: S608 (a text to inspect)
            "pii.us_ssn",
            id="SQL",
        ),
    ],
)
def test_found(engine: RuleDetector, text: str, category: str) -> None:
    assert category in {finding.category for finding in sure(engine, text)}


def test_every_row_of_a_table_is_found_where_it_stands(engine: RuleDetector) -> None:
    rows = [f"{i},{i * 7},Ann Lee,{539045700 + i}" for i in range(11, 99)]
    text = "\n".join(("id,score,name,ssn", *rows))
    found = [text[f.start : f.end] for f in sure(engine, text) if f.category == "pii.us_ssn"]
    assert found == [row.rsplit(",", 1)[1] for row in rows]


def test_what_is_unsure_in_the_plain_text_does_not_hide_the_sure_view_of_it(engine: RuleDetector) -> None:
    text = f"INSERT INTO c (id, note, ssn) VALUES (87, '{'x ' * 40}', '539 04 5747');"  # noqa: S608 (a text to inspect)
    (finding,) = sure(engine, text)
    assert (finding.view, text[finding.start : finding.end]) == ("columns", "539 04 5747")


@pytest.mark.parametrize(
    "text",
    [
        "postgres://user:password@localhost/db and «postgres://app:Zk9-qT2w@h/db»",
        "mysql://user:password@localhost/db\nmysql://user:password@localhost/db «mysql://app:Zk9-qT2w@h/db»",
        "card 4111 1111 1111 1112 4111 1111 1111 1113 «4111 1111 1111 1111»",
        "card 9999 «4111 1111 1111 1111»",
        "IBAN DE00 0000 0000 0000 0000 00 or «DE89 3704 0044 0532 0130 00»",
        "AKIAAAAAAAAAAAAAAAAA then «AKIAG2Q4SKSBSDEGBYMZ»",
    ],
)
def test_what_fails_its_check_does_not_hide_what_follows_or_overlaps(engine: RuleDetector, text: str) -> None:
    start, end = text.index("«"), text.index("»") - 1
    findings = sure(engine, text.replace("«", "").replace("»", ""))
    assert (start, end) in {(finding.start, finding.end) for finding in findings}


@pytest.mark.parametrize(
    "text",
    [
        "Invoice SO791060011 of 2002-03-14 is unpaid",
        "See ee79152..ee79152 for the diff.",
        "69171 * 69171 = 36765490051071",
        "Tracking number 9400114380212018111360",
        "Malta ID card issued at 08:31:07.317Z",
        "ISBN-13 5902485299830 on my credit card bill",
        "pip install nvidia-cublas-cu11==11.11.3.6",
        "Part number: 555-123-4567-A",
        "VPC 10.0.0.0/16, subnet 10.0.1.0/24",
        "[0.4237412, 0.35696018]",
        'curl -s -w "\\n%{http_code}" -X POST',
        "id|name|password|token|tfn|card_number",
        "Dear Anna, thanks\nFor the help, see 123456789\n",
        " ".join("2023-01-02"),
        "7 - 1 2 3 - 4 5 6 7 8 9 0",
        base64.b64encode(bytes(range(0, 250, 3)) * 5).decode(),
    ],
)
def test_nothing_found(engine: RuleDetector, text: str) -> None:
    assert sure(engine, text) == []
