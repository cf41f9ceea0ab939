"""Any string gives views or a clear error, never a traceback."""

from hypothesis import example, given
from hypothesis import strategies as st

from redoubt.domain.errors import InputError
from redoubt.engine.detect.views import views

characters = st.one_of(
    st.characters(),
    st.characters(categories=["Cs", "Cf", "Mn", "Nd"]),
    st.sampled_from("%&#;=\\xuU{}0123456789abcdefABCDEF+/-_. @()[]"),
)


@given(st.text(characters, max_size=400))
@example("\ud83d\\ud83d\\udc00 &#1114112; &#xD800; &#0; \\U99999999 \\u{ffffff} %ff%fe =FF=FE")
@example("\udbff\udfff" * 20)
@example("A" * 31 + "=" * 9)
@example("0x" * 40)
@example("&" * 50 + "amp;" * 50)
@example("\U000e0100" * 30)
def test_any_string(text: str) -> None:
    try:
        made = list(views(text))
    except InputError:
        return
    for view in made:
        start, end = view.origin(0, len(view.text))
        assert 0 <= start < end <= len(text)
