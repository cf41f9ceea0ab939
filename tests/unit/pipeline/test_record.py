from redoubt.domain.decision import Action, Decision, Effect, Obligation
from redoubt.domain.exchange import Role, Segment, Trust
from redoubt.domain.finding import Finding
from redoubt.domain.principal import Principal
from redoubt.engine.leak.fingerprints import possible
from redoubt.pipeline.record import Ledger

KEY = b"v" * 32
TEXT = "card 4111 1111-1111 1111, mail Jane@Example.com, by Ann Lee"


def marks(*categories: tuple[str, str], key: bytes = KEY, inferred: bool = False) -> list[bytes]:
    """Return the fingerprints that an entry gets for values in the text."""
    segment = Segment(TEXT, Role.USER, Trust.USER, "/messages/0/content")
    found = [
        Finding(category, "rule", TEXT.index(value), TEXT.index(value) + len(value), inferred=inferred)
        for category, value in categories
    ]
    duties = tuple(Obligation(each, Action.REDACT, "r") for each in found)
    ledger = Ledger("ex_1", Principal("key_a", "a"), "openai.chat", "u", "m", "p", key)
    decided = [("/messages/0/content", Decision(Effect.ALLOW, duties))]
    entry = ledger.entry("prompt", "redact", decided, (), at=1.0, written=(segment,))
    return [record.mark for record in entry.findings]


def test_all_writings_of_a_value_have_a_fingerprint_in_common_with_the_search() -> None:
    [card, mail] = marks(("finance.card", "4111 1111-1111 1111"), ("pii.email", "Jane@Example.com"))
    assert len(card) == len(mail) == 16
    assert card in possible(KEY, "default", "4111111111111111")
    assert card in possible(KEY, "default", "4111-1111-1111-1111")
    assert mail in possible(KEY, "default", "jane@example.com")
    assert card not in possible(KEY, "default", "4111111111111112")
    assert card not in possible(KEY, "other", "4111111111111111"), "nor in another tenant"
    assert card not in possible(b"x" * 32, "default", "4111111111111111")


def test_what_tells_nobody_apart_has_none() -> None:
    assert marks(("pii.person", "Ann Lee"), ("attack.injection", "card")) == [b"", b""]
    assert marks(("pii.email", "Jane@Example.com"), inferred=True) == [b""]
    assert marks(("pii.email", "Jane@Example.com"), key=b"") == [b""]
