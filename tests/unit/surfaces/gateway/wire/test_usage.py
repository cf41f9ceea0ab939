"""What a provider says of its tokens is a count, or it is nothing: it stands in the log, and is taken from budgets."""

from collections.abc import Callable
from typing import Any

import pytest

from redoubt.domain.exchange import Usage
from redoubt.surfaces.gateway.wire import anthropic_stream, gemini_answer, openai_common

NOTHING = Usage()


def openai(value: Any) -> Usage:
    return openai_common.read_usage({"prompt_tokens": value, "completion_tokens": value})


def responses(value: Any) -> Usage:
    return openai_common.read_usage({"input_tokens": value, "output_tokens": value})


def anthropic(value: Any) -> Usage:
    return anthropic_stream.read_usage({"input_tokens": value, "output_tokens": value}, NOTHING)


def gemini(value: Any) -> Usage:
    said = {"promptTokenCount": value, "candidatesTokenCount": value}
    return gemini_answer.read_usage({"usageMetadata": said}, NOTHING)


EVERY = pytest.mark.parametrize("read", [openai, responses, anthropic, gemini])


@EVERY
@pytest.mark.parametrize("value", [-1, -(10**30), 10**40, 2**53, 1.5, "7", True, None, [7], {}])
def test_what_is_no_count_is_left_out(read: Callable[[Any], Usage], value: Any) -> None:
    assert read(value) == NOTHING


@EVERY
@pytest.mark.parametrize("value", [0, 7])
def test_a_count_is_taken(read: Callable[[Any], Usage], value: int) -> None:
    assert read(value) == Usage(value, value)


def test_what_is_cached_counts_where_it_is_a_count() -> None:
    said = {"input_tokens": 1, "cache_read_input_tokens": 20, "cache_creation_input_tokens": -300}
    assert anthropic_stream.read_usage(said, NOTHING).input_tokens == 21
