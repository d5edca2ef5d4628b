"""How loose: the best proved width against the best observation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from verify.formats.widths import looseness, standing, theorem

Report = dict[str, Any]


def test_each_case_takes_its_smallest_proved_and_its_empirical_width(report: Report) -> None:
    gaps = looseness(report)
    assert [(g.case, g.chain, g.proved, g.observed, g.kind) for g in gaps] == [
        ("sphere-5x3", "tight", 808, 16, "empirical"),
        ("sphere-5x10", "tight", 88, 6, "empirical"),
        ("sphere-20x10", "tight", 834, 32, "empirical"),
    ]
    assert gaps[0].ratio == 808 / 16


def test_without_an_empirical_width_the_certified_one_is_named(report: Report) -> None:
    for chain in report["chains"]:
        chain["widths"] = [{**w, "empirical": None} for w in chain["widths"]]
    assert [(g.observed, g.kind) for g in looseness(report)] == [(48, "certified"), (14, "certified")]


def test_a_case_nobody_observed_has_no_gap(report: Report) -> None:
    for chain in report["chains"]:
        chain["widths"] = [{**w, "certified": None, "empirical": None} for w in chain["widths"]]
    assert looseness(report) == []
    assert looseness({**report, "chains": []}) == []


def test_a_chain_belongs_to_the_lemma_whose_id_ends_with_it(report: Report) -> None:
    assert [standing(report, c) for c in ("classical", "tight", "sharp", "convergence-tight")] == [
        "blocked", "proved", "not in this report", "proved"]  # fmt: skip
    assert theorem(report, "ight") is None


def test_the_width_of_a_theorem_that_does_not_hold_is_not_quoted(
    report: Report, changed: Callable[..., Report]
) -> None:
    assert {gap.chain for gap in looseness(report)} == {"tight"}  # no theorem of the sharp chain is in the report
    assert looseness(changed(report, "convergence-tight", verdict="inconclusive")) == []
