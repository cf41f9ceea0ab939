"""Ways to get a value past the views that were tried on purpose."""

import base64

import pytest

from redoubt.domain.errors import InputError
from redoubt.engine.detect.views import views

CARD = "4111 1111 1111 1111"
MAIL = "john.smith@example.com"


def _b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        pytest.param(
            "%FF" + "".join(f"%{ord(c):02x}" for c in CARD), CARD, id="a wrong byte before the right ones"
        ),
        pytest.param("id_" + _b64(MAIL), MAIL[3:], id="digits glued in front shift the phase"),
        pytest.param("/v1/f/" + _b64(MAIL), MAIL[3:], id="a path glued in front"),
        pytest.param(
            "/files/archive/2024/documents/of-the-team/" + _b64(MAIL), MAIL, id="a long path glued in front"
        ),
        pytest.param("x" + MAIL.encode().hex(), MAIL, id="one letter before hexadecimal"),
        pytest.param("a" + MAIL.encode().hex(), MAIL, id="one nibble before hexadecimal"),
        pytest.param("4111\u200b \u200b1111 1111 1111", CARD, id="zero width around the space of a group"),
        pytest.param("4111%2520" + "1111&#x20;1111\u00a01111", CARD, id="each separator in another notation"),
        pytest.param("J\u200bo\u200bh\u200bn " + _b64(MAIL), MAIL, id="a zero-width decoy before base64"),
        pytest.param("\u200b".join(_b64(MAIL)), MAIL, id="base64 cut by zero-width spaces"),
        pytest.param(_b64("\u200b".join(MAIL)), MAIL, id="zero-width spaces in base64"),
        pytest.param("".join(f"&#{ord(c)};" for c in _b64(MAIL)), MAIL, id="base64 in HTML references"),
        pytest.param(" ".join(_b64(MAIL)), MAIL, id="base64 spaced out"),
        pytest.param("4&#8203;111 1111 1111 1111", CARD, id="a zero-width space as an HTML reference"),
        pytest.param("\\\\u0034111 1111 1111 1111", CARD, id="an escape escaped"),
        pytest.param(_b64(MAIL)[:16] + "\r\n" + _b64(MAIL)[16:], MAIL, id="base64 on two lines"),
        pytest.param("> " + _b64(MAIL)[:16] + "\n> " + _b64(MAIL)[16:], MAIL, id="base64 quoted in a mail"),
        pytest.param("jоhn.smith\u200b@exаmple.com", MAIL, id="homoglyphs and a zero-width space"),
    ],
)
def test_seen(written: str, plain: str) -> None:
    assert any(plain in view.text for view in views(f"Take this: {written} ok?"))


def test_padding_with_other_notations_ends_in_refusal_or_sight() -> None:
    noise = "".join(f"{_b64(f'harmless text number {i}')} %{65 + i % 20}&#65; " for i in range(2000))
    try:
        made = list(views(noise + _b64(MAIL)))
    except InputError:
        return
    assert any(MAIL in view.text for view in made)
