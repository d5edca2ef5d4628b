"""STATE.md: the same text for two runs that differ by sampling only."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from verify.formats.state import state_markdown

Report = dict[str, Any]


def test_sampling_run_and_timings_leave_it_alone(report: Report) -> None:
    other = copy.deepcopy(report)
    other["run"], other["timings"], other["summary"] = {"seed": 8}, {}, "weight-movement is refuted differently"
    for entry in other["lemmas"]:
        for evidence in entry["evidence"]:
            evidence["summary"] += " (other draws)"
            evidence["data"].pop("draws", None)
            if evidence["data"].get("quantile"):
                evidence["data"]["quantile"]["estimate"] *= 1.1
                entry["margin"]["factor"] *= 1.1
    assert state_markdown(other) == state_markdown(report)


def test_whether_a_search_or_draws_came_closest_is_left_open(report: Report, changed: Callable[..., Report]) -> None:
    searched, drawn = (
        changed(report, "exp-first-order", margin={"factor": 1.2, "meaning": meaning, "at": {"found by": "key"}})
        for meaning in ("worst-case search", "largest of random draws")
    )
    assert state_markdown(searched) == state_markdown(drawn)


def test_what_is_stable_shows(report: Report, changed: Callable[..., Report]) -> None:
    before = state_markdown(report)
    margin = {"factor": 1.2, "meaning": "stated over sharp constant", "at": {}}
    for fields in ({"verdict": "error"}, {"fingerprint": "00000000"}, {"trusts": ["Weyl"]}, {"margin": margin}):
        assert state_markdown(changed(report, "exp-first-order", **fields)) != before


def test_a_row(report: Report) -> None:
    page = state_markdown(report)
    assert "exp-first-order.C = 2 (upper, sharp exp(1) - 1)" in page
    assert "1.164 (stated over sharp constant)" in page
    row = next(line for line in page.splitlines() if line.startswith("| gram-lower-tail "))
    assert "from sampling" in row
    assert "Tropp's master bound" in row
