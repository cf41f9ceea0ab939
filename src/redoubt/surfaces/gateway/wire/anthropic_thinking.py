"""Signed reasoning in the history of a conversation.

A ``thinking`` block carries a signature over its text, and Anthropic answers a changed one with 400 (see
`ThinkingBlockParam` of the official SDK). What the user is shown has pseudonyms turned back, so what the user's
client sends back with the next turn holds the values again. Then:

* In the turn that is still going on (after the last message of the user's own, between tool calls) Anthropic
  demands the block. Its text is changed like any other: pseudonyms are derived from the scope's key and the
  value, so that the change gives back the very text that was signed. Where it does not (a value that policy
  removes for good), the provider rejects the request, and nothing has leaked.
* In turns that are over the block is optional, so a block whose text must change is left out: a conversation
  never becomes impossible to continue because of words it held long ago.
"""

from collections.abc import Iterable
from typing import Any

from redoubt.surfaces.gateway.wire import tree
from redoubt.surfaces.gateway.wire.interface import Json


def without_changed_thinking(body: Json, changed: Iterable[str]) -> Json:
    """Return ``body`` without those reasoning blocks of finished turns whose text is at a place in ``changed``.

    A block that is all its message says stays, for a message may not be empty.
    """
    doomed: dict[int, set[int]] = {}
    for path in changed:
        place = tree.tokens(path)
        if len(place) == 5 and place[0] == "messages" and place[2] == "content" and place[4] == "thinking":
            doomed.setdefault(int(place[1]), set()).add(int(place[3]))
    if not doomed:
        return body
    messages: list[Any] = list(body["messages"])
    current = _current_turn(messages)
    for at, blocks in doomed.items():
        message = messages[at]
        kept = [item for i, item in enumerate(message["content"]) if i not in blocks]
        if at < current and kept:
            messages[at] = message | {"content": kept}
    return body | {"messages": messages}


def _current_turn(messages: list[Any]) -> int:
    """Return the index of the last message with words of the user's own, not only the results of tools."""
    for at in range(len(messages) - 1, -1, -1):
        message = messages[at]
        if message.get("role") != "user":
            continue
        said = message.get("content")
        if not isinstance(said, list) or any(item.get("type") != "tool_result" for item in said):
            return at
    return 0
