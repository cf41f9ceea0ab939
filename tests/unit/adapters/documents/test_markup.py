import pytest
from hypothesis import given
from hypothesis import strategies as st

from redoubt.adapters.documents.markup import text_of, tokens


def test_texts_tags_and_comments() -> None:
    page = '<p class="a>b">x &amp; y<!-- hidden --><script>if (a<b) "&amp;"</script></p>'
    assert [(kind, said) for kind, said, _ in tokens(page)] == [
        ("tag", 'p class="a>b"'),
        ("text", "x & y"),
        ("comment", " hidden "),
        ("tag", "script"),
        ("text", 'if (a<b) "&amp;"'),
        ("tag", "/script"),
        ("tag", "/p"),
    ]


def test_tags_that_break_lines() -> None:
    assert (
        text_of("<w:p><w:t>jane</w:t><w:t>@acme</w:t></w:p><w:p>x</w:p>", frozenset({"w:p"}))
        == "\njane@acme\n\nx\n"
    )


@given(st.text(alphabet="<>!-/\"' ab&;[]CDATA", max_size=300))
def test_any_text_is_taken_apart_without_losing_a_character_of_its_words(markup: str) -> None:
    last = -1
    for _, _, at in tokens(markup):
        assert last < at < len(markup)
        last = at


@pytest.mark.parametrize(
    "hostile",
    ["<!--", "<a ", "<", '<a b="', "<a b='>", "<![CDATA[", "<script>", "&", "</", '<a ">' + "<a '>" * 9],
)
def test_a_megabyte_of_hostile_markup_is_taken_apart(hostile: str) -> None:
    # Anything worse than linear would not end.
    assert sum(1 for _ in tokens(hostile * (1_000_000 // len(hostile)))) > 0
