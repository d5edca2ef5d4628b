"""The tight theorem in its own regime: prescribed numbers verified, runs kept, violations seen, efforts respected."""

from __future__ import annotations

import dataclasses
import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from lemmas import data
from lemmas.simulation import tight_regime, together
from lemmas.simulation.regime import DELTA
from lemmas.simulation.regime_runs import EPS, FLOOR
from lemmas.simulation.tight_regime import BOUNDS, Run, TightRegime
from lemmas.widths.comparison import Case
from lemmas.widths.tight_widths import solved, wider
from verify.chain import ChainError
from verify.checks.base import EFFORTS, Context
from verify.formats.canonical import to_json
from verify.pipeline.select import installed

LIBRARY = installed().lemma
HALF: dict[str, Any] = dict.fromkeys(BOUNDS, 0.5)
GOOD = Run(**HALF, left=0)


@pytest.fixture(scope="module")
def prescribed() -> TightRegime:
    return tight_regime.regime(tight_regime.candidates(0)[0], LIBRARY)


def test_it_prescribes_what_the_measured_part_asks_for(prescribed: TightRegime) -> None:
    slope, exponent = 30.0, 2.5
    eta = prescribed.step_size(slope, exponent)
    bend = prescribed.L * math.exp(exponent + prescribed.rad - prescribed.b)
    size = slope + bend * (math.exp(prescribed.rad) - 1)
    assert 1 - eta * size**2 / 2 - eta * bend * prescribed.size / 2 == pytest.approx(prescribed.c)
    assert prescribed.rho > 0
    left = (1 - eta * prescribed.c * prescribed.rho**2) ** prescribed.steps(eta)
    assert left * prescribed.size <= float(EPS)
    assert 100 < prescribed.expected_steps() < 10_000
    spent = prescribed.L * (math.expm1(prescribed.rad) - prescribed.rad)
    assert prescribed.c * (prescribed.sigma0 * prescribed.rad - spent) == pytest.approx(prescribed.size, rel=1e-6)


def test_a_run_keeps_every_claim_and_a_narrow_network_does_not(prescribed: TightRegime) -> None:
    rngs, floor = [np.random.default_rng(0), np.random.default_rng(0)], FLOOR * prescribed.size
    run, whole = tight_regime.runs_from(prescribed, rngs, [floor, 0.0])
    assert run.started_well
    assert run.kept
    assert 0 < run.distance < 1
    assert 0 < run.steps < 1
    assert run.contraction < 0.5  # so that a rounding of 1e-7 in a ratio of 0.96 decides nothing
    assert whole.kept
    assert whole.left == 0 < run.left
    assert whole.loss < 1e-6 < run.loss
    (narrow,) = tight_regime.runs_from(dataclasses.replace(prescribed, m=4), rngs[:1], [floor])
    assert not narrow.kept
    assert not narrow.started_well


def test_at_the_least_width_it_says_what_is_not_run(prescribed: TightRegime) -> None:
    least = tight_regime.regime(tight_regime.candidates(0)[0], LIBRARY, Fraction(1))
    points = least.points
    case = Case(points.name, points.n, points.d, DELTA, EPS, points)
    width = solved(case, case.least_eigenvalue(), LIBRARY)
    assert least.m == width["m"]["upper"] < prescribed.m
    assert least.expected_steps() > 10 * prescribed.expected_steps()
    runs = tight_regime.runs_of(least, 0, 2, name="tight-least")
    found = tight_regime.told(least, runs, least=True)
    assert found["id"] == f"tight-least-{points.name}"
    assert found["data"]["violated"] == 0
    assert found["data"]["runs of all T steps"] == 0
    assert "; all runs stop at |e| <= 1e-06 |y|, about " in found["title"]
    assert found["data"]["not tried"].endswith("of 2 runs")
    assert all(0 < run.left < 0.99 * least.expected_steps() for run in runs)


def test_the_title_says_what_is_left_where_only_some_runs_take_all_steps(slow: TightRegime) -> None:
    early = dataclasses.replace(GOOD, left=73_456)
    found = tight_regime.told(slow, [GOOD] + [early] * 59, least=True)
    told = "0 of 60 runs violate it; 59 runs stop at |e| <= 1e-06 |y|, about 73,000 steps before T"
    assert found["title"].endswith(told)
    assert found["data"]["runs of all T steps"] == 1


@pytest.fixture(scope="module")
def slow() -> TightRegime:
    """At the width that is proved for five points of a circle, eta c rho^2 is about 1e-5."""
    return tight_regime.regime(tight_regime.candidates(0)[1], LIBRARY, Fraction(1))


