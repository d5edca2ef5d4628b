"""Findings: every number enclosed, and what the titles say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sympy as sp
from flint import arb

from lemmas import data, findings, model
from verify.checks.base import EFFORTS, Context
from verify.pipeline.select import installed


def context(effort: str = "quick") -> Context:
    return Context(EFFORTS[effort], 0, installed().lemma)


@pytest.mark.parametrize("build", [findings.bound_must_grow, findings.truncation_bias, findings.slow_exponent])
def test_findings_about_numbers(build: Any) -> None:
    found = build()
    assert found["verdict"] == "certified"
    assert found["data"]["rows"]


def test_a_bound_that_nothing_exceeds_is_no_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(findings, "normal_tail", lambda t: sp.S.Zero)
    assert findings.bound_must_grow()["verdict"] == "error"


def test_the_eigenvalue_decays_below_what_the_degree_allows() -> None:
    found = findings.eigenvalue_decays(context())
    assert found["verdict"] == "certified"
    rows = found["data"]["rows"]
    assert [row["n"] for row in rows] == found["data"]["x"] == [10, 25, 50, 100]
    for row in rows:
        ends = [float(row["lambda"][end]) for end in ("lower", "upper")]
        assert 0 < ends[0] <= ends[1] < float(row["bound for unit vectors"]["lower"])
        assert float(row["bound for unit vectors"]["lower"]) <= float(row["upper bound"]["lower"])
        assert row["degree"] <= row["degree on the sphere"]
        assert (row["degree on the sphere"] + 1) ** 2 < row["n"]  # (k + 1)^2 polynomials on the sphere of R^3
    lower = [float(row["lambda"]["lower"]) for row in rows]
    assert lower == sorted(lower, reverse=True)


@pytest.mark.parametrize("value", ["0", "1e-30", "1"])
def test_an_eigenvalue_that_does_not_fall_is_an_error(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """1e-30 is positive and below every bound, yet the title says that lambda falls."""
    monkeypatch.setattr(findings, "least_eigenvalue", lambda X: arb(value))
    assert findings.eigenvalue_decays(context())["verdict"] == "error"


@pytest.mark.slow
def test_an_eigenvalue_that_floats_cannot_see_is_enclosed() -> None:
    X = data.sphere(200, 3, 0).X
    found = findings.least_eigenvalue(X)
    assert 1e-17 < found < 1e-15
    assert float(found.rad()) < 1e-5 * float(found.mid())
    in_floats = float(np.linalg.eigvalsh(model.limit_gram(X))[0])
    assert abs(in_floats - float(found.mid())) > 0.5 * float(found.mid())  # no digit of it is right


def test_independent_signs_cost_the_fourth_power() -> None:
    found = findings.independent_signs(context())
    assert found["verdict"] == "certified"
    assert "n**4" in found["data"]["m at least"]
