"""Does it catch what leaks, and leave alone what does not? The corpus is the specification."""

import re
import time
from base64 import b64encode
from collections.abc import Iterator, Sequence
from functools import cache

import pytest

from redoubt.domain.errors import InputError
from redoubt.domain.exchange import Role, Segment, Trust
from redoubt.domain.finding import Finding
from redoubt.engine.detect.views.expand import reasons
from redoubt.engine.leak.detector import OperatorLeak
from redoubt.engine.leak.operator import OperatorText
from tests.unit.engine.leak.corpus import LEAKS, ORDINARY, SHOP, STORY, TOOLS, Case
from tests.unit.engine.leak.more import MORE_LEAKS, MORE_ORDINARY

DENIED = 0.5
"""The confidence from which the profiles deny."""
RULE = "Never mention competitors such as Thornbury Plants or GreenGo by name."


@cache
def operator(prompt: str) -> OperatorText:
    return OperatorText([prompt])


def found(
    answer: str, prompt: str | OperatorText = SHOP, known: Sequence[str] = ("Tell me.",)
) -> list[Finding]:
    text = operator(prompt) if isinstance(prompt, str) else prompt
    segment = Segment(answer, Role.ASSISTANT, Trust.MODEL)
    return list(OperatorLeak(text, lambda: known, reasons()).detect(segment))


def confidence(answer: str, prompt: str | OperatorText = SHOP, known: Sequence[str] = ("Tell me.",)) -> float:
    return max((f.confidence for f in found(answer, prompt, known)), default=0.0)


@pytest.mark.parametrize("case", [*LEAKS, *MORE_LEAKS], ids=lambda case: case.name)
def test_a_leak_is_seen(case: Case) -> None:
    assert confidence(case.answer, case.prompt, [case.asked]) >= DENIED


@pytest.mark.parametrize("case", [*ORDINARY, *MORE_ORDINARY], ids=lambda case: case.name)
def test_an_ordinary_answer_passes(case: Case) -> None:
    assert confidence(case.answer, case.prompt, [case.asked]) < DENIED


def pieces(text: str, left: int) -> Iterator[tuple[int, int]]:
    """Yield (first character that is shown, first that is new) for each sentence, and where it ends, as streams are cut."""
    done = 0
    for found in re.finditer(r".*?(?:[.!?]\s+|\n|$)", text, re.DOTALL):
        yield max(0, done - left), found.end()
        done = found.end()


@pytest.mark.parametrize("case", [*LEAKS, *ORDINARY, *MORE_LEAKS, *MORE_ORDINARY], ids=lambda case: case.name)
def test_sentence_by_sentence_the_outcome_is_the_same(case: Case) -> None:
    seen = [confidence(case.answer[a:b], case.prompt, [case.asked]) for a, b in pieces(case.answer, 512)]
    whole = confidence(case.answer, case.prompt, [case.asked])
    assert (max(seen) >= DENIED) == (whole >= DENIED)


def test_the_span_is_what_was_leaked_and_no_more() -> None:
    answer = f"Sure, here you go. {RULE} Shall I water the roses as well?"
    (finding,) = [f for f in found(answer) if f.confidence >= DENIED]
    assert answer[finding.start : finding.end] == RULE.rstrip(".")
    assert (finding.category, finding.view) == ("leak.system_prompt", "plain")


def test_each_stretch_is_a_finding_of_its_own() -> None:
    filler = "And now for something completely different about tomatoes. " * 12
    margin = "Do not tell customers that the wholesale margin on roses is 62 percent."
    answer = f"{RULE} {filler} {margin}"
    spans = [answer[f.start : f.end] for f in found(answer) if f.confidence >= DENIED]
    assert spans == [RULE.rstrip("."), margin.rstrip(".")]


def test_a_value_is_found_at_its_place() -> None:
    answer = "I think it was rose 7741, or so."
    (finding,) = found(answer)
    assert (answer[finding.start : finding.end], finding.rule) == ("rose 7741", "operator-value")


def test_what_the_user_knows_already_is_no_leak() -> None:
    assert confidence(RULE, known=[f"I read that you should {RULE.lower()}"]) == 0.0
    assert confidence("ROSE-7741", known=["Is it ROSE-7741?"]) == 0.0


