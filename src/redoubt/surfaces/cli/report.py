"""The HTML report: one file, no script, nothing loaded from anywhere, everything escaped, no value in clear."""

from collections import Counter
from html import escape

from redoubt import __version__
from redoubt.surfaces.cli.chat_audit import ChatFinding
from redoubt.surfaces.cli.times import moment

_BAR, _ROW, _LABEL = 420, 22, 220
_MOST_ROWS = 5000
_COLOURS = {"high": "#b3261e", "medium": "#b26a00", "low": "#4a6572", "unknown": "#777777"}

_STYLE = """
body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;color:#1d1f21;background:#fff}
h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.35rem .6rem;border-bottom:1px solid #ddd}
.high{color:#b3261e;font-weight:600}.medium{color:#b26a00}.low,.unknown{color:#4a6572}
code{font-size:.88em;background:#f3f3f3;padding:0 .25em}td.id{font-size:.8em;color:#666;word-break:break-all}
@media (prefers-color-scheme:dark){body{background:#16181a;color:#e6e6e6}code{background:#2a2d30}th,td{border-color:#333}
text{fill:#e6e6e6}.high{color:#ff8a80}.medium{color:#ffb74d}}
"""


def html_report(name: str, conversations: int, found: list[ChatFinding]) -> str:
    """Return the report as a page."""
    kinds: Counter[str] = Counter()
    months: Counter[str] = Counter()
    levels: Counter[str] = Counter()
    for one in found:
        levels[one.severity] += 1
        if one.at is not None:
            months[moment(one.at)[:7]] += one.total
        for (category, _), number in one.counts.items():
            kinds[category] += number
    summary = ", ".join(f"{levels[level]} {level}" for level in _COLOURS if levels[level]) or "none"
    cut = f"<p>The first {_MOST_ROWS} are listed.</p>" if len(found) > _MOST_ROWS else ""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        '<meta name="viewport" content="width=device-width"><title>What was told to the chatbot</title>'
        f"<style>{_STYLE}</style></head><body>"
        f"<h1>What was told to the chatbot: {escape(name)}</h1>"
        f"<p>{conversations:,} conversations, {len(found):,} with findings ({summary}). "
        "Values are shown masked. High: secrets, cards, identity numbers; medium: other personal data.</p>"
        f"<h2>By kind</h2>{_bars(kinds.most_common(30))}"
        f"<h2>By month</h2>{_bars(sorted(months.items())[-36:])}"
        "<h2>By conversation, the worst first</h2><table><thead><tr><th>Severity</th><th>Date</th><th>Title</th>"
        "<th>What (user/assistant/other)</th><th>For example</th><th>Id</th></tr></thead><tbody>"
        f"{''.join(_row(one) for one in found[:_MOST_ROWS])}</tbody></table>{cut}"
        f"<p>Made by Redoubt {escape(__version__)}, on this machine; nothing left it.</p></body></html>\n"
    )


def _row(one: ChatFinding) -> str:
    samples = " ".join(f"<code>{escape(value)}</code>" for _, value in one.samples[:5])
    return (
        f'<tr><td class="{one.severity}">{one.severity}</td><td>{moment(one.at)[:10]}</td><td>{escape(one.title)}</td>'
        f'<td>{escape(one.what())}</td><td>{samples}</td><td class="id">{escape(one.id)}</td></tr>'
    )


def _bars(values: list[tuple[str, int]]) -> str:
    """Return a bar chart as inline SVG."""
    if not values:
        return "<p>Nothing.</p>"
    most = max(number for _, number in values)
    rows = []
    for place, (label, number) in enumerate(values):
        y = place * _ROW
        width = max(2, round(_BAR * number / most))
        rows.append(
            f'<text x="{_LABEL - 8}" y="{y + 15}" text-anchor="end">{escape(label)}</text>'
            f'<rect x="{_LABEL}" y="{y + 3}" width="{width}" height="{_ROW - 6}" fill="#3f6fb5"></rect>'
            f'<text x="{_LABEL + width + 6}" y="{y + 15}">{number:,}</text>'
        )
    height = len(values) * _ROW
    total = _LABEL + _BAR + 80
    return f'<svg viewBox="0 0 {total} {height}" width="{total}" height="{height}" font-size="12" role="img">{"".join(rows)}</svg>'
