"""What is seen in simulations: the least widths at which the Gram matrix is well conditioned and descent reaches eps.

Both for a coupled start and for one with independent signs, by bisection with a sequential test at every width tried.
These are facts about the widths that were simulated; they say nothing about a theorem that asks for more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lemmas import model
from lemmas.data import Floats
from lemmas.simulation import simulate
from lemmas.simulation.simulate import Init
from verify.stats.bisect import ThresholdEstimate, find_threshold
from verify.stats.streams import stream

__all__ = ["Effort", "Init", "Setting", "effort", "largest_simulated", "observe", "typical"]

Json = dict[str, Any]
STARTS: tuple[Init, Init] = ("coupled", "independent")
STEPS = 2000  # of a simulated descent
WIDEST_GRAM, WIDEST_DESCENT = 65536, 512
DRAWS = 64  # starts from which the parameters of a typical run are read


@dataclass(frozen=True)
class Effort:
    """cap: trials of one probe; resolution: the factor at which bisection ends (see `find_threshold`)."""

    cap: int
    resolution: float


def effort(trials: int) -> Effort:
    """How much to simulate for a budget of so many trials of one sequential test."""
    return Effort(max(80, trials // 20), 2.0 if trials < 10_000 else 1.0)


@dataclass(frozen=True)
class Setting:
    """The data X (n, d), labels y (n,) (None: random signs), the failure probability, the target, and a name."""

    name: str
    X: Floats
    y: Floats | None
    delta: float
    eps: float
    seed: int

    def labels(self, rng: np.random.Generator) -> Floats:
        return rng.choice([-1.0, 1.0], len(self.X)) if self.y is None else self.y


def observe(setting: Setting, much: Effort) -> Json:
    """By start: the least m with lambda_min(H) >= lambda/2, and with |e| <= eps after descent, in 1-delta of draws.

    Each with the interval that the test leaves, at confidence 95 %; None for an end that was not decided. Descent has
    STEPS steps of half the inverse of |J|^2 at the start. Raises ValueError where floats cannot tell lambda from 0.
    """
    gram = _gram(setting, much)
    found: Json = {}
    for start in STARTS:
        copies = 2 if start == "coupled" else 1  # a coupled start has two neurons for each Gaussian vector
        found[start] = {"gram": _scaled(gram, copies), "descent": _seen(_descent(setting, much, start))}
    return found


def _gram(setting: Setting, much: Effort) -> ThresholdEstimate:
    """The least number of independent neurons with lambda_min(H) >= lambda/2."""
    least = simulate.limit_lambda_min(setting.X) / 2
    return find_threshold(
        lambda q, rng: simulate.lambda_min_holds(setting.X, least, q, rng),
        setting.delta, seed=setting.seed, check="observed-gram", case=setting.name, largest=WIDEST_GRAM,
        cap=4 * much.cap, resolution=1 + (much.resolution - 1) / 2,
    )  # fmt: skip


def _descent(setting: Setting, much: Effort, start: Init) -> ThresholdEstimate:
    def reach(m: int, rngs: Sequence[np.random.Generator]) -> list[bool]:
        ys = [setting.labels(rng) for rng in rngs]
        runs = simulate.descents(setting.X, ys, m, STEPS, setting.eps, rngs, start)
        return [bool(size <= setting.eps) for size in runs.size]

    return find_threshold(
        reach, setting.delta, seed=setting.seed, check=f"observed-descent-{start}", case=setting.name,
        largest=WIDEST_DESCENT, step=2, cap=much.cap, together=True, resolution=much.resolution,
        first=1 << len(setting.X).bit_length() - 1,  # narrower than the points are many, hardly any run succeeds
    )  # fmt: skip


def _seen(found: ThresholdEstimate) -> Json:
    seen = {"estimate": found.estimate, "lower": found.lower, "upper": found.upper, "confidence": found.confidence}
    return {**seen, "largest": max(probe.m for probe in found.probes)}


def _scaled(found: ThresholdEstimate, copies: int) -> Json:
    seen = _seen(found)
    return {k: v if v is None or k == "confidence" else copies * v for k, v in seen.items()}


def largest_simulated(observed: Json) -> int:
    """The largest width at which descent was simulated."""
    return max(int(observed[start]["descent"]["largest"]) for start in STARTS)


def typical(setting: Setting, m: int, start: Init = "coupled") -> dict[str, float]:
    """What 1-delta of runs of width m keep to.

    B: largest |<w_r(0), x_i>|; B1: the same, one-sided; R: farthest move of a neuron; eta: step size, at least; and
    t = 1/2, the share of lambda that the Gram matrix may lack where it is called well conditioned.
    """
    case, size = f"{setting.name}/m={m}", (m // 2 if start == "coupled" else m, setting.X.shape[1])
    rngs = [stream(setting.seed, "observed-run", case, index) for index in range(DRAWS)]
    ys = [setting.labels(rng) for rng in rngs]
    runs = simulate.descents(setting.X, ys, m, STEPS, setting.eps, rngs, start, watch=True)
    others = (stream(setting.seed, "observed-start", case, index) for index in range(DRAWS))
    starts = [rng.standard_normal(size) for rng in others]
    above = {
        "B": [model.max_abs_preactivation(setting.X, W) for W in starts],
        "B1": [model.max_preactivation(setting.X, W) for W in starts],
        "R": list(runs.move),
    }
    quantiles = {name: float(np.quantile(found, 1 - setting.delta)) for name, found in above.items()}
    return {**quantiles, "eta": float(np.quantile(runs.eta, setting.delta)), "t": 0.5}
