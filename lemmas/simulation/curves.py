"""A training curve beside the bound that the paper's lemmas put on it, where a simulation meets every hypothesis."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from lemmas import data, kernels, model
from lemmas.dynamics.step_contraction import C
from lemmas.kernels import Floats
from lemmas.simulation import simulate
from verify.checks.base import Context
from verify.stats.streams import stream

Json = dict[str, Any]

WIDTH, NEAR = 512, 0.05  # m, and the R that the step size is chosen for: the path must stay within it
POINTS, FALL, LONGEST = 40, 100.0, 30_000  # of the curve; how far the bound falls over it, in at most so many steps


@dataclass(frozen=True)
class Setting:
    """A start, and the step size and rate that step-contraction allows there.  X (n, d), y (n,), W (m, d), a (m,)."""

    X: Floats
    y: Floats
    W: Floats
    a: Floats
    eta: float
    lam: float

    @property
    def rate(self) -> float:
        """The share of the residual that the lemma says each step removes: eta m lambda / C."""
        return self.eta * len(self.W) * self.lam / float(C.value)


def setting(seed: int) -> Setting:
    """Two fixed points on the circle, signs for labels, a coupled start, and the largest step size allowed."""
    points = data.sphere(2, 2)
    rng = stream(seed, "training-curves", points.name, 0)
    y = rng.choice([-1.0, 1.0], points.n)
    W, a = simulate.start(WIDTH, points.d, rng, "coupled")
    lam, level = model.lambda_min(model.limit_gram(points.X)), float(kernels.gram(points.X, W).M)
    size = math.sqrt(points.n)  # |e(0)| = |y|, as F(W(0)) = 0
    norm = 1 / (WIDTH * points.n * math.exp(2 * (level + NEAR)))
    curvature = lam / (4 * points.n**1.5 * math.exp(3 * (level + NEAR)) * size)
    return Setting(points.X, y, W, a, min(norm, curvature), lam)


def training_curves(context: Context) -> list[Json]:
    """|e(t)| of one simulated descent, and (1 - eta m lambda/C)^t |e(0)|, C being that of step-contraction.

    A simulation in floats shows nothing beyond itself, so the finding is inconclusive; an error if the curve crosses
    the bound while the hypotheses hold (lambda_min(H) is looked at where points are drawn, movement at every step), and
    no curve is given where they do not.
    """
    at = setting(context.seed)
    steps = min(math.ceil(math.log(FALL) / at.rate), LONGEST)
    times = [round(k * steps / (POINTS - 1)) for k in range(POINTS)]
    path = simulate.gd_path(at.X, at.y, at.W, at.a, at.eta, steps, spectrum_at=set(times))
    least, furthest = min(path.lambda_min.values()) / at.lam, max(path.neuron_move)
    seen = [path.residual[t] for t in times]
    bound = [(1 - at.rate) ** t * path.residual[0] for t in times]
    admitted = least >= 0.5 and furthest <= NEAR
    crossed = admitted and bool(np.any(np.array(seen) > np.array(bound) * (1 + 1e-9)))
    found: Json = {"n": 2, "d": 2, "m": WIDTH, "steps": steps, "R": NEAR}
    found |= {"least lambda_min(H) over lambda": _short(least), "furthest neuron": _short(furthest)}
    if admitted:
        found |= _curve(times, seen, bound)
    title = f"Training against its bound: one simulated descent of {WIDTH} neurons that meets the lemmas' hypotheses"
    if not admitted:
        title = "Training against its bound: the simulated descent left the lemmas' hypotheses, so nothing is compared"
    return [{"id": "training-curves", "title": title, "verdict": "error" if crossed else "inconclusive", "data": found}]


def _curve(times: list[int], seen: list[float], bound: list[float]) -> Json:
    series = {
        "gradient descent": [_short(v) for v in seen],
        f"(1 - eta m lambda/{C.value})^t |e(0)|": [_short(v) for v in bound],
    }
    return {"x": times, "x_label": "step t", "y_label": "|e(t)|", "scale": "log", "series": series}


def _short(value: float) -> float:
    """Six digits: the last bits differ between processors."""
    return float(f"{value:.6g}")
