"""What a streamed response has told so far, so that it can be ended properly at any point."""

from redoubt.surfaces.gateway.wire.interface import Json
from redoubt.surfaces.gateway.wire.openai_responses_events import (
    GROWTHS,
    PARTS,
    filtered,
    message_events,
    message_item,
    number,
    response_object,
)


class Outline:
    """The items and parts of one response as the caller has seen them begin and end."""

    def __init__(self) -> None:
        self.response: dict[str, Json] = {}
        """The response object as it was last sent."""
        self._items: dict[int, dict[str, Json]] = {}
        self._done: set[int] = set()
        self._parts: dict[int, dict[tuple[str, int], dict[str, Json]]] = {}  # of items not yet done
        self._begun: dict[int, dict[tuple[str, int], dict[str, Json]]] = {}  # the events that began them

    def follow(self, value: dict[str, Json], stem: str, phase: str) -> None:
        """Take note of an event that begins or ends an item or a part."""
        index = number(value, "output_index")
        if stem == "response.output_item" and type(value.get("item")) is dict:
            self._items[index] = value["item"]
            if phase == "done":
                self._done.add(index)
                self._parts.pop(index, None)
                self._begun.pop(index, None)
        elif stem in PARTS and type(value.get("part")) is dict:
            member, counter = PARTS[stem]
            key = (member, number(value, counter))
            self._parts.setdefault(index, {})[key] = value["part"]
            if phase == "added":
                self._begun.setdefault(index, {})[key] = value
            else:
                self._begun.get(index, {}).pop(key, None)
        elif stem in GROWTHS and phase == "done":
            self._set(stem, value, value.get(GROWTHS[stem].member))

    def end_text(self, stem: str, delta: dict[str, Json], text: str) -> dict[str, Json]:
        """Return the event that ends a text, of which ``delta`` was the last piece and ``text`` is all."""
        growth = GROWTHS[stem]
        event = {k: v for k, v in delta.items() if k not in ("delta", "obfuscation", "sequence_number")}
        event |= {"type": f"{stem}.done", growth.member: text}
        if "logprobs" in event:
            event["logprobs"] = []
        self._set(stem, delta, text)
        return event

    def _set(self, stem: str, value: dict[str, Json], text: Json) -> None:
        """Enter the whole of a text where it belongs."""
        growth, index = GROWTHS[stem], number(value, "output_index")
        if growth.after:
            key = (growth.before.strip("/"), number(value, growth.counter))
            parts = self._parts.get(index, {})
            if key in parts:
                parts[key] = {**parts[key], growth.after[1:]: text}
        elif growth.before.count("/") == 1 and index in self._items:
            self._items[index] = {**self._items[index], growth.before[1:]: text}

    def refuse(self, text: str, model: str) -> list[dict[str, Json]]:
        """Return the events that end what is open, say ``text`` and end the response as filtered."""
        events: list[dict[str, Json]] = []
        for index, open_parts in self._begun.items():
            for key, begun in open_parts.items():
                kind = begun["type"].removesuffix(".added") + ".done"
                rest = {k: v for k, v in begun.items() if k != "sequence_number"}
                events.append({**rest, "type": kind, "part": self._parts[index][key]})
        for index in sorted(self._items.keys() - self._done):
            item = self._items[index] = {**self._items[index], "status": "incomplete"}
            for member in ("content", "summary"):
                parts = self._parts.get(index, {})
                keys = sorted(k for k in parts if k[0] == member)
                if keys:
                    item[member] = [parts[k] for k in keys]
            events.append({"type": "response.output_item.done", "output_index": index, "item": item})
        index = max(self._items, default=-1) + 1
        response = self.response or response_object("resp_redoubt", model, 0)
        name = str(response.get("id", "")).removeprefix("resp_")
        said = message_item(f"msg_{name}_refusal", text)
        events += message_events(index, said)
        output = [self._items[i] for i in sorted(self._items)]
        events.append({"type": "response.incomplete", "response": filtered(response, [*output, said])})
        return events