def spoiled_runs(at: TightRegime, monkeypatch: pytest.MonkeyPatch, **seen: float) -> list[Run]:
    """Real runs of which something else was seen."""
    real = together.descend

    def descend(*args: Any, **options: Any) -> together.Watched:
        found = real(*args, **options)
        return dataclasses.replace(found, **{name: np.full(len(args[2]), value) for name, value in seen.items()})

    monkeypatch.setattr(together, "descend", descend)
    return tight_regime.runs_of(at, 0, 3, name="tight-least")


@pytest.mark.parametrize("falling", [1 - 1e-6, 1.0, 1 + 1e-5, math.inf, math.nan])
def test_a_run_that_falls_slower_than_promised_is_a_violation(
    slow: TightRegime, monkeypatch: pytest.MonkeyPatch, falling: float
) -> None:
    runs = spoiled_runs(slow, monkeypatch, falling=falling)
    assert all(run.started_well and not run.kept for run in runs)
    found = tight_regime.told(slow, runs, least=True)
    assert found["verdict"] == "error"
    assert to_json(found)


def test_the_slowest_contraction_is_held_to_what_is_promised(
    slow: TightRegime, monkeypatch: pytest.MonkeyPatch
) -> None:
    (first, *_) = spoiled_runs(slow, monkeypatch, falling=1 - 1e-4)
    assert first.kept
    promised = 1e-4 * first.contraction
    assert 1e-6 < promised < 1e-4  # eta c rho^2
    bounds = ((1 - 1.01 * promised, True), (1 - 0.99 * promised, False))
    for falling, kept in bounds:
        assert spoiled_runs(slow, monkeypatch, falling=falling)[0].kept is kept


@pytest.mark.parametrize("least", [0.0, -1e-17])
def test_a_slope_of_which_nothing_is_left_is_a_violation(
    slow: TightRegime, monkeypatch: pytest.MonkeyPatch, least: float
) -> None:
    assert not any(run.kept for run in spoiled_runs(slow, monkeypatch, least=least))


@pytest.mark.parametrize("claim", ["distance", "contraction", "slope", "loss", "steps"])
def test_a_violated_conclusion_after_a_good_start_is_an_error(prescribed: TightRegime, claim: str) -> None:
    bad = dataclasses.replace(GOOD, **dict[str, Any]({claim: 1.01}))
    assert tight_regime.told(prescribed, [GOOD] * 59 + [bad])["verdict"] == "error"
    unlucky = dataclasses.replace(bad, eigenvalue=1.5)
    found = tight_regime.told(prescribed, [GOOD] * 59 + [unlucky])
    assert found["verdict"] == "supported"
    assert found["data"]["violated"] == 1
    assert found["data"]["good starts"] == 59


def test_fewer_neurons_than_are_proved_are_refused() -> None:
    points = tight_regime.candidates(0)[0]
    case = Case(points.name, points.n, points.d, DELTA, EPS, points)
    eigenvalue = case.least_eigenvalue()
    width = solved(case, eigenvalue, LIBRARY)
    least = width["m"]["upper"]
    assert wider(case, eigenvalue, width, least + 2, (0.95,), LIBRARY)["m"] == least + 2
    with pytest.raises(ChainError, match="at width"):
        wider(case, eigenvalue, width, least - 4, (0.5, 0.95), LIBRARY)


def test_quick_effort_says_why_it_runs_nothing() -> None:
    findings = tight_regime.tight_regime(Context(EFFORTS["quick"], 0, LIBRARY))
    assert {finding["verdict"] for finding in findings} == {"not-run"}
    assert len({finding["id"] for finding in findings}) == len(tight_regime.candidates(0)) + 2
    assert all("not at quick" in finding["data"]["reason"] for finding in findings)


@pytest.mark.slow
def test_standard_effort_runs_the_cheapest() -> None:
    first, least, *others = tight_regime.tight_regime(Context(EFFORTS["standard"], 0, LIBRARY))
    assert first["id"].startswith("tight-regime-")
    assert least["id"].startswith("tight-least-")
    for found in (first, least):
        assert found["verdict"] == "supported"
        assert found["data"]["runs"] == 60
        assert found["data"]["violated"] == 0
    assert {finding["verdict"] for finding in others} == {"not-run"}
    assert "cheapest" in others[0]["data"]["reason"]
    assert "thorough" in others[-1]["data"]["reason"]


def test_starts_are_drawn_on_every_named_set(monkeypatch: pytest.MonkeyPatch) -> None:
    sets = {points.name: points for points in tight_regime.candidates(0)[:1]}
    monkeypatch.setattr(data, "named", lambda seed: sets)
    monkeypatch.setitem(tight_regime.STARTS, "quick", 100)
    found = tight_regime.tight_starts(Context(EFFORTS["quick"], 0, LIBRARY))
    assert found["verdict"] == "supported"
    (row,) = found["data"]["rows"]
    assert row["failures"] <= 3
    assert 0 < row["drift"] <= 1
