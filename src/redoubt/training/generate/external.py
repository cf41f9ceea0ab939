"""Texts from outside: documents, mails, pages, tool results; half of them give the assistant orders that they have no business giving.

A document is a skeleton with spots. An order to the assistant at one of them makes an attack; an order to people, talk of assistants,
a quoted order, or nothing at all in the same place makes its twin. Both draw names, addresses, tools and hiding places from the same banks,
so that none of these tells them apart.
"""

import base64
import random
import re
from collections.abc import Iterator
from typing import Final

from redoubt.domain.zone import Zone
from redoubt.training.example import Example, Head
from redoubt.training.generate.external_bank import GOALS, LANGUAGES, Orders, bank, forms
from redoubt.training.generate.external_page import CLOSE, OPEN, Page, Tongue

BENIGN: Final = ("notice", "mention", "quote", "plain")
"""What stands at the spot of a harmless document: orders to people, talk of assistants, a quoted order, nothing."""
KINDS: Final = (*(f"order.{goal}" for goal in GOALS), *(f"benign.{filling}" for filling in BENIGN))

_ENGLISH: Final = 0.65
_PAIRED: Final = 0.5
"""Share of attacks that are followed by the same document without the order."""
_FOREIGN: Final = 0.06
"""Share of what is slipped in that is in another language than its document."""
_ENCODED: Final = 0.02
_SHOUTED: Final = 0.03
_LOOSE: Final = re.compile(r" (?=[.,](?:\s|$)| )")
"""Blanks that an empty branch of a choice leaves behind."""


def examples(rng: random.Random, count: int) -> Iterator[Example]:
    """``count`` examples, attacks and harmless ones in turn; many a harmless one is the document of the attack before it."""
    for first in range(0, count, 2):
        attack = _Draft(rng)
        yield attack.attack()
        if first + 1 < count:
            yield (attack if rng.random() < _PAIRED else _Draft(rng)).harmless()


class Voice:
    """Says in one language what may be slipped into a document."""

    def __init__(self, rng: random.Random, lang: str) -> None:
        """``lang``: one of `LANGUAGES`."""
        self._rng = rng
        self._lang = lang
        self._tongue = _tongue(rng, lang)

    def order(self, goal: str) -> str:
        """Give the assistant an order that wants ``goal``, one of `GOALS`; it stands between `OPEN` and `CLOSE`."""
        rng, tongue = self._rng, self._some_tongue()
        text = self._cased(tongue.say(self._bare_order(tongue.bank.orders, goal)))
        if rng.random() < _ENCODED:
            lead = tongue.say(rng.choice(tongue.bank.words["decode"]))
            text = f"{lead} {base64.b64encode(text.encode()).decode()}"
        tails = rng.choices((0, 1, 2), (0.6, 0.32, 0.08))[0]
        for tail in rng.sample(tongue.bank.orders.tails, k=tails):
            text = f"{text} {_capitalised(tongue.say(tail))}"
        return f"{OPEN}{text}{CLOSE}"

    def filling(self, kind: str) -> str:
        """Say something harmless of that ``kind``, one of `BENIGN` but ``plain``."""
        rng, tongue = self._rng, self._some_tongue()
        humans = tongue.bank.humans
        match kind:
            case "notice":
                text = rng.choice(humans.notices)
                if humans.tails and rng.random() < 0.3:
                    text = f"{text} {rng.choice(humans.tails)}"
                return self._cased(tongue.say(text))
            case "mention":
                return _capitalised(tongue.say(rng.choice(humans.mentions)))
            case _:
                order = _capitalised(tongue.say(self._bare_order(tongue.bank.orders, rng.choice(GOALS))))
                before, _, after = rng.choice(humans.quotes).partition("«order»")
                return tongue.say(before) + order.strip().rstrip(".!。") + tongue.say(after)

    def _bare_order(self, orders: Orders, goal: str) -> str:
        """Choose a template of an order with that goal, without secrecy or pressure."""
        rng = self._rng
        if goal in orders.do and rng.random() < 0.6:
            return rng.choice(orders.frames).replace("«do»", rng.choice(orders.do[goal]))
        whole = rng.choice(orders.whole[goal])
        return f"{rng.choice(orders.heads)}{whole}" if rng.random() < 0.4 else whole

    def _cased(self, text: str) -> str:
        """Write mostly as one should; some people shout, some never press shift."""
        text = _LOOSE.sub("", text)
        case = self._rng.random()
        if case < _SHOUTED:
            return text.upper()
        return text.lower() if case < 2 * _SHOUTED else _capitalised(text)

    def _some_tongue(self) -> Tongue:
        """Mostly that of the document."""
        return (
            _tongue(self._rng, self._rng.choice(LANGUAGES)) if self._rng.random() < _FOREIGN else self._tongue
        )


class _Draft(Voice):
    """A page and what may be slipped into it."""

    def __init__(self, rng: random.Random) -> None:
        super().__init__(rng, "en" if rng.random() < _ENGLISH else rng.choice(LANGUAGES[1:]))
        self._page = self._new_page()

    def attack(self) -> Example:
        """Put an order into the page, or two."""
        rng = self._rng
        goals = [goal for goal in GOALS if goal not in self._page.skeleton.refuses]
        kind = rng.choice(goals)
        spots = rng.sample(range(self._page.spots()), k=min(self._page.spots(), 1 + (rng.random() < 0.12)))
        inserts = {spot: self.order(kind if n == 0 else rng.choice(goals)) for n, spot in enumerate(spots)}
        free = [spot for spot in range(self._page.spots()) if spot not in inserts]
        if free and rng.random() < 0.45:
            inserts[rng.choice(free)] = self.filling(rng.choice(("notice", "notice", "mention", "quote")))
        return self._example(inserts, True, f"order.{kind}")

    def harmless(self) -> Example:
        """Put nothing into the page that orders the assistant about."""
        rng = self._rng
        filling = rng.choices(BENIGN, (0.42, 0.24, 0.18, 0.16))[0]
        if filling == "plain":
            return self._example({}, False, "benign.plain")
        spots = rng.sample(range(self._page.spots()), k=min(self._page.spots(), rng.choice((1, 1, 2))))
        fillings = [filling, rng.choice(BENIGN[:2])]
        inserts = {spot: self.filling(fillings[n]) for n, spot in enumerate(spots)}
        return self._example(inserts, False, f"benign.{filling}")

    def _new_page(self) -> Page:
        skeletons = [form for form in forms().skeletons if form.langs in ("any", self._lang)]
        return self._tongue.page(self._rng.choice(skeletons))

    def _example(self, inserts: dict[int, str], label: bool, kind: str) -> Example:
        text, spans = self._page.filled(inserts, self._rng, self._tongue)
        return Example(
            text,
            Head.ATTACK,
            Zone.EXTERNAL,
            label,
            spans=spans,
            kind=kind,
            lang=self._lang,
            source="generated/external",
        )


def _tongue(rng: random.Random, lang: str) -> Tongue:
    words = bank(lang)
    return Tongue(rng, words, rng.choice(tuple(words.domains)))


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]
