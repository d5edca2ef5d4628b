"""Small plots for a card, as inline SVG: a margin, a quantile with its draws, curves over a common axis."""

from __future__ import annotations

import math
from collections.abc import Sequence

from verify.formats import svg, text
from verify.formats.words import Json


def margin_bar(lemma: Json) -> str:
    """How much of the stated bound was attained: full means tight."""
    attained = text.lower(100 / lemma["margin"]["factor"], 3)
    inner = svg.el("span", "", style=f"width:{attained}%")
    return svg.el(
        "span", inner, class_="margin", role="img", aria_label=f"{attained} % of the stated bound is attained"
    )


def quantile_picture(key: str, evidence: Json) -> str:
    """Draws of smaller side / larger side as a histogram, the quantile with its interval, and the bound at 1."""
    quantile, draws = evidence["data"]["quantile"], evidence["data"].get("draws", [])
    ends = [quantile[end] for end in ("lower", "estimate", "upper") if quantile[end] is not None]
    axis = _Linear(min([0.0, *draws]), max([1.0, *ends, *draws]) * 1.04, 10, 350)
    first = axis.start if quantile["lower"] is None else axis(quantile["lower"])
    last = axis.end if quantile["upper"] is None else axis(quantile["upper"])
    body = [svg.el("path", class_="histogram", d=_histogram(draws, axis))] if draws else []
    body += [svg.line(10, 66, 350, 66, "rule"), svg.line(axis(1.0), 6, axis(1.0), 76, "limit")]
    body += [svg.label(axis(1.0) - 4, 14, "bound", "small", "end"), svg.line(first, 66, last, 66, "interval")]
    if quantile["estimate"] is not None:
        body.append(svg.mark("diamond", axis(quantile["estimate"]), 66, "claim", size=5))
    body += [svg.label(10, 90, text.number(axis.low, 2), "small"), svg.label(axis(1.0), 90, "1", "small", "middle")]
    return svg.figure(key, "Quantile of the two sides' ratio", quantile_text(evidence), (360, 94), body)


def quantile_text(evidence: Json) -> str:
    """The quantile in words: estimate, interval, level."""
    quantile = evidence["data"]["quantile"]
    low = "unbounded below" if quantile["lower"] is None else f"from {text.lower(quantile['lower'], 4)}"
    high = "unbounded above" if quantile["upper"] is None else f"to {text.upper(quantile['upper'], 4)}"
    middle = "none" if quantile["estimate"] is None else text.number(quantile["estimate"])
    return f"estimate {middle}, interval {low} {high} at level {text.number(quantile['level'])}"


class _Linear:
    """Maps the numbers from ``low`` to ``high`` to the pixels from ``start`` to ``end``."""

    def __init__(self, low: float, high: float, start: float, end: float) -> None:
        self.low, self.high, self.start, self.end = low, high if high > low else low + 1, start, end

    def __call__(self, value: float) -> float:
        return self.start + (self.end - self.start) * (value - self.low) / (self.high - self.low)


def _histogram(draws: Sequence[float], axis: _Linear, bins: int = 40) -> str:
    """The outline of a histogram, 54 pixels high above y = 66."""
    counts = [0] * bins
    for value in draws:
        counts[min(int(bins * (value - axis.low) / (axis.high - axis.low)), bins - 1)] += 1
    unit, step = 54 / max(counts), (axis.end - axis.start) / bins
    outline = [f"V{svg.plain(66 - unit * count)}h{svg.plain(step)}" for count in counts]
    return f"M{svg.plain(axis.start)} 66{''.join(outline)}V66z"


def curves(key: str, title: str, data: Json) -> str:
    """Lines over a common ``x``: ``series`` maps names to values; ``x_label``, ``y_label``, ``scale`` "log" if wanted.

    On a logarithmic scale points that are not positive are left out.
    """
    logarithmic = data.get("scale") == "log"
    lines = {
        name: [
            (x, math.log10(y) if logarithmic else y)
            for x, y in zip(data["x"], ys, strict=False)
            if y > 0 or not logarithmic
        ]
        for name, ys in data["series"].items()
    }
    across = _Linear(min(data["x"]), max(data["x"]), 70, 390)
    heights = [y for line in lines.values() for _, y in line] or [0.0]
    upward = _Linear(min(heights), max(heights), 180, 24)
    body = [svg.line(70, 180, 390, 180, "rule"), svg.line(70, 24, 70, 180, "rule")]
    body += [svg.label(230, 212, str(data.get("x_label", "x")), "small", "middle")]
    body += [svg.label(70, 12, str(data.get("y_label", "y")), "small", "middle")]
    for y in (min(heights), max(heights)):
        body.append(svg.label(64, upward(y) + 4, text.number(10**y if logarithmic else y, 2), "small", "end"))
    for x in (across.low, across.high):
        body.append(svg.label(across(x), 196, text.number(x), "small", "middle"))
    for index, (name, line) in enumerate(lines.items()):
        body += _curve([(across(x), upward(y)) for x, y in line], name, index)
    return svg.figure(
        key,
        title,
        f"{len(lines)} curves over {len(data['x'])} points.",
        (420, 220 + 18 * len(lines)),  # the names stand below, so that a narrow page shows them
        body,
    )


def _curve(points: Sequence[tuple[float, float]], name: str, index: int) -> list[str]:
    class_, shape, y = f"c{index % 3}", svg.SHAPES[index % len(svg.SHAPES)], 228 + 18 * index
    path = " ".join(f"{svg.plain(a)},{svg.plain(b)}" for a, b in points)
    # A symbol at every point of a short curve, at about ten of a long one: they only tell the curves apart.
    symbols = [svg.mark(shape, a, b, class_, size=3) for a, b in points[:: max(1, len(points) // 10)]]
    legend = [svg.mark(shape, 76, y, class_, size=4), svg.label(88, y + 4, name, "small")]
    return [svg.el("polyline", class_=f"curve {class_}", points=path), *symbols, *legend]
