"""Figures of one head, as a person reads them."""

from collections.abc import Iterator, Mapping
from typing import Any

from redoubt.surfaces.cli.output import percent, say, table

Figures = Mapping[str, Any]


def show_head(result: Figures) -> None:
    """Print what `redoubt.surfaces.cli.heads.measure_head` returned."""
    say(f"{result['head']}, zone {result['zone']}, weights {result['weights']}")
    say()
    (_show_names if result["head"] == "names" else _show_judged)(result)
    say()
    speed = result["speed"]
    say(
        f"{result['n']:,} texts, {result['not_inspected']:,} not inspected: p50 {speed['p50_ms']:.2f} ms, "
        f"p99 {speed['p99_ms']:.2f} ms"
    )


def _show_judged(result: Figures) -> None:
    say(f"{result['n']:,} labelled texts, {result['positives']:,} of them bad")
    say(f"AUC {_plain(result['auc'])}, AUPRC {_plain(result['auprc'])}, ECE {_plain(result['ece'])}")
    say()
    table(
        ("false positives", "recall", "95 %", "threshold (logit)"),
        (
            (percent(float(share)), percent(r and r["recall"]), _ends(r), _plain(r and r["threshold"]))
            for share, r in result["recall_at"].items()
        ),
    )
    say()
    table(
        ("operating point", "found", "95 %", "false alarms", "95 %"),
        (
            (name, _share(p["found"]), _ends(p["found"]), _share(p["false_alarms"]), _ends(p["false_alarms"]))
            for name, p in result["points"].items()
        ),
    )
    parts = [*(("label", name, f) for name, f in result["labels"].items()), *_groups(result)]
    if parts:
        say()
        table(
            ("by", "", "texts", "bad", "AUC", "found 1-in-100", "false alarms", "found 1-in-1000", "false alarms"),
            (
                (column, value, f["n"], f["positives"], _plain(f["auc"]), *_at(f, "1-in-100"), *_at(f, "1-in-1000"))
                for column, value, f in parts
            ),
        )  # fmt: skip


def _show_names(result: Figures) -> None:
    keys = ("recall", "precision", "f1", "f2")
    rows = [
        (name, t["category"], t["labelled"], *(percent(t[k]) for k in keys))
        for name, t in result["types"].items()
    ]
    rows.append(("all", "", result["labelled"], *(percent(result[k]) for k in keys)))
    table(("type", "category", "labelled", "recall", "precision", "F1", "F2"), rows)
    say()
    say(f"characters of labelled spans that were covered: {percent(result['characters_covered'])}")
    say(
        f"clean texts: {result['clean']:,}, of which flagged {result['clean_flagged']:,} "
        f"({percent(result['clean_flagged_rate'])})"
    )
    parts = list(_groups(result))
    if parts:
        say()
        table(
            ("by", "", "texts", "labelled", "recall", "precision", "F1", "F2", "characters"),
            (
                (
                    column,
                    value,
                    f["n"],
                    f["labelled"],
                    *(percent(f[k]) for k in (*keys, "characters_covered")),
                )
                for column, value, f in parts
            ),
        )


def _groups(result: Figures) -> Iterator[tuple[str, str, Figures]]:
    for column, values in result["by"].items():
        for value, figures in values.items():
            yield column, value, figures


def _at(figures: Figures, point: str) -> tuple[str, str]:
    at = figures["points"][point]
    return _share(at["found"]), _share(at["false_alarms"])


def _share(of: Figures | None) -> str:
    return "-" if of is None else percent(of["share"])


def _ends(of: Figures | None) -> str:
    return "-" if of is None else f"{percent(of['low'])} to {percent(of['high'])}"


def _plain(value: float | None) -> str:
    return "-" if value is None else f"{value:.4f}"
