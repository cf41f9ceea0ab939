"""What the network is shown a second time: more of what it is weak at, what fools it, and a share of what it has seen."""

from pathlib import Path
from random import Random

from tokenizers import Tokenizer

from redoubt.training.dataset import Item, items
from redoubt.training.example import DOCUMENT
from redoubt.training.harden import changed, fooled
from redoubt.training.network import GuardNetwork
from redoubt.training.recipe import Second, generated, kept_back


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
    seen = [item for item in pool if item.task != DOCUMENT]
    again = rng.sample(seen, min(amounts.again, len(seen)))
    return [*items(fresh, tokenizer), *wrong, *again]


def trial(amounts: Second | None, folder: Path | None, tokenizer: Tokenizer, rng: Random) -> list[Item]:
    """Return changed prompts to try the network with; none where ``amounts`` is None. Raises ConfigError.

    They are made of texts that it is never shown: others' that are kept back, or new ones of our own where there is no ``folder``.
    """
    if amounts is None:
        return []
    count = amounts.changed // 2
    unseen = kept_back(folder) if folder else list(generated({"user": count}, rng))
    return changed(list(items(unseen, tokenizer)), count, rng, tokenizer)
