"""The two pictures of widths: prescribed against observed as inline SVG, and who wastes how much as rows of bars."""

from __future__ import annotations

import math
from typing import NamedTuple

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
        title = f"{widths.OBSERVED[kind]}: m = {text.count(value)}"
        body.append(svg.mark(SEEN_SHAPE[kind], axis(value), y, "seen", title))
    return body


def _axis(axis: svg.LogAxis, top: float, bottom: float, name: str) -> list[str]:
    body = [svg.label(axis.start, 12, name, "small")]
    for x, power in axis.ticks():
        body += [svg.line(x, top, x, bottom, "grid"), svg.label(x, bottom + 16, power, "small", "middle")]
    return body


VISIBLE = 0.005  # powers of ten: about one percent


class Step(NamedTuple):
    """One row of a waterfall: from which to which share of the scale its bar reaches, and the number beside it."""

    name: str
    kind: str  # claim, slack, gain, rest or observed
    start: float
    end: float
    number: str
    reverse: str


def waterfall(chain: str, entry: Json) -> list[Step]:
    """From the prescribed width down to the observed one: how much of it each lemma wastes, largest share first.

    The scale is logarithmic, from 1 to the prescribed width. reverse: the factor if the replacements are made in the
    other order.
    """
    top = math.log10(entry["m"]["upper"])
    level, back = top, _reverse(entry)
    rows = [("prescribed", "claim", 0.0, top, text.width(entry["m"]["upper"]), "")]
    for name, share in sorted(entry["log10_slack"].items(), key=lambda item: (-item[1], item[0])):
        kind = "slack" if share >= 0 else "gain"
        rows.append((name, kind, level - share, level, _factor(share), _factor(back[name]) if name in back else ""))
        level -= share
    rows.append(("left over", "rest", 0.0, level, text.number(10**level, 3), ""))
    for kind, value in widths.observed({chain: entry}).items():
        rows.append((widths.OBSERVED[kind], "observed", 0.0, math.log10(value), text.count(value), ""))
    most = max(max(low, high) for _, _, low, high, _, _ in rows) or 1.0
    return [
        Step(name, kind, max(min(low, high), 0.0) / most, max(low, high) / most, number, reverse)
        for name, kind, low, high, number, reverse in rows
    ]


def _reverse(entry: Json) -> dict[str, float]:
    """The powers of ten by lemma if the replacements are made in the reverse order."""
    found: dict[str, float] = {}
    for name, share in entry.get("slack", {}).get("reverse", {}).items():
        lemma = name.partition(".")[0]
        found[lemma] = found.get(lemma, 0.0) + share
    return found


def _factor(share: float) -> str:
    return f"÷\u00a0{text.number(10**share, 2)}" if share >= 0 else f"×\u00a0{text.number(10**-share, 2)}"


def constants_alone(entry: Json) -> list[str]:
    """``weight-movement.C ÷ 2, in reverse ÷ 1``: what goes with a better constant alone, a part of its lemma's."""
    slack = entry.get("slack", {})
    pairs = [(name, slack["forward"][name], slack["reverse"][name]) for name in slack.get("order", ()) if "." in name]
    return [f"{name} {_factor(a)}, in reverse {_factor(b)}" for name, a, b in pairs if max(abs(a), abs(b)) >= VISIBLE]
