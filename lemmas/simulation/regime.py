"""The sharp theorem in its own regime: descent at the width, step size and number of steps that its chain prescribes.

Each run draws a coupled start of the prescribed width, chooses the step size from |J(W(0))| as the part 'measured step'
of convergence-sharp says, and descends until the residual is so small that floats no longer tell whether a step
contracts; some runs go on, to the last of the prescribed steps. What a run must keep: no step leaves the ball, each one
contracts, the spectrum of J stays within what is promised, and the residual ends below eps. How close each bound of the
proof comes to what was measured is told beside it. That a run keeps all of it with probability at least 1 - delta is
tested sequentially.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from fractions import Fraction
from typing import Any, Protocol

import numpy as np
import sympy as sp

from lemmas import data
from lemmas.data import DataSet
from lemmas.simulation.regime_runs import BOUNDS, EPS, FLOOR, SPECTRA, Regime, Run, runs_from
from lemmas.steps.sharp_chains import FAST, share
from lemmas.theorems.convergence_sharp import CHAIN
from lemmas.widths.comparison import Case
from lemmas.widths.sharp_widths import known
from verify.chain import ChainError, Library, Solution, solve
from verify.checks.base import Context
from verify.stats.eprocess import SequentialTest
from verify.stats.streams import stream

Json = dict[str, Any]

DELTA = Fraction(1, 10)
RUNS = {"quick": 0, "standard": 60, "thorough": 200}
WHOLE = {"quick": 0, "standard": 2, "thorough": 10}  # runs of all T steps, most of which only move the last digits
SETS = {"quick": 0, "standard": 2, "thorough": 5}  # how many of the cheapest are run
LARGEST = {"quick": 0, "standard": 10**9, "thorough": 10**10}  # neurons times points times steps of all runs of a set


def candidates(seed: int) -> list[DataSet]:
    """The sets that may be run: well-conditioned ones of 4 to 30 points, and one that is not."""
    spheres = [data.sphere(n, d, seed) for n, d in ((5, 10), (10, 20), (20, 30), (30, 40), (5, 3))]
    return [data.orthonormal(4, seed), *spheres]


def regime(points: DataSet, library: Library, tuned: bool) -> Regime:
    """The regime of a data set; untuned, half of delta goes to either event, which is faster to solve."""
    case = Case(points.name, points.n, points.d, DELTA, EPS, points)
    facts = {**known(case, case.least_eigenvalue()), **FAST}
    found = solve(CHAIN, facts, library) if tuned else _untuned(facts, library)
    named = {name: float(found.values[name]) for name in ("B1", "R", "t", "lip", "sigma0", "sigma", "c")}
    lam = next(float(value) for symbol, value in facts.items() if symbol.name == "lam")
    return Regime(points, found.width, lam, **named)


def _untuned(facts: dict[Any, Any], library: Library) -> Solution:
    return solve(replace(CHAIN, tuned={}), {**facts, share: sp.Rational(1, 2)}, library)


def runs_of(at: Regime, seed: int, count: int, whole: int = 0) -> list[Run]:
    """The runs of a data set, each from a stream of its own; the first ``whole`` of them take all T steps."""
    rngs = [stream(seed, "prescribed-regime", at.points.name, trial) for trial in range(count)]
    return runs_from(at, rngs, [0.0 if trial < whole else FLOOR * at.size for trial in range(count)])


def prescribed_regime(context: Context) -> list[Json]:
    """A finding for each data set: what its runs did, or why there were none."""
    effort, sets = context.budget.effort, candidates(context.seed)
    if not context.simulate or not RUNS[effort]:
        return [_not_run(points, f"simulated at standard and thorough effort only, not at {effort}") for points in sets]
    costs = {points.name: _cost(points, context) for points in sets}
    cheapest = sorted(costs, key=lambda name: costs[name])[: SETS[effort]]
    return [_finding(points, costs[points.name], points.name in cheapest, context) for points in sets]


def _cost(points: DataSet, context: Context) -> float:
    """What all runs of a set would cost; infinite where the chain has no width."""
    try:
        found = regime(points, context.library, tuned=False)
    except ChainError:
        return math.inf
    return found.cost(RUNS[context.budget.effort], WHOLE[context.budget.effort])


def _finding(points: DataSet, cost: float, chosen: bool, context: Context) -> Json:
    effort = context.budget.effort
    predicted = f"{cost:.1e} neurons times points times steps"
    if math.isinf(cost):
        return _not_run(points, "the chain proves no width here: lambda is too small")
    if cost > LARGEST[effort]:
        return _not_run(points, f"{predicted} are over the budget of {LARGEST[effort]:.0e}: T grows like 1/lambda")
    if not chosen:
        return _not_run(points, f"{predicted}: only the {SETS[effort]} cheapest sets are run at {effort} effort")
    at = regime(points, context.library, tuned=True)
    return told(at, runs_of(at, context.seed, RUNS[effort], WHOLE[effort]))


def told(at: Regime, runs: list[Run]) -> Json:
    """The finding of a data set that was run."""
    verdict, found = judged(runs, BOUNDS)
    failed = f"{found['violated']} of {len(runs)} runs violate a conclusion{stopped(runs)}"
    title = f"At the prescribed width {at.m} on {at.points.name}, {failed}"
    details = {"m": at.m, "lambda": short(at.lam), **found, **what_was_run(runs)}
    return {"id": f"prescribed-regime-{at.points.name}", "title": title, "verdict": verdict, "data": details}


class Judged(Protocol):
    """A run of a theorem that is proved, with how many of its T steps were not taken."""

    @property
    def left(self) -> int: ...

    @property
    def started_well(self) -> bool: ...

    @property
    def kept(self) -> bool: ...


def stopped(runs: Sequence[Judged]) -> str:
    """The end of a title: how many runs took fewer than T steps, and about how many each of them had left."""
    left = [run.left for run in runs if run.left]
    if not left:
        return " in T steps"
    which, about = "all" if len(left) == len(runs) else str(len(left)), float(f"{np.median(left):.2g}")
    return f"; {which} runs stop at |e| <= {FLOOR:g} |y|, about {about:,.0f} steps before T"


def what_was_run(runs: Sequence[Judged]) -> Json:
    """How far runs went, and what of them was looked at."""
    early = sum(run.left > 0 for run in runs)
    told = {
        "runs of all T steps": len(runs) - early,
        "descended until": f"|e| <= {FLOOR:g} |y| (or T steps, or an overflow)",
        "looked at": f"every step, but the spectra every {SPECTRA} steps and at the end",
    }
    return told | ({"not tried": f"the steps after that, up to T, of {early} runs"} if early else {})


def judged(runs: Sequence[Judged], bounds: Mapping[str, tuple[str, str]]) -> tuple[str, Json]:
    """The verdict on runs of one data set, and their numbers; bounds: what each ratio is, and whose bound.

    ``error`` where a conclusion failed although the events at the start happened, or the test refutes delta: the
    theorem is proved, so two checks disagree.
    """
    test = SequentialTest(float(DELTA), cap=len(runs))
    state = test.run(not run.kept for run in runs)
    broken = sum(run.started_well and not run.kept for run in runs)
    verdict = "error" if broken or state == "refuted" else "supported" if state == "supported" else "inconclusive"
    summary = asdict(test.summary())
    return verdict, {
        "runs": len(runs),
        "violated": sum(not run.kept for run in runs),
        "violated after a good start": broken,
        "good starts": sum(run.started_well for run in runs),
        "test": {key: summary[key] for key in ("delta", "trials", "failures", "state", "p_upper")},
        "measured over bound": _slack(runs, bounds),
    }


def _slack(runs: Sequence[Any], bounds: Mapping[str, tuple[str, str]]) -> list[Json]:
    """For each bound the median and the largest ratio of what was measured to it."""
    columns = {name: [getattr(run, name) for run in runs] for name in bounds}
    return [
        {"bound": what, "of": lemma, "median": short(np.median(columns[name])), "largest": short(np.max(columns[name]))}
        for name, (what, lemma) in bounds.items()
    ]


def short(value: Any) -> float | str:
    """Four digits, for the last bits differ between processors; "inf" or "nan" where JSON has no number for it."""
    digits = f"{float(value):.4g}"
    return float(digits) if math.isfinite(float(value)) else digits


def _not_run(points: DataSet, reason: str) -> Json:
    title = f"The sharp theorem in its own regime on {points.name}: not run"
    return {"id": f"prescribed-regime-{points.name}", "title": title, "verdict": "not-run", "data": {"reason": reason}}
