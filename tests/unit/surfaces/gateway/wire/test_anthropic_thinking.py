"""What becomes of signed reasoning in the history when its text must change."""

from typing import Any

from redoubt import compose
from redoubt.domain.exchange import Direction, Syntax
from redoubt.engine.policy.model import Situation
from redoubt.engine.redact.restore import Restorer
from redoubt.pipeline.rewrite import Rewriter, rule_prompt
from redoubt.surfaces.gateway.wire.anthropic_messages import AnthropicMessages

CODEC = AnthropicMessages()
THOUGHT = {"type": "thinking", "thinking": "Jane wants a refund", "signature": "c2ln" * 20}
CALL = {"type": "tool_use", "id": "t1", "name": "refund", "input": {}}
RESULT = {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t1", "content": "done"}]}


def written(messages: list[Any], path: str) -> Any:
    read = CODEC.read_request({"model": "m", "messages": messages})
    assert path in {s.path for s in read.segments}
    return CODEC.write_request(read, {path: "P-1 wants a refund"})["messages"]


def test_a_changed_thought_of_a_finished_turn_is_left_out() -> None:
    turn = {"role": "assistant", "content": [THOUGHT, {"type": "text", "text": "Done."}]}
    messages = [{"role": "user", "content": "refund me"}, turn, {"role": "user", "content": "thanks"}]
    result = written(messages, "/messages/1/content/0/thinking")
    assert result[1]["content"] == [{"type": "text", "text": "Done."}]
    assert turn["content"][0] is THOUGHT


def test_between_tool_calls_the_thought_is_kept_with_its_signature() -> None:
    messages = [
        {"role": "user", "content": "refund me"},
        {"role": "assistant", "content": [THOUGHT, CALL]},
        RESULT,
    ]
    result = written(messages, "/messages/1/content/0/thinking")
    assert result[1]["content"] == [THOUGHT | {"thinking": "P-1 wants a refund"}, CALL]


def test_a_message_is_never_emptied() -> None:
    messages = [
        {"role": "user", "content": "a"},
        {"role": "assistant", "content": [THOUGHT]},
        {"role": "user", "content": "b"},
    ]
    result = written(messages, "/messages/1/content/0/thinking")
    assert [item["thinking"] for item in result[1]["content"]] == ["P-1 wants a refund"]


def test_an_unchanged_thought_goes_as_it_came() -> None:
    body = {
        "model": "m",
        "messages": [{"role": "assistant", "content": [THOUGHT, CALL]}, {"role": "user", "content": "Jane"}],
    }
    result = CODEC.write_request(CODEC.read_request(body), {"/messages/1/content": "P-1"})
    assert result["messages"][0] is body["messages"][0]


def test_pseudonyms_give_back_the_signed_text() -> None:
    rules = compose.detector()
    policy, _ = compose.policy("balanced", "", rules)
    inspector = compose.inspector(policy, rules, b"k" * 32)

    def sent(messages: list[Any]) -> tuple[Any, Rewriter]:
        read = CODEC.read_request({"model": "m", "messages": messages})
        rewriter = Rewriter(key=b"s" * 32, hash_key=b"h" * 32, texts=tuple(s.text for s in read.segments))
        ruled = rule_prompt(inspector, Situation(Direction.PROMPT), read.segments, rewriter)
        return CODEC.write_request(read, ruled.changes)["messages"], rewriter

    asked = [{"role": "user", "content": "Refund jane.roe@example.com, phone +1 415 555 2671"}]
    (first,), rewriter = sent(asked)
    signed = f"They said: {first['content']}"
    shown = Restorer(rewriter.aliases()).restore(signed, Syntax.PLAIN)
    assert "jane.roe" in shown
    assert "jane.roe" not in signed
    thought = THOUGHT | {"thinking": shown}
    again, _ = sent([*asked, {"role": "assistant", "content": [thought, CALL]}, RESULT])
    assert again[1]["content"][0] == THOUGHT | {"thinking": signed}
