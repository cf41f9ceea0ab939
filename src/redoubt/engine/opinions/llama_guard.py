"""Llama Guard 3, as Meta's model card describes it (https://www.llama.com/docs/model-cards-and-prompt-formats/llama-guard-3/).

The server's chat template writes the prompt around the conversation, whose last turn is judged. The answer is ``safe``, or ``unsafe``
and, on the next line, the codes of the hazards, ``S1`` to ``S14``, with commas between.
"""

import re

from redoubt.engine.opinions.formats import SAID, Format, Matter, Question, Scores, babble, chat

_CODES = frozenset(f"S{number}" for number in range(1, 15))
_ANSWER = re.compile(r"\s*(?:safe|unsafe\s*\n\s*(S\d{1,2}(?:\s?,\s?S\d{1,2}){0,13}))\s*")
_TOKENS = 64

CATEGORIES = {
    "S1": "harm.violence",
    "S2": "harm.illicit",
    "S3": "harm.sexual",
    "S4": "harm.sexual",
    "S9": "harm.illicit",
    "S10": "harm.hate",
    "S11": "harm.self_harm",
    "S12": "harm.sexual",
    "S14": "attack.tool_abuse",
}
"""Of the others (defamation, advice, privacy, intellectual property, elections) much is everyday talk: who wants them names them."""


def _ask(matter: Matter) -> tuple[Question, ...]:
    return (Question(chat(matter.text, matter.zone), _read, _TOKENS),)


def _read(said: str) -> Scores:
    answer = _ANSWER.fullmatch(said)
    codes = {code.strip() for code in (answer[1] or "").split(",")} - {""} if answer else {""}
    if not codes <= _CODES:
        raise babble("llama-guard")
    return dict.fromkeys(codes, SAID)


LLAMA_GUARD = Format(_ask, CATEGORIES, _CODES)
