"""Inline SVG as text: elements, a figure with title and description, and a logarithmic axis."""

from __future__ import annotations

import math
from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from verify.formats.text import printable

DOUBLE = {'"': "&quot;"}  # attributes stand between double quotes, whatever they hold


def el(name: str, *children: str, **attributes: object) -> str:
    """One element. Attribute names: a trailing ``_`` is dropped, other ``_`` become ``-``; children are mark-up."""
    written = "".join(
        f" {key.rstrip('_').replace('_', '-')}={quoteattr(printable(plain(value)), DOUBLE)}"
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{written}>{''.join(children)}</{name}>" if children else f"<{name}{written}/>"


def words(text: str) -> str:
    """Character data for an element."""
    return escape(printable(text))


def label(x: float, y: float, text: str, class_: str = "label", anchor: str = "start") -> str:
    """A piece of text at a point."""
    return el("text", words(text), class_=class_, x=x, y=y, text_anchor=None if anchor == "start" else anchor)


def line(x1: float, y1: float, x2: float, y2: float, class_: str) -> str:
    """A straight line."""
    return el("line", class_=class_, x1=x1, y1=y1, x2=x2, y2=y2)


# A picture shrinks with the page, but never to where its text cannot be read; then it scrolls.
LEAST_SCALE = 0.8


def figure(
    key: str, title: str, description: str, size: tuple[float, float], body: Sequence[str], *, links: bool = False
) -> str:
    """An ``<svg>`` with a title and a description; ``key`` makes their ids unique on the page.

    With ``links`` it is a group whose links stay reachable, otherwise an image.
    """
    width, height = size
    head = [el("title", words(title), id=f"{key}-title"), el("desc", words(description), id=f"{key}-desc")]
    return el(
        "svg", *head, *body, xmlns="http://www.w3.org/2000/svg", role="group" if links else "img",
        aria_labelledby=f"{key}-title", aria_describedby=f"{key}-desc", viewBox=f"0 0 {plain(width)} {plain(height)}",
        width=width, height=height, class_="picture", style=f"min-width:{plain(round(LEAST_SCALE * width))}px",
    )  # fmt: skip


SHAPES = ("circle", "square", "up", "diamond", "down", "cross")


def mark(shape: str, x: float, y: float, class_: str, title: str = "", size: float = 6) -> str:
    """A small symbol centred at a point; the title says what it stands for."""
    s = size
    outline = {
        "square": [(-s, -s), (s, -s), (s, s), (-s, s)],
        "diamond": [(0, -1.35 * s), (1.35 * s, 0), (0, 1.35 * s), (-1.35 * s, 0)],
        "up": [(0, -1.2 * s), (1.2 * s, s), (-1.2 * s, s)],
        "down": [(0, 1.2 * s), (1.2 * s, -s), (-1.2 * s, -s)],
        "cross": [(-s, -s), (0, -s / 3), (s, -s), (s / 3, 0), (s, s), (0, s / 3), (-s, s), (-s / 3, 0)],
    }.get(shape)
    name = [el("title", words(title))] if title else []
    if outline is None:
        return el("circle", *name, class_=f"mark {class_}", cx=x, cy=y, r=s)
    points = " ".join(f"{plain(float(x + a))},{plain(float(y + b))}" for a, b in outline)
    return el("polygon", *name, class_=f"mark {class_}", points=points)


class LogAxis:
    """Maps positive numbers to pixels, a decade being a fixed length."""

    def __init__(self, values: Sequence[float], start: float, end: float) -> None:
        logs = [math.log10(value) for value in values] or [0.0]
        self.first = math.floor(min(logs))
        self.last = max(math.ceil(max(logs)), self.first + 1)
        self.start, self.end = start, end

    def __call__(self, value: float) -> float:
        share = (math.log10(value) - self.first) / (self.last - self.first)
        return self.start + share * (self.end - self.start)

    def ticks(self, most: int = 9) -> list[tuple[float, str]]:
        """Positions and labels (powers of ten), at most about ``most`` of them."""
        step = max(1, math.ceil((self.last - self.first) / most))
        return [(self(10.0**k), power_of_ten(k)) for k in range(self.first, self.last + 1, step)]


def power_of_ten(exponent: int) -> str:
    """1, 10, 100, 1000, then 10⁴, 10⁵ … and 10⁻¹ below one."""
    if 0 <= exponent <= 3:
        return str(10**exponent)
    return "10" + str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def plain(value: object) -> str:
    """An attribute value as text; floats to a hundredth of a pixel."""
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
