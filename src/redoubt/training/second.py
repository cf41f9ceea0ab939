"""What the network is shown a second time: more of what it is weak at, what fools it, and a share of what it has seen."""

from random import Random

from tokenizers import Tokenizer

from redoubt.training.dataset import Item, items
from redoubt.training.harden import changed, fooled
from redoubt.training.network import GuardNetwork
from redoubt.training.recipe import Second, generated


def second_pool(
    network: GuardNetwork,
    pool: list[Item],
    amounts: Second | None,
    tokenizer: Tokenizer,
    rng: Random,
) -> list[Item]:
    """Return the items of the second run; ``pool`` are those of the first, after which ``network`` was left. None of ``amounts``: none.

    Documents are not repeated: the new ones take their place.
    """
    if amounts is None:
        return []
    fresh = generated(amounts.generated, rng)
    wrong, _ = fooled(network, changed(pool, amounts.changed, rng, tokenizer))
    seen = [item for item in pool if item.task != "external"]
    again = rng.sample(seen, min(amounts.again, len(seen)))
    return [*items(fresh, tokenizer), *wrong, *again]
