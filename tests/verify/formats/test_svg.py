"""SVG pieces: attributes, text, axes, marks."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify.formats import svg
from verify.formats.text import printable


@given(st.text(), st.text())
def test_any_text_and_attribute_reads_back(text: str, value: str) -> None:
    element = ET.fromstring(svg.el("g", svg.words(text), aria_label=value))
    # XML itself reads every line end in text as a newline.
    assert (element.text or "") == printable(text).replace("\r\n", "\n").replace("\r", "\n")
    assert element.attrib == {"aria-label": printable(value)}


@given(st.lists(st.floats(1e-30, 1e30), min_size=1, max_size=8))
def test_a_logarithmic_axis_keeps_the_order_and_stays_inside(values: list[float]) -> None:
    axis = svg.LogAxis(values, 100, 500)
    places = [axis(value) for value in sorted(values)]
    assert places == sorted(places)
    assert all(100 - 1e-9 <= place <= 500 + 1e-9 for place in places)
    assert all(100 - 1e-9 <= x <= 500 + 1e-9 for x, _ in axis.ticks())
    assert 2 <= len(axis.ticks()) <= 10


def test_decades_are_equally_long_and_huge_widths_fit() -> None:
    axis = svg.LogAxis([1, 10**400], 0, 400)
    assert axis(10**100) == pytest.approx(100)
    assert svg.LogAxis([], 0, 1).ticks()[0] == (0, "1")


@pytest.mark.parametrize(("k", "shown"), [(0, "1"), (3, "1000"), (4, "10⁴"), (-1, "10⁻¹"), (25, "10²⁵")])
def test_powers_of_ten(k: int, shown: str) -> None:
    assert svg.power_of_ten(k) == shown


@pytest.mark.parametrize("shape", svg.SHAPES)
def test_a_mark_surrounds_its_point(shape: str) -> None:
    mark = ET.fromstring(svg.mark(shape, 50, 20, "claim", "m = 3"))
    assert mark.findtext("title") == "m = 3"
    if shape == "circle":
        assert (mark.get("cx"), mark.get("cy")) == ("50", "20")
        return
    points = [tuple(map(float, pair.split(","))) for pair in mark.get("points", "").split()]
    assert min(x for x, _ in points) < 50 < max(x for x, _ in points)
    assert min(y for _, y in points) < 20 < max(y for _, y in points)


def test_a_figure_is_named_and_described() -> None:
    figure = ET.fromstring(svg.figure("key", "Title", "Words", (100, 50), []))
    names = {e.get("id"): e.text for e in figure}
    assert names[figure.get("aria-labelledby")] == "Title"
    assert names[figure.get("aria-describedby")] == "Words"
    assert figure.get("role") == "img"