def test_what_the_user_knows_in_part_leaves_the_rest_a_leak() -> None:
    margin = "Do not tell customers that the wholesale margin on roses is 62 percent."
    assert confidence(f"{RULE} {margin}", known=[RULE]) >= DENIED


def test_what_the_operator_lists_may_be_said() -> None:
    assert confidence(RULE) >= DENIED
    assert confidence(RULE, OperatorText([SHOP], shareable=[RULE])) == 0.0
    assert confidence("Take ROSE-7741.", OperatorText([SHOP], shareable=["rose-7741"])) == 0.0


def test_a_short_text_has_no_leaks_but_secrets() -> None:
    assert found("Be very kind.", OperatorText(["Be very kind."])) == []
    assert found("kiwi-parade", OperatorText(["password: kiwi-parade"]))


def test_one_description_of_a_tool_may_be_told_all_of_them_together_not() -> None:
    tools = OperatorText([], TOOLS)
    assert confidence("I can look up the current weather for a city.", tools) < DENIED
    assert confidence("\n".join(TOOLS), tools) >= DENIED


def test_columns_and_other_views_that_change_nothing_disguise_nothing() -> None:
    table = "| item | price |\n| --- | --- |\n| Standard delivery costs | 4.95 |"
    table += "\n\nPlants can be returned within 30 days if they are still in their pot."
    assert confidence(table) < DENIED


def test_a_quotation_that_must_not_be_said_is_no_greeting() -> None:
    text = OperatorText(
        ['You are a bot. Never say "the cellar key lies under the third flower pot by the gate".']
    )
    assert confidence("The cellar key lies under the third flower pot by the gate", text) >= DENIED


def test_the_magic_word_inside_another_is_not_it() -> None:
    assert found("Marigolds grow best in the sun.", STORY) == []


def test_cost_is_linear_even_where_everything_repeats() -> None:
    same = "never tell the alpha bravo charlie delta echo foxtrot golf hotel secret. "

    def seconds(times: int) -> float:
        text = OperatorText([same * times])
        begun = time.perf_counter()
        found(same * times, text)
        return time.perf_counter() - begun

    seconds(100)
    assert seconds(4000) < 40 * max(seconds(400), 0.02)


@pytest.mark.parametrize(
    "piece", ["", "\ud800", "\0", "=" * 5000, "a" * 5000, "a " * 3000, "你好" * 900, "ŞİßﬃÅ" * 300]
)
def test_any_text_gives_an_answer(piece: str) -> None:
    assert isinstance(found(piece, OperatorText([piece * 2 + SHOP])), list)
    assert isinstance(found(SHOP + piece, OperatorText([piece])), list)


@pytest.mark.parametrize("role", [Role.SYSTEM, Role.DEVELOPER, Role.TOOL_DEFINITION])
def test_settings_that_an_answer_repeats_tell_nothing(role: Role) -> None:
    watch = OperatorLeak(operator(SHOP), lambda: ["Tell me."], reasons())
    assert list(watch.detect(Segment(SHOP, role, Trust.MODEL))) == []


def test_another_number_in_the_operators_words_is_no_other_alphabet() -> None:
    prompt = (
        "You are the clerk of a shop. Orders above 75 euros are delivered for free within 3 days in Austria."
    )
    answer = "Orders above 90 euros are delivered for free within 5 days in Austria."
    assert [f.view for f in found(answer, prompt) if "alphabet" in f.view] == []


@pytest.mark.parametrize("prompt", ["", "Be kind.", "ha" * 50, "a " * 60, "\u4f60" * 60])
def test_of_a_text_that_says_nothing_nothing_is_told(prompt: str) -> None:
    assert found(f"{SHOP} {prompt} {prompt[::-1]}", OperatorText([prompt])) == []


def test_a_short_text_has_its_secrets_too() -> None:
    assert found("It is 9-lertseK.", OperatorText(["The password is Kestrel-9."])) != []


def test_what_cannot_be_read_fails_whatever_the_operator_said() -> None:
    answer = "Never mention this to anybody at all."
    for _ in range(6):
        answer = b64encode(answer.encode()).decode()
    with pytest.raises(InputError):
        found(answer, OperatorText(["Be kind."]))
