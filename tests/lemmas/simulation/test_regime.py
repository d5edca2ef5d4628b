"""The sharp theorem's own regime: what is prescribed, what a run is held to, and when a finding is an error."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from lemmas import data
from lemmas.simulation import regime
from lemmas.simulation.regime import DELTA, EPS, Regime, Run
from verify.checks.base import EFFORTS, Context
from verify.pipeline.select import installed


@pytest.fixture(scope="module")
def prescribed() -> Regime:
    return regime.regime(data.orthonormal(4), installed().lemma, tuned=False)


GOOD = Run(*[0.5] * len(dataclasses.fields(Run)))


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


def test_a_run_keeps_every_claim_and_a_narrow_network_does_not(prescribed: Regime) -> None:
    rng = np.random.default_rng(0)
    run = regime.run_once(prescribed, rng)
    assert run.started_well
    assert run.kept
    assert 0 < run.distance < 1
    assert 0 < run.steps < 1
    narrow = regime.run_once(dataclasses.replace(prescribed, m=8), rng)
    assert not narrow.kept


@pytest.mark.parametrize("claim", ["distance", "contraction", "spectrum", "loss"])
def test_a_violated_conclusion_after_a_good_start_is_an_error(prescribed: Regime, claim: str) -> None:
    bad = dataclasses.replace(GOOD, **{claim: 1.01})
    assert regime.told(prescribed, [GOOD] * 59 + [bad])["verdict"] == "error"
    unlucky = dataclasses.replace(bad, eigenvalue=1.5)
    told = regime.told(prescribed, [GOOD] * 59 + [unlucky])
    assert told["verdict"] == "supported"
    assert told["data"]["violated"] == 1


def test_runs_support_the_level_only_where_they_suffice(prescribed: Regime) -> None:
    assert regime.told(prescribed, [GOOD] * 60)["verdict"] == "supported"
    assert regime.told(prescribed, [GOOD] * 20)["verdict"] == "inconclusive"
    unlucky = dataclasses.replace(GOOD, loss=2.0, exponent=2.0)
    assert regime.told(prescribed, [unlucky] * 60)["verdict"] == "error"  # the test refutes 1/10
    assert Run(*[0.5] * 9).kept
    assert float(DELTA) == 0.1


def test_quick_effort_says_why_it_runs_nothing() -> None:
    findings = regime.prescribed_regime(Context(EFFORTS["quick"], 0, installed().lemma))
    assert {finding["verdict"] for finding in findings} == {"not-run"}
    assert all("not at quick" in finding["data"]["reason"] for finding in findings)


@pytest.mark.slow
def test_standard_effort_runs_the_two_cheapest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(regime.LARGEST, "standard", 4 * 10**8)
    found = regime.prescribed_regime(Context(EFFORTS["standard"], 0, installed().lemma))
    assert [f["verdict"] for f in found] == ["supported", "supported", *["not-run"] * 4]
    assert all(f["data"]["runs"] >= 60 and f["data"]["violated"] == 0 for f in found[:2])
    reasons = [f["data"]["reason"] for f in found[2:]]
    assert "cheapest" in reasons[0]
    assert all("over the budget" in reason for reason in reasons[1:])
