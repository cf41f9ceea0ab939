"""Which price a model has."""

import re
from fnmatch import translate

from redoubt.domain.limits import Price, PriceList

_REMEMBERED = 1024


class Prices:
    """The price list, ready to be asked."""

    def __init__(self, prices: PriceList) -> None:
        self._globs = tuple((re.compile(translate(price.match)), price) for price in prices.prices)
        self._known: dict[str, Price | None] = {}

    def of(self, model: str) -> Price | None:
        """Return the first price whose glob fits, capitals or not; None: the model has none."""
        name = model.lower()
        if name in self._known:
            return self._known[name]
        found = next((price for glob, price in self._globs if glob.match(name)), None)
        if len(self._known) < _REMEMBERED:
            self._known[name] = found
        return found
