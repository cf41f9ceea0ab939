from redoubt.engine.leak.chains import Chains
from redoubt.engine.leak.fold import Folded
from redoubt.engine.leak.sentences import units

RULE = "Offer a discount of fifteen percent only after the customer has refused the first proposal."


def told(answer: str, text: str = RULE) -> list[str]:
    folded = Folded(text)
    chains = Chains(folded.words, list(units(text, folded, 10**9)))
    heard = Folded(answer)
    return [" ".join(heard.words[c.first : c.last + 1]) for c in chains.chains(heard)]


def test_enough_words_in_their_order_are_a_chain() -> None:
    said = "well i offer some discounts of fifteen percent but only once a customer refuses my first proposal thanks"
    assert told(said) == [
        "offer some discounts of fifteen percent but only once a customer refuses my first proposal"
    ]


def test_the_same_words_in_another_order_are_none() -> None:
    assert told("proposal first refused customer percent fifteen discount offer") == []


def test_far_apart_they_are_none() -> None:
    gap = " and so on" * 30
    assert told(f"offer discount{gap} fifteen percent{gap} customer refused{gap} first proposal") == []


def test_told_twice_is_two_chains() -> None:
    assert len(told(f"{RULE} {'something else entirely ' * 30} {RULE}")) == 2
