from redoubt.domain.decision import Action, Obligation
from redoubt.domain.finding import Finding
from redoubt.engine.redact.runs import widened


def spans(
    text: str, *found: tuple[int, int], action: Action = Action.PSEUDONYMISE, view: str = "base64"
) -> list[str]:
    duties = [
        Obligation(Finding("pii.email", "e", start, end, 1.0, view), action, "rule") for start, end in found
    ]
    return [text[d.finding.start : d.finding.end] for d in widened(text, duties)]


def test_a_pseudonym_stands_for_the_whole_run_around_what_was_encoded() -> None:
    assert spans("use dGhlIHZhbHVl now", (8, 12)) == ["dGhlIHZhbHVl"]
    assert spans("use dGhlIHZhbHVl", (8, 12)) == ["dGhlIHZhbHVl"]
    assert spans("給dGhlIHZhbHVl發", (5, 9)) == ["dGhlIHZhbHVl"]


def test_what_stands_alone_or_is_plain_or_redacted_stays_as_it_is() -> None:
    assert spans("use dGhl now", (4, 8)) == ["dGhl"]
    assert spans("xann@x.exampley", (1, 14), view="plain") == ["ann@x.example"]
    assert spans("xdGhly", (1, 5), action=Action.REDACT) == ["dGhl"]


def test_of_several_in_one_run_the_first_takes_it_all_and_the_rest_lie_within() -> None:
    assert spans("abcdefghij", (1, 3), (5, 7), (8, 9)) == ["abcdefghij", "fg", "i"]


def test_nothing_is_read_beyond_the_text() -> None:
    assert spans("ab", (0, 9)) == ["ab"]
