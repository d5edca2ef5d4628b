"""The sharp theorem's own regime: what is prescribed, what a run is held to, and when a finding is an error."""

from __future__ import annotations

import dataclasses
import json
import math
from typing import Any

import numpy as np
import pytest

from lemmas import data
from lemmas.kernels import Floats
from lemmas.simulation import regime
from lemmas.simulation.features import Features
from lemmas.simulation.regime import DELTA
from lemmas.simulation.regime_runs import BOUNDS, EPS, FLOOR, Regime, Run, promised_over, runs_from
from lemmas.theorems import convergence_sharp
from verify.chain import ChainError
from verify.checks.base import EFFORTS, Context
from verify.formats.canonical import to_json
from verify.pipeline.select import installed


@pytest.fixture(scope="module")
def prescribed() -> Regime:
    return regime.regime(data.orthonormal(4), installed().lemma, tuned=False)


HALF: dict[str, Any] = dict.fromkeys(BOUNDS, 0.5)
GOOD = Run(**HALF, left=0)


def test_the_chain_prescribes(prescribed: Regime) -> None:
    """Orthonormal data: lambda = e^2, |X| = 1, and the width is of the order 8/3 |y| e^B1 / lambda."""
    assert prescribed.lam == pytest.approx(math.e**2, rel=1e-9)
    assert prescribed.m % 2 == 0
    assert prescribed.sigma0**2 <= (1 - prescribed.t) * prescribed.m * prescribed.lam
    left = prescribed.sigma**2 + 2 * prescribed.lip * prescribed.size / prescribed.c
    assert math.sqrt(left) <= prescribed.sigma0
    eta = prescribed.step_size(100.0)
    assert 1 - eta * (100 + prescribed.sigma0 - prescribed.sigma) ** 2 / 2 - (
        eta * prescribed.lip * prescribed.size / 2
    ) == pytest.approx(prescribed.c)
    promised = (1 - eta * prescribed.c * prescribed.sigma**2) ** prescribed.steps(eta) * prescribed.size
    assert promised <= float(EPS)


def run_once(at: Regime, seed: int, whole: bool = False) -> Run:
    (run,) = runs_from(at, [np.random.default_rng(seed)], [0.0 if whole else FLOOR * at.size])
    return run


def test_a_run_keeps_every_claim_and_a_narrow_network_does_not(prescribed: Regime) -> None:
    run = run_once(prescribed, 0)
    assert run.started_well
    assert run.kept
    assert all(0 < getattr(run, name) < 1 for name in BOUNDS)
    assert run.left > 0
    narrow = run_once(dataclasses.replace(prescribed, m=8), 0)
    assert not narrow.kept


@pytest.mark.parametrize("growth", [1.0, 1 + 1e-5])
def test_a_run_that_once_does_not_shrink_is_a_violation(
    prescribed: Regime, monkeypatch: pytest.MonkeyPatch, growth: float
) -> None:
    at, outputs = dataclasses.replace(prescribed, m=256), Features.outputs
    residuals: list[Floats] = []

    def stall(features: Features) -> Floats:
        residuals.append(growth * residuals[-1] if len(residuals) == 3 else at.labels - outputs(features))
        return at.labels - residuals[-1]

    assert run_once(at, 1).contraction <= 1
    monkeypatch.setattr(Features, "outputs", stall)
    stalled = run_once(at, 1)
    assert stalled.contraction == math.inf
    assert not stalled.kept


@pytest.mark.parametrize("seen", [0.0, -1e-17, math.nan])
def test_where_nothing_is_left_a_promise_is_broken(seen: float) -> None:
    assert promised_over(1e-9, seen) == math.inf
    assert promised_over(1e-9, 2e-9) == 0.5


def test_a_whole_run_takes_all_steps(prescribed: Regime) -> None:
    """The residual at the end is that of rounding, far below where a run stops otherwise; the rest is the same."""
    at = dataclasses.replace(prescribed, m=256)
    short, whole = (run_once(at, 1, whole) for whole in (False, True))
    assert whole.loss * float(EPS) < 1e-3 * FLOOR * at.size < short.loss * float(EPS) <= FLOOR * at.size
    assert whole.contraction == short.contraction
    assert whole.steps == short.steps
    assert whole.left == 0 < short.left
    assert whole.distance == pytest.approx(short.distance, rel=1e-5)


def test_runs_are_the_same_in_whatever_batches(prescribed: Regime, monkeypatch: pytest.MonkeyPatch) -> None:
    at, floor = dataclasses.replace(prescribed, m=64), FLOOR * prescribed.size
    together = runs_from(at, [np.random.default_rng(seed) for seed in range(5)], [floor] * 5)
    monkeypatch.setattr("lemmas.kernels.block_rows", lambda n: 2 * at.m)
    batches = runs_from(at, [np.random.default_rng(seed) for seed in range(5)], [floor] * 5)
    for one, other in zip(together, batches, strict=True):
        assert dataclasses.astuple(one) == pytest.approx(dataclasses.astuple(other), rel=1e-6)


