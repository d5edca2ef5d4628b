"""The sharp theorem in its own regime: descent at the width, step size and number of steps that its chain prescribes.

Each run draws a coupled start of the prescribed width, chooses the step size from |J(W(0))| as the part 'measured step'
of convergence-sharp says, and descends for the prescribed number of steps, or until the residual is so small that
floats no longer tell whether a step contracts. What a run must keep: no step leaves the ball, each one contracts,
lambda_min stays above what is promised, and the residual ends below eps. That it does so with probability at least
1 - delta is tested sequentially.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from lemmas import data, kernels, model
from lemmas.data import DataSet
from lemmas.kernels import Floats
from lemmas.simulation import simulate
from lemmas.theorems.convergence_sharp import CHAIN
from lemmas.widths.comparison import Case
from lemmas.widths.sharp_chains import FAST, share
from lemmas.widths.sharp_widths import known
from verify.chain import Library, Solution, solve
from verify.checks.base import Context
from verify.stats.eprocess import SequentialTest
from verify.stats.streams import stream

Json = dict[str, Any]

DELTA, EPS = Fraction(1, 10), Fraction(1, 100)
FLOOR = 1e-6  # of |y|: rounding is 1e-13 of it, so that the ratio of two residuals keeps its digits down to here
ROUNDING = 1e-4  # relative, allowed in the ratio of two residuals
SPECTRA = 50  # steps from one computed spectrum to the next
RUNS = {"quick": 0, "standard": 60, "thorough": 200}
SETS = {"quick": 0, "standard": 2, "thorough": 5}  # how many of the cheapest are run
LARGEST = {"quick": 0, "standard": 10**9, "thorough": 10**12}  # neurons times points times steps of all runs of a set


@dataclass(frozen=True)
class Regime:
    """What the chain prescribes for one data set, in floats; lam is lambda from below."""

    points: DataSet
    m: int
    lam: float
    B1: float
    R: float
    t: float
    lip: float
    sigma0: float
    sigma: float
    c: float

    @property
    def size(self) -> float:
        """|y|."""
        return float(np.linalg.norm(self.labels))

    @property
    def labels(self) -> Floats:
        y = self.points.y
        assert y is not None
        return y

    def steps(self, eta: float) -> int:
        """T with (1 - eta c sigma^2)^T |y| <= eps."""
        return math.ceil(math.log(self.size / float(EPS)) / -math.log1p(-eta * self.c * self.sigma**2))

    def cost(self) -> int:
        """Neurons times points times steps of one run, as predicted from K."""
        spectrum = np.linalg.eigvalsh(model.limit_gram(self.points.X))
        eta = self.step_size(math.sqrt(self.m * spectrum[-1]))
        falling = math.log(1 / FLOOR) / (eta * self.m * self.lam)
        return int(self.m * self.points.n * min(self.steps(eta), falling))

    def step_size(self, slope: float) -> float:
        """The largest eta that 'measured step' allows at |J(W(0))| = ``slope``."""
        return 2 * (1 - self.c) / ((slope + self.sigma0 - self.sigma) ** 2 + self.lip * self.size)


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


@dataclass(frozen=True)
class Run:
    """What one run did, each number relative to its bound, so that a claim holds where it is at most 1.

    exponent and eigenvalue are the two events at the start; the rest is claimed where both happen.
    """

    exponent: float
    eigenvalue: float
    slope: float
    distance: float
    neuron: float
    contraction: float
    spectrum: float
    loss: float
    steps: float

    @property
    def started_well(self) -> bool:
        return self.exponent <= 1 and self.eigenvalue <= 1

    @property
    def kept(self) -> bool:
        """Whether every conclusion held along the path."""
        claims = (self.distance, self.contraction - ROUNDING, self.spectrum, self.loss)
        return all(value <= 1 for value in claims)


def run_once(at: Regime, rng: np.random.Generator) -> Run:
    """One run from a fresh coupled start."""
    X, y = at.points.X, at.labels
    W, a = simulate.start(at.m, at.points.d, rng, "coupled")
    H = kernels.gram(X, W).H
    slope = math.sqrt(at.m * model.spectral_norm(H))
    eta = at.step_size(slope)
    steps, rate = at.steps(eta), 1 - eta * at.c * at.sigma**2
    path = simulate.gd_path(X, y, W, a, eta, steps, stop=FLOOR * at.size, spectrum_at=range(0, steps + 1, SPECTRA))
    reached = next((k for k, size in enumerate(path.residual) if size <= EPS), steps + 1)
    return Run(
        exponent=float(model.max_preactivation(X, W)) / at.B1,
        eigenvalue=(1 - at.t) * at.lam / float(model.lambda_min(H)),
        slope=slope / (math.sqrt(at.m) * float(np.linalg.norm(X, 2)) * math.exp(at.B1)),
        distance=max(path.frobenius_move) * at.lip / (at.sigma0 - at.sigma),
        neuron=max(path.neuron_move) / at.R,
        contraction=max(path.contraction) / rate,
        spectrum=at.sigma**2 / (at.m * min(path.lambda_min.values())),
        loss=path.residual[-1] / float(EPS),
        steps=reached / steps,
    )


def runs_of(at: Regime, seed: int, count: int) -> Iterator[Run]:
    """The runs of a data set, each from a stream of its own."""
    return (run_once(at, stream(seed, "prescribed-regime", at.points.name, trial)) for trial in range(count))


def prescribed_regime(context: Context) -> list[Json]:
    """A finding for each data set: what its runs did, or why there were none."""
    effort, sets = context.budget.effort, candidates(context.seed)
    if not context.simulate or not RUNS[effort]:
        return [_not_run(points, f"simulated at standard and thorough effort only, not at {effort}") for points in sets]
    costs = {p.name: regime(p, context.library, tuned=False).cost() * RUNS[effort] for p in sets}
    cheapest = sorted(sets, key=lambda points: costs[points.name])[: SETS[effort]]
    return [_finding(points, costs[points.name], points in cheapest, context) for points in sets]


def _finding(points: DataSet, cost: int, chosen: bool, context: Context) -> Json:
    effort = context.budget.effort
    predicted = f"{cost:.1e} neurons times points times steps"
    if cost > LARGEST[effort]:
        return _not_run(points, f"{predicted} are over the budget of {LARGEST[effort]:.0e}: T grows like 1/lambda")
    if not chosen:
        return _not_run(points, f"{predicted}: only the {SETS[effort]} cheapest sets are run at {effort} effort")
    at = regime(points, context.library, tuned=True)
    return told(at, list(runs_of(at, context.seed, RUNS[effort])))


def told(at: Regime, runs: list[Run]) -> Json:
    """The finding of a data set that was run.

    ``error`` where a conclusion failed although both events at the start happened, or the test refutes delta: the
    theorem is proved, so two checks disagree.
    """
    test = SequentialTest(float(DELTA), cap=len(runs))
    state = test.run(not run.kept for run in runs)
    broken = sum(run.started_well and not run.kept for run in runs)
    verdict = "error" if broken or state == "refuted" else "supported" if state == "supported" else "inconclusive"
    failed = sum(not run.kept for run in runs)
    title = f"At the prescribed width {at.m} on {at.points.name}, {failed} of {len(runs)} runs violate a conclusion"
    details = {
        "m": at.m,
        "runs": len(runs),
        "violated": failed,
        "violated after a good start": broken,
        "good starts": sum(run.started_well for run in runs),
        "test": {
            k: v for k, v in asdict(test.summary()).items() if k in ("delta", "trials", "failures", "state", "p_upper")
        },
        "measured over bound": _slack(runs),
        "descended until": f"T steps, or |e| <= {FLOOR:g} |y|",
    }
    return {"id": f"prescribed-regime-{at.points.name}", "title": title, "verdict": verdict, "data": details}


def _slack(runs: list[Run]) -> Json:
    """For each bound the median and the largest ratio of what was measured to it."""
    columns = {name: [asdict(run)[name] for run in runs] for name in asdict(runs[0])}
    return {
        name: {"median": float(f"{np.median(values):.4g}"), "largest": float(f"{max(values):.4g}")}
        for name, values in columns.items()
    }


def _not_run(points: DataSet, reason: str) -> Json:
    title = f"The sharp theorem in its own regime on {points.name}: not run"
    return {"id": f"prescribed-regime-{points.name}", "title": title, "verdict": "not-run", "data": {"reason": reason}}
