"""Pictures: what is drawn stands where the number says."""

from __future__ import annotations

import copy
import itertools
import math
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify.formats import pictures, plots, svg

Report = dict[str, Any]
SVG = "{http://www.w3.org/2000/svg}"


def marks(root: ET.Element) -> Iterator[tuple[str, str, float]]:
    """(class, title, x) of every mark."""
    for element in root.iter():
        if "mark" in (element.get("class") or ""):
            points = [float(p.split(",")[0]) for p in (element.get("points") or "").split()]
            x = float(element.get("cx", "0")) if not points else (min(points) + max(points)) / 2
            yield element.get("class", ""), element.findtext(f"{SVG}title", ""), x


def test_every_width_is_marked_at_its_place(report: Report) -> None:
    found = list(marks(ET.fromstring(pictures.widths_picture(report))))
    everything = [w["m"]["upper"] for c in report["chains"] for w in c["widths"]]
    seen = [w[k] for w in report["chains"][0]["widths"] for k in ("empirical", "certified") if w[k]]
    axis = svg.LogAxis(everything + seen, pictures.LEFT, pictures.WIDTH - pictures.RIGHT)
    assert sorted(x for _, _, x in found) == pytest.approx(sorted(axis(v) for v in everything + seen), abs=0.02)


def test_the_axis_of_the_widths_says_where_which_power_of_ten_is(report: Report) -> None:
    root = ET.fromstring(pictures.widths_picture(report))
    powers = [(float(e.get("x", "")), e.text) for e in root.iter(f"{SVG}text") if (e.text or "").startswith("10")]
    everything = [w["m"]["upper"] for c in report["chains"] for w in c["widths"]] + [6]
    axis = svg.LogAxis(everything, pictures.LEFT, pictures.WIDTH - pictures.RIGHT)
    assert len(powers) > 5
    expected = [(x, power) for x, power in axis.ticks() if power != "1"]
    assert [power for _, power in powers] == [power for _, power in expected]
    assert [x for x, _ in powers] == pytest.approx([x for x, _ in expected], abs=0.01)
    lines = [float(e.get("x1", "")) for e in root.iter(f"{SVG}line") if e.get("x1") == e.get("x2")]
    assert lines == pytest.approx([x for x, _ in axis.ticks()], abs=0.01)


def test_no_two_chains_have_the_same_symbol(report: Report) -> None:
    shapes = {chain["id"]: pictures.shape_of(report, chain["id"]) for chain in report["chains"]}
    assert set(shapes.values()) < set(svg.SHAPES)
    assert len({pictures.sample(shape, "claim") for shape in shapes.values()}) == len(report["chains"]) == 4


def test_marks_tell_what_is_proved_from_what_is_not_and_from_what_was_seen(report: Report) -> None:
    for class_, title, _ in marks(ET.fromstring(pictures.widths_picture(report))):
        if title.startswith("classical"):
            assert (class_, title.endswith("(blocked)")) == ("mark void", True)
        elif title.startswith("sharp"):
            assert (class_, title.endswith("(not in this report)")) == ("mark void", True)
        elif title.startswith("tight"):
            assert class_ == "mark claim"
        else:
            assert class_ == "mark seen"


def test_the_waterfall_falls_from_prescribed_to_what_is_left(report: Report) -> None:
    entry = report["chains"][0]["widths"][0]
    found = pictures.waterfall("classical", entry)
    assert [step.kind for step in found] == ["claim", "slack", "slack", "slack", "rest", "observed", "observed"]
    assert (found[0].start, found[0].end) == (0.0, 1.0)
    top = math.log10(entry["m"]["upper"])
    shares = sorted(entry["log10_slack"].values(), reverse=True)
    assert [step.end - step.start for step in found[1:4]] == pytest.approx([share / top for share in shares])
    for step, after in itertools.pairwise(found[:4]):
        assert after.end == pytest.approx(step.start if step.kind == "slack" else step.end)
    assert found[4].end == pytest.approx(found[3].start) == pytest.approx(1 - sum(shares) / top)
    assert found[5].end == pytest.approx(math.log10(entry["empirical"]) / top)


