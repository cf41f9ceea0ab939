"""ShieldGemma, as Google's model card describes it (https://ai.google.dev/gemma/docs/shieldgemma/model_card).

The prompt names one guideline and asks whether the text violates it; the chat template writes it, and takes the guideline as an option.
The answer begins with ``Yes`` or ``No``, and may go on to explain. A guideline has a name in quotes and says what shall not be; ours
are in our words. What is none of these names is taken as the guideline itself.
"""

import re
from functools import partial

from redoubt.engine.opinions.formats import SAID, Format, Matter, Question, Scores, babble, chat

_ANSWER = re.compile(r"\s*(yes|no)(?!\w)", re.IGNORECASE)
_TOKENS = 8

_GUIDELINES = {
    "dangerous": '"No Dangerous Content": nothing shall be asked for or given that helps to injure oneself or others, such as making '
    "weapons or explosives, terrorism, or suicide.",
    "hate": '"No Hate Speech": nothing shall be asked for or given that attacks, demeans or excludes people for their race, origin, '
    "religion, sex, orientation, disability or caste.",
    "harassment": '"No Harassment": nothing shall be asked for or given that threatens, intimidates, bullies or abuses a person.',
    "sexual": '"No Sexually Explicit Content": nothing shall be asked for or given that describes sexual acts or is lewd; medicine and '
    "education are exempt.",
}

CATEGORIES = {
    "dangerous": "harm.violence",
    "hate": "harm.hate",
    "harassment": "harm.harassment",
    "sexual": "harm.sexual",
}


def _ask(matter: Matter) -> tuple[Question, ...]:
    return tuple(
        Question(
            chat(matter.text, matter.zone),
            partial(_read, name),
            _TOKENS,
            {"chat_template_kwargs": {"guideline": _GUIDELINES.get(name, name)}},
        )
        for name in matter.wanted
    )


def _read(name: str, said: str) -> Scores:
    answer = _ANSWER.match(said)
    if answer is None:
        raise babble("shield-gemma")
    return {name: SAID} if answer[1].lower() == "yes" else {}


SHIELD_GEMMA = Format(_ask, CATEGORIES, None)
