from redoubt.domain.decision import Action
from redoubt.engine.redact.chunks import Redacted, Redaction, Remark, Text, join, split


def test_split_cuts_at_the_remarks() -> None:
    remarks = (Remark(0, 3, "a", Action.MASK, "pii.email"), Remark(5, 5, "b", Action.REDACT, "finance.card"))
    assert split("***xx!", remarks) == (
        Redacted("***", "a", Action.MASK, "pii.email"),
        Text("xx"),
        Redacted("", "b", Action.REDACT, "finance.card"),
        Text("!"),
    )


def test_join_puts_the_remarks_where_the_chunks_are() -> None:
    joined = join([Text("a "), Redacted("[X]", "r", Action.REDACT, "c"), Text("")])
    assert joined == Redaction("a [X]", (Remark(2, 5, "r", Action.REDACT, "c"),))
    assert join([]) == Redaction("")
