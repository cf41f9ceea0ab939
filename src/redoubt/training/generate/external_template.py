"""The little language that the banks of external texts are written in.

Between guillemets stands a choice, ``«a|b|c»`` (choices nest; an empty branch makes the rest optional), or, without a bar,
a slot with arguments, ``«prose 2-4»``. All else is literal, braces included, so that JSON and code need no escapes.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

Fill: TypeAlias = Callable[[str, str], str]
"""Turns the name of a slot and its argument into text."""


@dataclass(frozen=True, slots=True)
class Slot:
    """To be filled by the caller."""

    name: str
    argument: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the branches, each as likely."""

    branches: "tuple[tuple[Node, ...], ...]"


Node: TypeAlias = str | Slot | Choice


def expand(template: str, rng: random.Random, fill: Fill) -> str:
    """Take every choice and fill every slot, from left to right; branches not taken are not filled."""
    return _write(parse(template), rng, fill)


@lru_cache(maxsize=16_384)
def parse(template: str) -> tuple[Node, ...]:
    """Read a template; raises `ValueError` where a guillemet has no partner."""
    branches, end = _branches(template, 0)
    if end != len(template) or len(branches) > 1:
        raise ValueError("template: a choice stands outside guillemets, or one is closed that was not opened")
    return branches[0]


def _write(nodes: tuple[Node, ...], rng: random.Random, fill: Fill) -> str:
    parts: list[str] = []
    for node in nodes:
        match node:
            case str():
                parts.append(node)
            case Slot(name, argument):
                parts.append(fill(name, argument))
            case Choice(branches):
                parts.append(_write(rng.choice(branches), rng, fill))
    return "".join(parts)


def _branches(template: str, at: int, depth: int = 0) -> tuple[list[tuple[Node, ...]], int]:
    """Read the branches from ``at`` on and say where they end: at the closing guillemet, or at the end of the template."""
    branches: list[list[Node]] = [[]]
    literal = at
    while at < len(template) and template[at] != "»":
        if template[at] == "«":
            branches[-1].append(template[literal:at])
            inner, at = _branches(template, at + 1, depth + 1)
            if at >= len(template):
                raise ValueError("template: a guillemet is opened and never closed")
            branches[-1].append(_node(inner))
            literal = at + 1
        elif template[at] == "|" and depth:
            branches[-1].append(template[literal:at])
            branches.append([])
            literal = at + 1
        at += 1
    branches[-1].append(template[literal:at])
    return [tuple(node for node in branch if node) for branch in branches], at


def _node(branches: list[tuple[Node, ...]]) -> Node:
    match branches:
        case [(str() as words,)]:
            name, _, argument = words.partition(" ")
            return Slot(name, argument)
        case _:
            return Choice(tuple(branches))
