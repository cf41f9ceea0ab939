import pytest

from redoubt.domain.exchange import Role, Segment, Trust
from redoubt.engine.guard.questions import questions

ALL = ("attack", "order", "harm", "names")


@pytest.mark.parametrize(
    ("role", "trust", "zone", "asked"),
    [
        (Role.USER, Trust.USER, "user", ("attack", "harm", "names")),
        (Role.DOCUMENT, Trust.EXTERNAL, "external", ("order", "harm", "names")),
        (Role.DOCUMENT, Trust.USER, "external", ("order", "harm", "names")),
        (Role.TOOL_RESULT, Trust.OPERATOR, "external", ("order", "harm", "names")),
        (Role.USER, Trust.EXTERNAL, "external", ("order", "harm", "names")),
        (Role.SYSTEM, Trust.OPERATOR, "user", ("names",)),
        (Role.ASSISTANT, Trust.MODEL, "answer", ("harm",)),
        (Role.TOOL_CALL, Trust.MODEL, "user", ("names",)),
        (Role.TOOL_DEFINITION, Trust.OPERATOR, "external", ("order",)),
        (Role.TOOL_DEFINITION, Trust.EXTERNAL, "external", ("order",)),
    ],
)
def test_what_is_asked_depends_on_whose_words_they_are(
    role: Role, trust: Trust, zone: str, asked: tuple[str, ...]
) -> None:
    said = questions(Segment("any", role, trust))
    assert said.zone == zone
    assert tuple(name for name in ALL if getattr(said, name)) == asked


def test_something_is_asked_of_every_segment() -> None:
    for role in Role:
        for trust in Trust:
            said = questions(Segment("any", role, trust))
            assert any(getattr(said, name) for name in ALL)
