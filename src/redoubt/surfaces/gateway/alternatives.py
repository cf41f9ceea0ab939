"""Other models that a request names beside its own: aggregators ask them where the first does not answer.

OpenRouter takes ``models`` (https://openrouter.ai/docs/features/model-routing), LiteLLM's proxy ``fallbacks``: names, or objects that name
a ``model`` (https://docs.litellm.ai/docs/proxy/reliability). Whoever may call one model must not call another by such a member.
"""

from collections.abc import Iterable

from redoubt.domain.errors import InputError
from redoubt.domain.limits import Limit, LimitUnit
from redoubt.surfaces.gateway.wire.interface import Json

MEMBERS = ("models", "fallbacks")
MOST = 16
"""Names in one request."""
MAX_MODEL = 256
"""Characters of a model's name: it is kept in the log, and told to others, as it is."""


def alternatives(body: Json) -> tuple[str, ...]:
    """Return the other models. Raises InputError where it cannot be told which they are."""
    if not isinstance(body, dict):
        return ()
    found: list[str] = []
    for member in MEMBERS:
        named = body.get(member)
        if named is None:
            continue
        if not isinstance(named, list) or len(named) > MOST:
            raise _unclear(member)
        found += [_name(each, member) for each in named]
    return tuple(found)


def refuse_uncounted(others: tuple[str, ...], limits: Iterable[Limit]) -> None:
    """Raise InputError where limits count by model, or by its price, and it is not sure which model will answer."""
    if others and any(limit.by_model or limit.unit is LimitUnit.COST for limit in limits):
        raise InputError(
            "the request names other models beside its own, but limits here are by model or by price: name one model",
        )


def _name(each: Json, member: str) -> str:
    name = each.get("model") if isinstance(each, dict) else each
    if not isinstance(name, str) or not 0 < len(name) <= MAX_MODEL:
        raise _unclear(member)
    return name


def _unclear(member: str) -> InputError:
    return InputError(
        f"'{member}' must be a list of at most {MOST} models' names, or of objects with a 'model'",
        pointer=f"/{member}",
    )
