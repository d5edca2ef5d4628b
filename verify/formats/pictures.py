"""The two pictures of widths, as inline SVG: prescribed against observed, and who wastes how much."""

from __future__ import annotations

import math
from collections.abc import Sequence

from verify.formats import svg, text, widths
from verify.formats.words import Json

SEEN_SHAPE = {"empirical": "circle", "certified": "square"}
LEFT, RIGHT, ROW, TOP, WIDTH = 190, 240, 40, 34, 1160


def shape_of(report: Json, chain: str) -> str:
    """The symbol of a chain, by its place in the report: shapes, not colours, tell the chains apart."""
    ids = [entry["id"] for entry in report["chains"]]
    return svg.SHAPES[ids.index(chain) % len(svg.SHAPES)]


def mark_class(report: Json, chain: str) -> str:
    """Filled if the theorem behind the chain may be quoted, hollow and dashed if not."""
    return "claim" if widths.usable(report, chain) else "void"


def sample(shape: str, class_: str) -> str:
    """One symbol for a legend."""
    symbol = svg.mark(shape, 9, 9, class_)
    return svg.el("svg", symbol, width=18, height=18, viewBox="0 0 18 18", aria_hidden="true", class_="sample")


def widths_picture(report: Json) -> str:
    """Prescribed against observed widths: a row a case, a logarithmic axis, a mark for each chain and observation."""
    rows = widths.cases(report)
    every = [entry["m"]["upper"] for entries in rows.values() for entry in entries.values()]
    every += [value for entries in rows.values() for value in widths.observed(entries).values()]
    axis = svg.LogAxis(every, LEFT, WIDTH - RIGHT)
    height = TOP + ROW * len(rows) + 34
    body = _axis(axis, TOP - 6, height - 30, "width m (number of neurons)")
    gaps = {gap.case: gap for gap in widths.looseness(report)}
    for index, (case, entries) in enumerate(rows.items()):
        body += _width_row(report, case, entries, TOP + ROW * (index + 0.5), axis)
        if case in gaps:
            ratio = f"{text.upper(gaps[case].ratio, 2)}× {gaps[case].kind} ({gaps[case].chain})"
            body.append(svg.label(WIDTH - RIGHT + 14, TOP + ROW * (index + 0.5) + 4, ratio, "small"))
    description = f"{len(rows)} cases; the table below has the numbers."
    return svg.figure("widths", "Prescribed and observed widths", description, (WIDTH, height), body)


def _width_row(report: Json, case: str, entries: dict[str, Json], y: float, axis: svg.LogAxis) -> list[str]:
    setting = next(iter(entries.values()))
    body = [svg.line(LEFT - 8, y + ROW / 2, WIDTH - 8, y + ROW / 2, "grid")]
    body.append(svg.label(8, y - 2, case))
    body.append(svg.label(8, y + 12, f"n = {setting['n']}, d = {setting['d']}", "small"))
    seen = widths.observed(entries)
    for chain, entry in entries.items():
        m = entry["m"]["upper"]
        title = f"{chain}: m = {text.width(m)} ({widths.standing(report, chain)})"
        body.append(svg.mark(shape_of(report, chain), axis(m), y, mark_class(report, chain), title))
    for kind, value in seen.items():
        title = f"{widths.OBSERVED[kind]}: m = {text.number(value)}"
        body.append(svg.mark(SEEN_SHAPE[kind], axis(value), y, "seen", title))
    return body


def _axis(axis: svg.LogAxis, top: float, bottom: float, name: str) -> list[str]:
    body = [svg.label((axis.start + axis.end) / 2, 12, name, "small", "middle")]
    for x, power in axis.ticks():
        body += [svg.line(x, top, x, bottom, "grid"), svg.label(x, bottom + 16, power, "small", "middle")]
    return body


def waterfall(key: str, case: str, chain: str, entry: Json) -> str:
    """From the prescribed width down to the observed one: how much of it each lemma wastes, largest share first."""
    seen = widths.observed({chain: entry})
    start = math.log10(entry["m"]["upper"])
    rows = [("prescribed", 0.0, start, "claim")]
    level = start
    for name, share in sorted(entry["log10_slack"].items(), key=lambda item: (-item[1], item[0])):
        rows.append((name, level - share, level, "slack" if share >= 0 else "gain"))
        level -= share
    rows.append(("left over", 0.0, level, "rest"))
    rows += [(widths.OBSERVED[kind], 0.0, math.log10(value), "observed") for kind, value in seen.items()]
    title = f"Slack of the chain {chain}, case {case}"
    return _bars(key, title, rows)


def _bars(key: str, title: str, rows: Sequence[tuple[str, float, float, str]]) -> str:
    """Horizontal bars between two exponents of ten each."""
    left, right, row, wide = 200, 70, 22, 560
    ends = [0.0, *(end for _, a, b, _ in rows for end in (a, b))]
    axis = svg.LogAxis([10**end for end in ends], left, wide - right)
    height = 30 + row * len(rows) + 26
    body = _axis(axis, 24, height - 26, "width m")
    for index, (name, low, high, kind) in enumerate(rows):
        first, last = sorted((axis(10**low), axis(10**high)))
        y = 30 + row * index
        body.append(svg.label(left - 8, y + 13, name, "small", "end"))
        body.append(
            svg.el("rect", class_=f"bar {kind}", x=first, y=y + 2, width=max(last - first, 1.0), height=row - 6)
        )
        step = kind in ("slack", "gain")
        shown = text.number(10**high, 3) if not step and kind != "claim" else text.upper(10 ** (high - low), 2)
        body.append(svg.label(last + 5, y + 13, ("÷ " if step else "") + shown, "small"))
    parts = ", ".join(
        f"{name} {text.number(high - low, 3)}" for name, low, high, kind in rows if kind in ("slack", "gain")
    )
    return svg.figure(key, title, f"Powers of ten lost: {parts or 'none attributed'}.", (wide, height), body)
