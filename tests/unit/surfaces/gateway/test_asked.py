from typing import Any

import pytest

from redoubt.domain.exchange import Uninspectable
from redoubt.surfaces.gateway.asked import MOST_TOKENS, data_bytes, longest_answer


@pytest.mark.parametrize(
    ("api", "body", "tokens"),
    [
        ("openai.chat", {"max_tokens": 7}, 7),
        ("openai.chat", {"max_tokens": 7, "max_completion_tokens": 9, "n": 3}, 27),
        ("openai.chat", {}, 100),
        ("openai.chat", {"max_tokens": 10**40, "n": 10**40}, MOST_TOKENS),
        ("openai.chat", {"max_tokens": -1}, 100),
        ("openai.chat", {"max_tokens": True}, 100),
        ("openai.chat", {"max_tokens": "1e3", "n": 2.0}, 2000),
        ("openai.chat", {"max_tokens": "many", "n": "2"}, 200),
        ("openai.chat", {"max_tokens": 1e400}, MOST_TOKENS),
        ("openai.chat", {"max_tokens": "nan"}, 100),
        ("openai.chat", {"max_tokens": "9" * 5000}, 100),
        ("openai.chat", {"max_tokens": -0.5}, 100),
        ("anthropic.messages", {"max_tokens": 5, "thinking": {"budget_tokens": 900}}, 900),
        ("openai.chat", {"max_output_tokens": 1}, 100),
        ("openai.responses", {"max_output_tokens": 5}, 5),
        ("openai.completions", {"max_tokens": 5, "n": 2, "best_of": 4, "prompt": ["a", "b"]}, 40),
        ("openai.completions", {"max_tokens": 5, "prompt": [1, 2, 3]}, 5),
        ("anthropic.messages", {"max_tokens": 5}, 5),
        ("gemini.generate", {"generationConfig": {"maxOutputTokens": 6, "candidateCount": 2}}, 12),
        ("gemini.generate", {"generation_config": {"max_output_tokens": 6}}, 6),
        ("openai.embeddings", {"input": "a"}, 0),
        ("anthropic.count_tokens", {"max_tokens": 5}, 0),
        ("openai.chat", None, 0),
    ],
)
def test_the_longest_answer(api: str, body: Any, tokens: int) -> None:
    assert longest_answer(api, body, 100) == tokens


def test_only_the_data_of_what_is_no_text_is_left_out() -> None:
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64," + "A" * 5000}}
    body = {"messages": [{"content": [{"type": "text", "text": "B" * 9000}, image]}]}
    part = Uninspectable("/messages/0/content/1", "image")
    assert data_bytes(body, (part, part)) == len(image["image_url"]["url"])  # type: ignore[index]
    assert data_bytes(body, (Uninspectable("/messages/7/content/x~d", "image"),)) == 0
