"""Formulas: well-formed MathML, or the source, and never a crash."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from html.entities import html5
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verify.formats.maths import to_mathml

FRAGMENTS = st.lists(
    st.sampled_from([*r"{}[]()^_&#%$~|\'<>",
                     "\\\\", r"\frac", r"\left", r"\right", r"\sqrt", r"\begin{matrix}",
                     r"\end{matrix}", r"\text{", r"\Big", "x", "12", " ", "é", "\x00", "𝔼", r"\not",
                     r"\lVert", "<script>"]),
    max_size=12,
).map("".join)  # fmt: skip


def parsed(mathml: str) -> ET.Element:
    for name in ("ApplyFunction;", "InvisibleTimes;"):
        mathml = mathml.replace(f"&{name}", html5[name])
    return ET.fromstring(mathml)


def test_every_formula_of_the_fixture_becomes_mathematics(report: dict[str, Any]) -> None:
    for entry in report["lemmas"]:
        root = parsed(to_mathml(entry["statement"]["latex"]))
        assert root.tag == "math"
        assert root.get("display") == "block"


@pytest.mark.parametrize("latex", [r"\frac{", r"\nosuchcommand{x}", r"\left( x", "x^2^3", "}"])
def test_what_cannot_be_read_is_shown_as_source(latex: str) -> None:
    assert parsed(to_mathml(latex)).text == latex
    assert to_mathml(latex).startswith('<code class="latex">')


def test_a_fraction_is_a_fraction() -> None:
    assert parsed(to_mathml(r"\frac{a}{2}")).find(".//mfrac") is not None


@given(FRAGMENTS | st.text(max_size=30))
@settings(max_examples=300)
def test_nothing_crashes_and_nothing_escapes(latex: str) -> None:
    root = parsed(to_mathml(latex))
    assert root.tag in ("math", "code")
    assert not [e for e in root.iter() if e.tag in ("script", "a", "style")]
