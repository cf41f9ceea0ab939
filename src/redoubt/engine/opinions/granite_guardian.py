"""Granite Guardian 3, as IBM's documents describe it (https://www.ibm.com/granite/docs/models/guardian/).

Each risk is a question of its own. Its name stands in the system message (https://github.com/ibm-granite/gguf, test/prompts), and in the
options of the chat template, which call it ``risk_name`` up to 3.2 and ``criteria_id`` in 3.3. The answer is ``Yes`` or ``No``;
3.2 adds ``<confidence> High </confidence>`` or ``Low``; 3.3 writes ``<score> yes </score>``, behind an empty ``<think>``. A risk that the
template does not know is taken as a criterion in plain words by those that can.
"""

import re
from functools import partial

from redoubt.engine.opinions.formats import DOUBTED, SAID, Format, Matter, Question, Scores, babble, chat

_ANSWER = re.compile(
    r"\s*(?:<think>\s*</think>\s*)?"
    r"(?:<score>\s*(?P<score>yes|no)\s*</score>|(?P<word>yes|no)\b"
    r"(?:\s*<confidence>\s*(?P<sure>high|low)\s*</confidence>)?)\s*",
    re.IGNORECASE,
)
_TOKENS = 32

CATEGORIES = {"harm": "harm", "jailbreak": "attack.jailbreak"}


def _ask(matter: Matter) -> tuple[Question, ...]:
    return tuple(
        Question(
            (("system", risk), *chat(matter.text, matter.zone)),
            partial(_read, risk),
            _TOKENS,
            {"chat_template_kwargs": {"guardian_config": {"risk_name": risk, "criteria_id": risk}}},
        )
        for risk in matter.wanted
    )


def _read(risk: str, said: str) -> Scores:
    answer = _ANSWER.fullmatch(said)
    if answer is None:
        raise babble("granite-guardian")
    sure = (answer["sure"] or "high").lower() == "high"
    if (answer["score"] or answer["word"]).lower() == "yes":
        return {risk: SAID if sure else DOUBTED}
    # A "no" that the model doubts is still a "no": it was asked, and it answered.
    return {}


GRANITE_GUARDIAN = Format(_ask, CATEGORIES, None)