def test_a_lemma_that_gains_is_drawn_as_a_gain(report: Report) -> None:
    entry = copy.deepcopy(report["chains"][3]["widths"][0])
    entry["log10_slack"] = {"jacobian-drift": -0.5}
    prescribed, gain = pictures.waterfall("tight", entry)[:2]
    assert (gain.kind, gain.number) == ("gain", "×\u00a03.2")
    assert gain.start == pytest.approx(prescribed.end)
    assert gain.end == 1.0  # the longest bar fills the scale


def test_the_reverse_order_is_summed_over_the_constants_of_a_lemma(report: Report) -> None:
    entry = copy.deepcopy(report["chains"][1]["widths"][0])
    entry["slack"] = {"reverse": {"gram-lower-tail.C": 1.0, "gram-lower-tail": 1.0, "exp-uniform-bound": 0.0}}
    found = {step.name: step.reverse for step in pictures.waterfall("sharp", entry)}
    assert found["gram-lower-tail"] == "÷\u00a0100"
    assert found["exp-uniform-bound"] == "÷\u00a01"
    assert found["prescribed"] == found["left over"] == ""


@pytest.mark.parametrize(("factor", "full"), [(1.0, "100%"), (2.0, "50%"), (1e20, "1e-18%"), (1.1, "90.9%")])
def test_the_margin_bar_is_full_when_tight(factor: float, full: str) -> None:
    bar = ET.fromstring(plots.margin_bar({"id": "x", "margin": {"factor": factor, "meaning": "", "at": {}}}))
    assert bar.find("span").get("style") == f"width:{full}"  # type: ignore[union-attr]
    assert full.removesuffix("%") in bar.get("aria-label", "")


def quantile(low: float | None, middle: float | None, high: float | None, draws: list[float]) -> Report:
    ends = {"estimate": middle, "lower": low, "upper": high, "level": 0.9}
    return {"data": {"quantile": ends, "draws": draws}}


@given(st.lists(st.floats(-0.5, 3), min_size=1, max_size=50))
def test_the_histogram_has_the_height_of_its_fullest_bin_and_the_interval_its_ends(draws: list[float]) -> None:
    root = ET.fromstring(plots.quantile_picture("q", quantile(0.2, 0.5, 0.8, draws)))
    outline = next(p.get("d", "") for p in root.iter(f"{SVG}path"))
    heights = [66 - float(v) for v in re.findall(r"V([\d.]+)h", outline)]
    assert len(heights) == 40
    assert max(heights) == pytest.approx(54, abs=0.02)
    lines = {e.get("class"): e for e in root.iter(f"{SVG}line")}
    bound, ends = float(lines["limit"].get("x1", "")), [float(lines["interval"].get(k, "")) for k in ("x1", "x2")]
    assert ends[1] - ends[0] == pytest.approx((bound - ends[1]) * 3, abs=0.1)


def test_an_open_interval_reaches_the_edge_and_is_said_to_be_open() -> None:
    evidence = quantile(None, None, None, [])
    root = ET.fromstring(plots.quantile_picture("q", evidence))
    interval = next(e for e in root.iter(f"{SVG}line") if e.get("class") == "interval")
    assert (interval.get("x1"), interval.get("x2")) == ("10", "350")
    assert plots.quantile_text(evidence) == "estimate none, interval unbounded below unbounded above at level 0.9"


def test_curves_leave_out_what_a_logarithm_cannot_show() -> None:
    data = {"x": [0, 1, 2], "series": {"a": [1.0, 0.0, 0.01]}, "scale": "log"}
    root = ET.fromstring(plots.curves("c", "t", data))
    points = next(p.get("points", "") for p in root.iter(f"{SVG}polyline")).split()
    assert points == ["70,24", "390,180"]


def test_a_single_point_is_a_curve_too() -> None:
    ET.fromstring(plots.curves("c", "t", {"x": [3], "series": {"a": [1.0], "b": []}}))
