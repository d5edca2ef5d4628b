"""How loose: the best proved width against the best observation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from verify.formats.widths import looseness, reach, simulated, standing, theorem, worst_ratios

Report = dict[str, Any]


def test_each_case_takes_its_smallest_proved_and_its_empirical_width(report: Report) -> None:
    gaps = looseness(report)
    assert [(g.case, g.chain, g.proved, g.observed, g.kind) for g in gaps] == [
        ("sphere-5x3", "tight", 808, 16, "empirical"),
        ("sphere-5x10", "tight", 88, 6, "empirical"),
        ("sphere-20x10", "tight", 834, 32, "empirical"),
    ]
    assert gaps[0].ratio == 808 / 16


def test_the_worst_ratio_is_given_for_every_chain_whose_theorem_holds(report: Report) -> None:
    assert worst_ratios(report) == {"tight": 808 / 16}
    sharp = {**report["lemmas"][0], "id": "convergence-sharp"}
    assert worst_ratios({**report, "lemmas": [*report["lemmas"], sharp]})["sharp"] == max(
        w["m"]["upper"] / w["empirical"] for w in report["chains"][1]["widths"]
    )


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


SEEN = {"estimate": 16, "lower": 8, "upper": None, "confidence": 0.95, "largest": 65536}
SLACK = {"order": ["a.C", "a"], "forward": {"a.C": 0.25, "a": 1.5}, "reverse": {"a": 1.75, "a.C": 0}}


def with_simulations(report: Report) -> Report:
    """The report with what was simulated in its first case, and the shares of one chain there."""
    case = report["chains"][0]["widths"][0]["case"]
    observed = {"coupled": {"gram": SEEN, "descent": SEEN}, "independent": {"descent": SEEN}}
    for chain in report["chains"]:
        for width in chain["widths"]:
            if width["case"] == case:
                width |= {"observed": observed, "simulated_m": 128}
    report["chains"][0]["widths"][0]["slack"] = {**SLACK, "no sharper value known": ["b.C"]}
    return report


def test_what_was_simulated_is_shown_once_for_a_case(report: Report) -> None:
    assert simulated(report) == []
    rows = simulated(with_simulations(report))
    assert [(start, event) for _, start, event, _ in rows] == [
        ("coupled", "λ_min(H(W(0))) ≥ λ/2"),
        ("coupled", "descent reaches ε"),
        ("independent", "descent reaches ε"),
    ]
    assert rows[0][3] == SEEN


def test_no_simulation_is_called_a_confirmation(report: Report) -> None:
    sentences = reach(with_simulations(report))
    assert any("chain classical prescribes" in s and "these simulations do not confirm" in s for s in sentences)
    within = {**report, "chains": [{"id": "c", "widths": [{"m": {"lower": 1, "upper": 100}, "simulated_m": 128}]}]}
    assert reach(within) == []


def test_simulations_and_shares_reach_every_page(report: Report) -> None:
    from verify.formats.html import render as html
    from verify.formats.markdown import render as markdown
    from verify.formats.schema import validate

    found = with_simulations(report)
    found["chains"][0]["widths"][0]["steps"] = 12341111
    validate(found)
    page = html(found)
    assert "<td>1.24e7" in page  # so many steps are enough, not fewer
    assert "<td>65\u2009536" in page  # simulated up to there, not beyond
    assert "Smallest widths that were enough in simulations" in page
    assert "No sharper value known: b.C" in page
    assert "these simulations do not confirm its theorem" in page
    assert "by a better constant alone: a.C ÷\u00a01.8, in reverse ÷\u00a01." in page
    assert "| coupled | descent reaches ε | 16 | 8 | undecided | 0.95 |" in markdown(found)
