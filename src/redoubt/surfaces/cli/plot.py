"""How well a head of the guard models is calibrated, as a picture (SVG 1.1, self-contained, light or dark as the reader's page is)."""

import math
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

Figures = Mapping[str, Any]

_SIDE = 300
"""Of a panel, in pixels."""
_LEFT, _TOP, _APART, _BOTTOM = 60, 48, 90, 56
_LEAST = 1e-4
"""The smallest share of false alarms that has a place of its own on the logarithmic axis; fewer are put on its edge."""
_INK, _DATA = "#808080", "#3f6fb5"


def plot(figures: Figures) -> str:
    """Return the picture of what `redoubt.surfaces.cli.heads.measure_head` said of a head that judges: two panels.

    Left, what was promised against what came true: for each of the groups of texts with like scores, the mean chance against the share
    that was bad, with its interval of 95 %. On the diagonal a score means what it says. Right, the operating points: the share of bad
    texts that each finds against the share of good ones that it flags, with both intervals.
    """
    width, height = _LEFT + 2 * _SIDE + _APART + 20, _TOP + _SIDE + _BOTTOM
    title = f"{figures['head']}, zone {figures['zone']}, {figures['n']:,} texts, weights {figures['weights'].split()[0]}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'font-family="sans-serif" font-size="12" fill="{_INK}" role="img"><title>{escape(title)}</title>'
        f"{_text(_LEFT, 18, title, anchor='start')}{_promised(figures)}{_found(figures)}</svg>\n"
    )


def _promised(figures: Figures) -> str:
    ticks = (0.0, 0.25, 0.5, 0.75, 1.0)
    panel = _Panel(_LEFT)
    error = "-" if figures["ece"] is None else f"{figures['ece']:.3f}"
    return (
        panel.frame("chance that the score stands for", f"share that was bad (ECE {error})")
        + panel.ticks(((t, f"{t:g}") for t in ticks), ((t, f"{t:g}") for t in ticks))
        + panel.line((0, 0), (1, 1), _INK, dashed=True)
        + "".join(
            panel.line((b["said"], b["low"]), (b["said"], b["high"]), _DATA)
            + panel.dot(b["said"], b["was"], f"{b['n']:,} texts: said {b['said']:.3f}, was {b['was']:.3f}")
            for b in figures["calibration"]
        )
    )


def _found(figures: Figures) -> str:
    panel = _Panel(_LEFT + _SIDE + _APART)
    marks = []
    for name, point in figures["points"].items():
        found, alarms = point["found"], point["false_alarms"]
        if found is None or alarms is None:
            continue
        x, y = _logarithmic(alarms["share"]), found["share"]
        marks += [
            panel.line((_logarithmic(alarms["low"]), y), (_logarithmic(alarms["high"]), y), _DATA),
            panel.line((x, found["low"]), (x, found["high"]), _DATA),
            panel.dot(x, y, f"{name}: finds {found['share']:.1%}, flags {alarms['share']:.2%}"),
            panel.label(x, y, name),
        ]
    shares = [10.0**exponent for exponent in range(-4, 1)]
    return (
        panel.frame("share of good texts that is flagged", "share of bad texts that is found")
        + panel.ticks(
            ((_logarithmic(share), f"{share * 100:g} %") for share in shares),
            ((t, f"{t:.0%}") for t in (0.0, 0.25, 0.5, 0.75, 1.0)),
        )
        + "".join(marks)
    )


def _logarithmic(share: float) -> float:
    return 1 - math.log10(max(share, _LEAST)) / math.log10(_LEAST)


class _Panel:
    """A square with axes from 0 to 1."""

    def __init__(self, left: float) -> None:
        self._left = left

    def _at(self, x: float, y: float) -> tuple[float, float]:
        return round(self._left + x * _SIDE, 1), round(_TOP + (1 - y) * _SIDE, 1)

    def frame(self, across: str, up: str) -> str:
        middle, foot = self._left + _SIDE / 2, _TOP + _SIDE + 42
        x, y = self._left - 46, _TOP + _SIDE / 2
        return (
            f'<rect x="{self._left}" y="{_TOP}" width="{_SIDE}" height="{_SIDE}" fill="none" stroke="{_INK}"/>'
            f'{_text(middle, foot, across)}<g transform="rotate(-90 {x} {y})">{_text(x, y, up)}</g>'
        )

    def ticks(self, across: Iterable[tuple[float, str]], up: Iterable[tuple[float, str]]) -> str:
        below = ((*self._at(t, 0), name) for t, name in across)
        beside = ((*self._at(0, t), name) for t, name in up)
        return "".join(_text(x, y + 18, name) for x, y, name in below) + "".join(
            _text(x - 6, y + 4, name, anchor="end") for x, y, name in beside
        )

    def line(
        self, start: tuple[float, float], end: tuple[float, float], colour: str, *, dashed: bool = False
    ) -> str:
        (x1, y1), (x2, y2) = self._at(*start), self._at(*end)
        dashes = ' stroke-dasharray="4 4"' if dashed else ""
        return f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="{colour}"{dashes}/>'

    def dot(self, x: float, y: float, told: str) -> str:
        left, top = self._at(x, y)
        return f'<circle cx="{left}" cy="{top}" r="4" fill="{_DATA}"><title>{escape(told)}</title></circle>'

    def label(self, x: float, y: float, name: str) -> str:
        left, top = self._at(x, y)
        return _text(left + 8, top + 16, name, anchor="start")


def _text(x: float, y: float, text: str, *, anchor: str = "middle") -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}">{escape(text)}</text>'