def test_every_bound_of_a_run_is_told() -> None:
    names = [field.name for field in dataclasses.fields(Run)]
    assert [*BOUNDS, "left"] == names
    assert {lemma for _, lemma in BOUNDS.values()} <= {"convergence-sharp", *convergence_sharp.USES}


@pytest.mark.parametrize("claim", [name for name in BOUNDS if name not in ("exponent", "eigenvalue")])
def test_a_violated_conclusion_after_a_good_start_is_an_error(prescribed: Regime, claim: str) -> None:
    bad = dataclasses.replace(GOOD, **dict[str, Any]({claim: 1.01}))
    assert regime.told(prescribed, [GOOD] * 59 + [bad])["verdict"] == "error"
    unlucky = dataclasses.replace(bad, eigenvalue=1.5)
    told = regime.told(prescribed, [GOOD] * 59 + [unlucky])
    assert told["verdict"] == "supported"
    assert told["data"]["violated"] == 1


@pytest.mark.parametrize("ratio", [math.inf, math.nan])
def test_a_run_that_diverged_is_a_finding_that_can_be_written(prescribed: Regime, ratio: float) -> None:
    """The report is JSON, which has no infinity: a violation must not become a crash."""
    diverged = dataclasses.replace(GOOD, loss=ratio, contraction=ratio)
    found = json.loads(to_json(regime.told(prescribed, [GOOD] * 59 + [diverged])))
    assert found["verdict"] == "error"
    assert found["data"]["violated"] == 1
    rows = {row["bound"]: row["largest"] for row in found["data"]["measured over bound"]}
    assert rows[BOUNDS["loss"][0]] == rows[BOUNDS["contraction"][0]] == str(ratio)
    assert rows[BOUNDS["size"][0]] == 0.5


def test_the_title_says_which_runs_stopped_before_the_last_step(prescribed: Regime) -> None:
    early = [dataclasses.replace(GOOD, left=left) for left in (70_000, 73_456, 90_000)]
    assert regime.told(prescribed, [GOOD] * 60)["title"].endswith("0 of 60 runs violate a conclusion in T steps")
    mixed = regime.told(prescribed, [GOOD] * 57 + early)
    assert mixed["title"].endswith("; 3 runs stop at |e| <= 1e-06 |y|, about 73,000 steps before T")
    assert mixed["data"]["runs of all T steps"] == 57
    assert mixed["data"]["not tried"].endswith("of 3 runs")
    assert "; all runs stop at" in regime.told(prescribed, early)["title"]


def test_runs_support_the_level_only_where_they_suffice(prescribed: Regime) -> None:
    assert regime.told(prescribed, [GOOD] * 60)["verdict"] == "supported"
    assert regime.told(prescribed, [GOOD] * 20)["verdict"] == "inconclusive"
    unlucky = dataclasses.replace(GOOD, loss=2.0, exponent=2.0)
    assert regime.told(prescribed, [unlucky] * 60)["verdict"] == "error"  # the test refutes 1/10
    assert GOOD.kept
    assert float(DELTA) == 0.1


def test_quick_effort_says_why_it_runs_nothing() -> None:
    findings = regime.prescribed_regime(Context(EFFORTS["quick"], 0, installed().lemma))
    assert {finding["verdict"] for finding in findings} == {"not-run"}
    assert all("not at quick" in finding["data"]["reason"] for finding in findings)


def test_a_set_without_a_width_is_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: object, **__: object) -> Regime:
        raise ChainError("lambda is 0")

    monkeypatch.setattr(regime, "regime", none)
    findings = regime.prescribed_regime(Context(EFFORTS["standard"], 0, installed().lemma))
    assert {finding["verdict"] for finding in findings} == {"not-run"}
    assert all("no width" in finding["data"]["reason"] for finding in findings)


@pytest.mark.slow
def test_standard_effort_runs_the_two_cheapest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(regime.LARGEST, "standard", 5 * 10**8)
    found = regime.prescribed_regime(Context(EFFORTS["standard"], 0, installed().lemma))
    assert [f["verdict"] for f in found] == ["supported", "supported", *["not-run"] * 4]
    assert all(f["data"]["runs"] >= 60 and f["data"]["violated"] == 0 for f in found[:2])
    assert all(f["data"]["runs of all T steps"] > 0 for f in found[:2])
    for finding in found[:2]:
        rows = finding["data"]["measured over bound"]
        assert [row["bound"] for row in rows] == [what for what, _ in BOUNDS.values()]
        assert all(0 < row["median"] <= row["largest"] < 1 for row in rows)
    reasons = [f["data"]["reason"] for f in found[2:]]
    assert "cheapest" in reasons[0]
    assert all("over the budget" in reason for reason in reasons[1:])
