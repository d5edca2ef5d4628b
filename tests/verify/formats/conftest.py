"""A report in which every verdict occurs, one in which all holds, and how to change a lemma of either."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from report_entries import Report
from report_sample import build_report

GOOD = (
    "exp-first-order",
    "one-plus-x",
    "exp-decay-quadratic",
    "exp-uniform-bound",
    "gram-lower-tail",
    "gram-perturbation",
    "convergence-tight",
)


@pytest.fixture
def report() -> Report:
    """A report with every one of the eight verdicts."""
    return build_report()


@pytest.fixture
def holding(report: Report) -> Report:
    """A report in which everything holds."""
    kept = [entry for entry in report["lemmas"] if entry["id"] in GOOD]
    return {
        **report,
        "verdict": "supported",
        "lemmas": kept,
        "summary": "everything holds; the weakest link is gram-lower-tail, which is supported by simulation only",
    }


@pytest.fixture
def changed() -> Callable[..., Report]:
    """``changed(report, id, field=value)``: a deep copy in which one lemma differs."""

    def change(source: Report, name: str, /, **fields: Any) -> Report:
        result = copy.deepcopy(source)
        for entry in result["lemmas"]:
            if entry["id"] == name:
                entry.update(copy.deepcopy(fields))
        return result

    return change
