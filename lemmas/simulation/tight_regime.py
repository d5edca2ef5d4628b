"""The tight theorem in its own regime: descent at a width that it proves, with its own step size and number of steps.

At the width that is proved hardly any slope is left at the end of the ball, so runs have SPARE more neurons, for
which the hypotheses are verified anew, and c is the one that needs the fewest steps. The step size is chosen from
|J(W(0))| and the largest exponent as the part 'measured step' of convergence-tight says. What a run must keep: every
step contracts and none leaves the ball, the slope, looked at every SPECTRA steps, stays above rho, and the residual
ends below eps. At the proved width itself T is large, so runs end once |e| is at FLOOR, and the steps after that are
not tried. At thorough effort the events at the start are drawn too, on every named data set.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import scipy

from lemmas import data, model
from lemmas.data import DataSet
from lemmas.kernels import Floats
from lemmas.laplace.width import step_size, steps_needed
from lemmas.notation.damped import damped_gram
from lemmas.notation.start import relative_least
from lemmas.simulation import simulate, tight_runs, together
from lemmas.simulation.features import Features
from lemmas.simulation.regime import DELTA, judged, stopped, what_was_run
from lemmas.simulation.regime_runs import EPS, FLOOR, SPECTRA, Prescribed, promised_over
from lemmas.widths.comparison import Case, Json
from lemmas.widths.tight_widths import solved, stored, wider
from verify.chain import ChainError, Library
from verify.checks.base import Context
from verify.stats.streams import stream

SPARE = Fraction(5, 4)  # of the proved width
SHARES = tuple(k / 100 for k in range(50, 100, 5))  # what c may be
RUNS = {"quick": 0, "standard": 60, "thorough": 200}
WHOLE = {"quick": 0, "standard": 1, "thorough": 5}  # runs of all T steps, most of which only move the last digits
SETS = {"quick": 0, "standard": 1, "thorough": 5}  # how many are run, the cheapest first
LEAST = {"quick": 0, "standard": 60, "thorough": 60}  # runs at the proved width itself
LONGEST = 100_000  # one of those takes all T steps where these are no more, at thorough effort
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
    """The case, lambda and the width that the tight chain proves. Raises ChainError where there is none."""
    case = Case(points.name, points.n, points.d, DELTA, EPS, points)
    eigenvalue = case.least_eigenvalue()
    return case, eigenvalue, solved(case, eigenvalue, library)


def regime(points: DataSet, library: Library, spare: Fraction = SPARE) -> TightRegime:
    """The regime of a data set, every hypothesis verified. Raises ChainError where that cannot be."""
    case, eigenvalue, width = proved_width(points, library)
    count = 2 * math.ceil(spare * width["m"]["upper"] / 2)
    found = wider(case, eigenvalue, width, count, SHARES, library)
    named = {k: float(Fraction(found["values"][k])) for k in ("tau", "b", "L", "sigma0", "rad", "c")}
    edges = np.array(stored(found["parameters"]).damping.edges[:-1])
    return TightRegime(points, found["m"], edges, **named)


@dataclass(frozen=True)
class Run:
    """What one run did, each number relative to its bound, so that a claim holds where it is at most 1.

    eigenvalue is the event at the start; the rest is claimed where it happens. left: how many of the T steps were not
    taken.
    """

    eigenvalue: float
    distance: float
    contraction: float
    slope: float
    loss: float
    steps: float
    left: int

    @property
    def started_well(self) -> bool:
        return self.eigenvalue <= 1

    @property
    def kept(self) -> bool:
        """Whether every conclusion held along the path."""
        return all(value <= 1 for value in (self.distance, self.contraction, self.slope, self.loss, self.steps))


BOUNDS = {
    "eigenvalue": ("tau over lambda_min(K^(-1/2) H~ K^(-1/2))", "gram-laplace-tail"),
    "distance": ("|W(t) - W(0)|_F over s", "kantorovich-drift"),
    "slope": ("rho over sigma_min(J(W(t)))", "jacobian-drift"),
    "contraction": (f"eta c rho^2 over 1 - |e(t+1)|/|e(t)| while |e(t)| > {FLOOR:g} |y|", "convergence-tight"),
    "loss": ("|e| at the end over eps", "convergence-tight"),
    "steps": ("steps until |e| <= eps over T", "convergence-tight"),
}


def runs_from(at: TightRegime, rngs: Sequence[np.random.Generator], until: Sequence[float]) -> list[Run]:
    """Runs from a fresh coupled start of each generator, each until |e| <= its ``until`` or for all T steps."""
    X, size = at.points.X, len(rngs)
    W, a = map(np.stack, zip(*(simulate.start(at.m, at.points.d, rng, "coupled") for rng in rngs), strict=True))
    features = Features(X, W, a, moves=True)
    slopes = np.sqrt(features.spectra(features.signed)[:, -1]).tolist()
    eta = [at.step_size(slope, float(model.max_preactivation(X, one))) for slope, one in zip(slopes, W, strict=True)]
    steps = [at.steps(one) for one in eta]
    numbers = (np.array(eta), np.array(steps), np.array(until))
    seen = together.descend(features, at.labels, *numbers, eps=float(EPS), floor=FLOOR * at.size, every=SPECTRA)
    return [
        Run(
            eigenvalue=promised_over(at.tau, _whitened(at, W[k])),
            distance=seen.distance[k] / at.rad,
            contraction=promised_over(eta[k] * at.c * at.rho**2, 1 - seen.falling[k]),
            slope=promised_over(at.rho, math.sqrt(max(seen.least[k], 0.0))),
            loss=seen.size[k] / float(EPS),
            steps=seen.reached[k] / steps[k],
            left=steps[k] - int(seen.taken[k]),
        )
        for k in range(size)
    ]


def _whitened(at: TightRegime, W: Floats) -> float:
    """lambda_min(K^(-1/2) H~ K^(-1/2)) at a coupled start."""
    damped = damped_gram({"X": at.points.X, "G": W[: at.m // 2], "edge": at.edges})
    return relative_least(damped, model.limit_gram(at.points.X))


def runs_of(at: TightRegime, seed: int, count: int, whole: int = 0, name: str = "tight-regime") -> list[Run]:
    """The runs of a data set, each from a stream of its own, down to FLOOR; the first ``whole`` take all T steps."""
    rngs = [stream(seed, name, at.points.name, trial) for trial in range(count)]
    return runs_from(at, rngs, [0.0 if trial < whole else FLOOR * at.size for trial in range(count)])


def tight_regime(context: Context) -> list[Json]:
    """A finding for each data set: what its runs did, or why there were none; at thorough effort the starts too."""
    effort, sets = context.budget.effort, candidates(context.seed)
    chosen = sets[: SETS[effort]] if context.simulate else []
    found = [_finding(points, context, least) for points in chosen for least in (False, True)]
    why = f"simulated at standard and thorough effort only, not at {effort}"
    none = [] if chosen else [_not_run("tight-least", "at its own width", why)]
    if chosen:
        why = f"only the {SETS[effort]} cheapest of {len(sets)} sets are run at {effort} effort"
    left = [_not_run(f"tight-regime-{p.name}", f"in its own regime on {p.name}", why) for p in sets[len(chosen) :]]
    return [*found, *left, *none, tight_starts(context)]


def _finding(points: DataSet, context: Context, least: bool = False) -> Json:
    """The runs at SPARE times the proved width, or at that itself."""
    try:
        at = regime(points, context.library, Fraction(1) if least else SPARE)
    except ChainError as problem:
        name, what = ("tight-least", "at its own width") if least else ("tight-regime", "in its own regime")
        return _not_run(f"{name}-{points.name}", f"{what} on {points.name}", str(problem))
    effort = context.budget.effort
    if not least:
        return told(at, runs_of(at, context.seed, RUNS[effort], WHOLE[effort]))
    whole = int(effort == "thorough" and at.expected_steps() <= LONGEST)
    return told(at, runs_of(at, context.seed, LEAST[effort], whole, "tight-least"), least)


def told(at: TightRegime, runs: list[Run], least: bool = False) -> Json:
    """The finding of a data set that was run; ``least``: at the proved width itself."""
    verdict, details = judged(runs, BOUNDS)
    where = "its own width" if least else f"{SPARE} of its own width"
    failed = f"{details['violated']} of {len(runs)} runs violate it"
    title = f"The tight theorem at {where}, {at.m}, on {at.points.name}: {failed}{stopped(runs)}"
    numbers = {"m": at.m, "T for a typical start": at.expected_steps(), "c": at.c, **details, **what_was_run(runs)}
    name = "tight-least" if least else "tight-regime"
    return {"id": f"{name}-{at.points.name}", "title": title, "verdict": verdict, "data": numbers}


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
    often = [scipy.stats.binomtest(row["failures"], draws).proportion_ci(CONFIDENCE) for row in drawn]
    refuted = any(interval.low > float(DELTA) for interval in often) or any(row["drift"] > 1 for row in drawn)
    shown = bool(drawn) and all(interval.high <= float(DELTA) for interval in often)
    verdict = "error" if refuted else "supported" if shown else "inconclusive"
    most = max((row["failures"] for row in drawn), default=0)
    title = f"At the widths that the tight chain proves, at most {most} of {draws} starts miss an event on any data set"
    return {"id": "tight-starts", "title": title, "verdict": verdict, "data": {"draws": draws, "rows": rows}}


def _not_run(name: str, what: str, reason: str) -> Json:
    return {"id": name, "title": f"The tight theorem {what}: not run", "verdict": "not-run", "data": {"reason": reason}}
