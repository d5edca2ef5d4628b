"""The tight theorem in its own regime: descent at a width that it proves, with its own step size and number of steps.

At the least width that is proved hardly any slope is left at the end of the ball, so runs have SPARE more neurons, for
which the hypotheses are verified anew, and c is the one that needs the fewest steps. The step size is chosen from
|J(W(0))| and the largest exponent as the part 'measured step' of convergence-tight says. What a run must keep: every
step contracts, none leaves the ball, the slope stays above rho, and the residual ends below eps. At thorough effort
the events at the start are drawn too, on every named data set.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
from scipy.stats import binomtest

from lemmas import data, kernels, model
from lemmas.data import DataSet
from lemmas.kernels import Floats
from lemmas.laplace.width import step_size, steps_needed
from lemmas.notation.damped import damped_gram
from lemmas.notation.start import relative_least
from lemmas.simulation import simulate, tight_runs
from lemmas.simulation.regime import DELTA, judged
from lemmas.simulation.regime_runs import EPS, FLOOR, ROUNDING, SPECTRA, Prescribed
from lemmas.widths.comparison import Case, Json
from lemmas.widths.tight_widths import solved, stored, wider
from verify.chain import ChainError, Library
from verify.checks.base import Context
from verify.stats.streams import stream

SPARE = Fraction(5, 4)  # of the least proved width
SHARES = tuple(k / 100 for k in range(50, 100, 5))  # what c may be
RUNS = {"quick": 0, "standard": 60, "thorough": 200}
WHOLE = {"quick": 0, "standard": 1, "thorough": 5}  # runs of all T steps, most of which only move the last digits
SETS = {"quick": 0, "standard": 1, "thorough": 5}  # how many are run, the cheapest first
STARTS = {"quick": 0, "standard": 0, "thorough": 2000}  # draws of a start on every named data set
CONFIDENCE = 0.999


@dataclass(frozen=True)
class TightRegime(Prescribed):
    """What the theorem prescribes for one data set, in floats; L = n4 e^b, rad the radius of the ball."""

    edges: Floats
    tau: float
    b: float
    L: float
    sigma0: float
    rad: float
    c: float

    @property
    def rho(self) -> float:
        """The least slope in the ball."""
        return self.sigma0 - self.L * math.expm1(self.rad)

    def step_size(self, slope: float, exponent: float) -> float:
        """The largest eta that 'measured step' allows at |J(W(0))| = ``slope`` and max <w_r(0), x_i> = ``exponent``."""
        bend = self.L * math.exp(exponent + self.rad - self.b)
        return step_size(self.c, slope + bend * math.expm1(self.rad), bend, self.size)

    def steps(self, eta: float) -> int:
        """T with (1 - eta c rho^2)^T |y| <= eps."""
        return steps_needed(self.size, float(EPS), eta * self.c * self.rho**2)

    def expected_steps(self) -> int:
        """T for a start with |J(W(0))|^2 = m |K| and the median of the largest exponent, but for the union bound."""
        slope = math.sqrt(self.m * model.spectral_norm(model.limit_gram(self.points.X)))
        return self.steps(self.step_size(slope, math.sqrt(2 * math.log(self.m * self.points.n))))


def candidates(seed: int) -> list[DataSet]:
    """The sets that may be run, the cheapest first."""
    spheres = [data.sphere(n, d, seed) for n, d in ((2, 2), (5, 10), (5, 3))]
    return [data.orthonormal(5, seed), data.circle(5, seed), *spheres]


def proved_width(points: DataSet, library: Library) -> tuple[Case, Any, Json]:
    """The case, lambda and the least width that the tight chain proves. Raises ChainError where there is none."""
    case = Case(points.name, points.n, points.d, DELTA, EPS, points)
    eigenvalue = case.least_eigenvalue()
    return case, eigenvalue, solved(case, eigenvalue, library)


def regime(points: DataSet, library: Library) -> TightRegime:
    """The regime of a data set, every hypothesis verified. Raises ChainError where that cannot be."""
    case, eigenvalue, width = proved_width(points, library)
    count = 2 * math.ceil(SPARE * width["m"]["upper"] / 2)
    found = wider(case, eigenvalue, width, count, SHARES, library)
    named = {k: float(Fraction(found["values"][k])) for k in ("tau", "b", "L", "sigma0", "rad", "c")}
    edges = np.array(stored(found["parameters"]).damping.edges[:-1])
    return TightRegime(points, found["m"], edges, **named)


@dataclass(frozen=True)
class Run:
    """What one run did, each number relative to its bound, so that a claim holds where it is at most 1.

    eigenvalue is the event at the start; the rest is claimed where it happens.
    """

    eigenvalue: float
    distance: float
    contraction: float
    slope: float
    loss: float
    steps: float

    @property
    def started_well(self) -> bool:
        return self.eigenvalue <= 1

    @property
    def kept(self) -> bool:
        """Whether every conclusion held along the path."""
        return all(
            value <= 1 for value in (self.distance, self.contraction - ROUNDING, self.slope, self.loss, self.steps)
        )


BOUNDS = {
    "eigenvalue": ("tau over lambda_min(K^(-1/2) H~ K^(-1/2))", "gram-laplace-tail"),
    "distance": ("|W(t) - W(0)|_F over s", "kantorovich-drift"),
    "slope": ("rho over sigma_min(J(W(t)))", "jacobian-drift"),
    "contraction": ("|e(t+1)|/|e(t)| over 1 - eta c rho^2", "convergence-tight"),
    "loss": ("|e| at the end over eps", "convergence-tight"),
    "steps": ("steps until |e| <= eps over T", "convergence-tight"),
}


def run_once(at: TightRegime, rng: np.random.Generator, whole: bool = False) -> Run:
    """One run from a fresh coupled start: all T steps if ``whole``, else until |e| is at FLOOR."""
    X, y, floor = at.points.X, at.labels, FLOOR * at.size
    W, a = simulate.start(at.m, at.points.d, rng, "coupled")
    whitened = relative_least(damped_gram({"X": X, "G": W[: at.m // 2], "edge": at.edges}), model.limit_gram(X))
    slope = math.sqrt(at.m * float(model.spectral_norm(kernels.gram(X, W).H)))
    eta = at.step_size(slope, float(model.max_preactivation(X, W)))
    steps, stop = at.steps(eta), 0.0 if whole else floor
    path = simulate.gd_path(X, y, W, a, eta, steps, stop=stop, spectrum_at=range(0, steps + 1, SPECTRA))
    reached = next((k for k, size in enumerate(path.residual) if size <= EPS), steps + 1)
    falling = max(after / before for before, after in pairwise(path.residual) if before > floor)
    return Run(
        eigenvalue=at.tau / float(whitened),
        distance=max(path.frobenius_move) / at.rad,
        contraction=falling / (1 - eta * at.c * at.rho**2),
        slope=at.rho / math.sqrt(at.m * min(path.lambda_min.values())),
        loss=path.residual[-1] / float(EPS),
        steps=reached / steps,
    )


def runs_of(at: TightRegime, seed: int, count: int, whole: int = 0) -> Iterator[Run]:
    """The runs of a data set, each from a stream of its own; the first ``whole`` of them take all T steps."""
    streams = (stream(seed, "tight-regime", at.points.name, trial) for trial in range(count))
    return (run_once(at, rng, trial < whole) for trial, rng in enumerate(streams))


def tight_regime(context: Context) -> list[Json]:
    """A finding for each data set: what its runs did, or why there were none; at thorough effort the starts too."""
    effort, sets = context.budget.effort, candidates(context.seed)
    chosen = sets[: SETS[effort]] if context.simulate else []
    found = [_finding(points, context) for points in chosen]
    why = f"simulated at standard and thorough effort only, not at {effort}"
    if chosen:
        why = f"only the {SETS[effort]} cheapest of {len(sets)} sets are run at {effort} effort"
    left = [_not_run(f"tight-regime-{p.name}", f"in its own regime on {p.name}", why) for p in sets[len(chosen) :]]
    return [*found, *left, tight_starts(context)]


def _finding(points: DataSet, context: Context) -> Json:
    name = f"tight-regime-{points.name}"
    try:
        at = regime(points, context.library)
    except ChainError as problem:
        return _not_run(name, f"in its own regime on {points.name}", str(problem))
    count, whole = RUNS[context.budget.effort], WHOLE[context.budget.effort]
    return told(at, list(runs_of(at, context.seed, count, whole)), whole)


def told(at: TightRegime, runs: list[Run], whole: int = 0) -> Json:
    """The finding of a data set that was run."""
    verdict, details = judged(runs, BOUNDS)
    title = (
        f"The tight theorem at width {at.m} on {at.points.name}: {details['violated']} of {len(runs)} runs violate it"
    )
    until = f"|e| <= {FLOOR:g} |y| (or T steps), spectra every {SPECTRA} steps"
    numbers = {"m": at.m, "T for a typical start": at.expected_steps(), "c": at.c, **details}
    numbers |= {"runs of all T steps": whole, "descended until": until}
    return {"id": f"tight-regime-{at.points.name}", "title": title, "verdict": verdict, "data": numbers}


def tight_starts(context: Context) -> Json:
    """A finding: on how many of the starts at the proved width an event fails, for every named data set."""
    effort = context.budget.effort
    draws = STARTS[effort] if context.simulate else 0
    if not draws:
        return _not_run(
            "tight-starts", "and its events at the start", f"drawn at thorough effort only, not at {effort}"
        )
    rows = [_starts_row(points, context, draws) for points in data.named(context.seed).values()]
    return starts_told(rows, draws)


def _starts_row(points: DataSet, context: Context, draws: int) -> Json:
    try:
        width = proved_width(points, context.library)[2]
    except ChainError as problem:
        return {"data": points.name, "reason": str(problem)}
    seen = tight_runs.starts(points.X, width, draws, context.seed, points.name)
    return {"data": points.name, "m": width["m"]["upper"], **asdict(seen), "failures": seen.failures}


def starts_told(rows: list[Json], draws: int) -> Json:
    """``error`` if jacobian-drift was violated or delta is refuted on a set: the theorem is proved."""
    drawn = [row for row in rows if "reason" not in row]
    often = [binomtest(row["failures"], draws).proportion_ci(CONFIDENCE) for row in drawn]
    refuted = any(interval.low > float(DELTA) for interval in often) or any(row["drift"] > 1 for row in drawn)
    shown = bool(drawn) and all(interval.high <= float(DELTA) for interval in often)
    verdict = "error" if refuted else "supported" if shown else "inconclusive"
    most = max((row["failures"] for row in drawn), default=0)
    title = f"At the widths that the tight chain proves, at most {most} of {draws} starts miss an event on any data set"
    return {"id": "tight-starts", "title": title, "verdict": verdict, "data": {"draws": draws, "rows": rows}}


def _not_run(name: str, what: str, reason: str) -> Json:
    return {"id": name, "title": f"The tight theorem {what}: not run", "verdict": "not-run", "data": {"reason": reason}}
