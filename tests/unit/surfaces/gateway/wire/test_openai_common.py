from typing import Any

import pytest

from redoubt.surfaces.gateway.wire.openai_common import drop_logprobs


@pytest.mark.parametrize("listed", [True, False])
def test_a_change_within_log_probabilities_goes_with_them(listed: bool) -> None:
    body: dict[str, Any] = {"logprobs": [["changed"]], "text": "x"}
    drop_logprobs(body, {"/logprobs/0/0": "changed", "/text": "y"}, listed=listed)
    assert body["logprobs"] == ([] if listed else None)
