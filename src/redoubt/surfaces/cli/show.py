"""A scan's report for people and as JSON."""

from typing import Any

from redoubt import __version__
from redoubt.surfaces.cli.output import count, paint, printable, say
from redoubt.surfaces.cli.records import Report, by_category
from redoubt.surfaces.cli.sizes import size

_UNREAD_SHOWN = 20


def show_report(report: Report, seconds: float, *, quiet: bool, with_action: bool) -> None:
    """Print one line per finding, and a summary to standard error."""
    for record in report.records:
        value = record.sample if record.value is None else printable(record.value)
        extra = "" if record.view == "plain" else f"  hidden: {record.view}"
        action = f"  {record.action}" if with_action else ""
        say(
            f"{paint(printable(record.where()), 'cyan')}  {paint(record.category, 'bold')}  {value}  "
            f"{paint(f'{record.rule} {record.confidence:.2f}', 'dim')}{action}{extra}"
        )
    if quiet:
        return
    for part in report.unread[:_UNREAD_SHOWN]:
        say(f"not read: {printable(part.name)}: {printable(part.reason)}", error=True)
    if len(report.unread) > _UNREAD_SHOWN:
        say(f"not read: {len(report.unread) - _UNREAD_SHOWN} more", error=True)
    say(_summary(report, seconds), error=True)


def _summary(report: Report, seconds: float) -> str:
    found = len(report.records) + report.left_out
    parts = [count(found, "finding") if found else "nothing found"]
    parts.append(f"{count(report.files, 'text')}, {size(report.size)} in {seconds:.1f} s")
    if report.known:
        parts.append(f"{report.known:,} known")
    if report.left_out:
        parts.append(f"{report.left_out:,} of them not listed")
    if report.binary:
        parts.append(f"{report.binary:,} without text")
    if report.unread:
        parts.append(f"{len(report.unread):,} not read")
    kinds = ", ".join(f"{category} {number:,}" for category, number in by_category(report.records))
    return "; ".join(parts) + (f"\n{kinds}" if kinds else "")


def report_json(report: Report, seconds: float) -> dict[str, Any]:
    """Return the report as JSON has it."""
    return {
        "version": __version__,
        "findings": [record.as_json() for record in report.records],
        "left_out": report.left_out,
        "known": report.known,
        "texts": report.files,
        "binary": report.binary,
        "bytes": report.size,
        "seconds": round(seconds, 3),
        "unread": [{"file": part.name, "reason": part.reason} for part in report.unread],
    }
