"""One run in the regime that the sharp theorem prescribes, and how close it comes to each bound of the proof."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from lemmas import kernels, model
from lemmas.data import DataSet
from lemmas.kernels import Floats
from lemmas.laplace.width import step_size, steps_needed
from lemmas.simulation import simulate, together
from lemmas.simulation.features import Features

EPS = Fraction(1, 100)
FLOOR = 1e-6  # of |y|: outputs of 2,000 neurons are rounded by 3e-12 of it, so ratios of residuals keep five digits
SPECTRA = 10  # steps from one computed spectrum to the next


def promised_over(promised: float, seen: float) -> float:
    """What is promised to be the least, over what was seen: at most 1 where it held, infinite where nothing is left.

    A contraction is told by 1 - |e(t+1)|/|e(t)|, for its ratio is so close to 1 that any tolerance would hide growth.
    """
    return promised / seen if seen > 0 else math.inf


@dataclass(frozen=True)
class Prescribed:
    """A data set with labels, and the width that a theorem prescribes for it."""

    points: DataSet
    m: int

    @property
    def size(self) -> float:
        """|y|."""
        return float(np.linalg.norm(self.labels))

    @property
    def labels(self) -> Floats:
        y = self.points.y
        assert y is not None
        return y


@dataclass(frozen=True)
class Regime(Prescribed):
    """What the chain prescribes for one data set, in floats; lam is lambda from below."""

    lam: float
    B1: float
    R: float
    t: float
    lip: float
    sigma0: float
    sigma: float
    c: float

    def steps(self, eta: float) -> int:
        """T with (1 - eta c sigma^2)^T |y| <= eps."""
        return steps_needed(self.size, float(EPS), eta * self.c * self.sigma**2)

    def cost(self, runs: int, whole: int) -> int:
        """Neurons times points times steps of so many runs, ``whole`` of them with all T steps, as predicted from K."""
        spectrum = np.linalg.eigvalsh(model.limit_gram(self.points.X))
        eta = self.step_size(math.sqrt(self.m * spectrum[-1]))
        falling = min(self.steps(eta), math.log(1 / FLOOR) / (eta * self.m * self.lam))
        return int(self.m * self.points.n * ((runs - whole) * falling + whole * self.steps(eta)))

    def step_size(self, slope: float) -> float:
        """The largest eta that 'measured step' allows at |J(W(0))| = ``slope``."""
        return step_size(self.c, slope + self.sigma0 - self.sigma, self.lip, self.size)


@dataclass(frozen=True)
class Run:
    """What one run did, each number relative to its bound, so that a claim holds where it is at most 1.

    exponent and eigenvalue are the two events at the start; the rest is claimed where both happen (see BOUNDS). left:
    how many of the T steps were not taken.
    """

    exponent: float
    eigenvalue: float
    slope: float
    lipschitz: float
    size: float
    distance: float
    neuron: float
    spectrum: float
    contraction: float
    loss: float
    steps: float
    left: int

    @property
    def started_well(self) -> bool:
        return self.exponent <= 1 and self.eigenvalue <= 1

    @property
    def kept(self) -> bool:
        """Whether every conclusion held along the path."""
        claims = [
            self.slope,
            self.lipschitz,
            self.size,
            self.distance,
            self.neuron,
            self.spectrum,
            self.contraction,
            self.loss,
            self.steps,
        ]
        return all(value <= 1 for value in claims)


BOUNDS = {
    "exponent": ("<w_r(0), x_i> over B1", "exp-uniform-bound"),
    "eigenvalue": ("(1 - t) lambda over lambda_min(H(W(0)))", "gram-lower-tail"),
    "slope": ("|J(W(0))| over sqrt(m) |X| e^B1", "jacobian-lipschitz"),
    "lipschitz": ("|J(W(t)) - J(W(0))| over Lambda |W(t) - W(0)|_F", "jacobian-lipschitz"),
    "size": ("|J(W(t))| over |J(W(0))| + sigma0 - sigma", "kantorovich-neuronwise"),
    "distance": ("|W(t) - W(0)|_F over (sigma0 - sigma)/Lambda", "kantorovich-neuronwise"),
    "neuron": ("|w_r(t) - w_r(0)| over R", "kantorovich-neuronwise"),
    "spectrum": ("sigma^2 over lambda_min(J J^T)", "kantorovich-neuronwise"),
    "contraction": (f"eta c sigma^2 over 1 - |e(t+1)|/|e(t)| while |e(t)| > {FLOOR:g} |y|", "convergence-sharp"),
    "loss": ("|e| at the end over eps", "convergence-sharp"),
    "steps": ("steps until |e| <= eps over T", "convergence-sharp"),
}


def runs_from(at: Regime, rngs: Sequence[np.random.Generator], until: Sequence[float]) -> list[Run]:
    """Runs from a fresh coupled start of each generator, each until |e| <= its ``until`` or for all T steps."""
    X, size = at.points.X, max(1, kernels.block_rows(at.points.n) // at.m)  # of a batch that stays in cache
    found = []
    for k in range(0, len(rngs), size):
        W, a = map(
            np.stack, zip(*(simulate.start(at.m, at.points.d, r, "coupled") for r in rngs[k : k + size]), strict=True)
        )
        found += _side_by_side(at, W, Features(X, W, a, moves=True), np.array(until[k : k + size]))
    return found


def _side_by_side(at: Regime, W: Floats, features: Features, until: Floats) -> list[Run]:
    """The same from coupled starts W (runs, m, d) with these features."""
    spectra = features.spectra(features.signed)
    slopes, first = np.sqrt(spectra[:, -1]).tolist(), spectra[:, 0].tolist()
    eta = [at.step_size(slope) for slope in slopes]
    steps = [at.steps(one) for one in eta]
    numbers = (np.array(eta), np.array(steps), until)
    seen = together.descend(features, at.labels, *numbers, eps=float(EPS), floor=FLOOR * at.size, every=SPECTRA)
    X_norm, room = float(np.linalg.norm(at.points.X, 2)), at.sigma0 - at.sigma
    return [
        Run(
            exponent=float(model.max_preactivation(at.points.X, W[k])) / at.B1,
            eigenvalue=promised_over((1 - at.t) * at.lam * at.m, first[k]),
            slope=slopes[k] / (math.sqrt(at.m) * X_norm * math.exp(at.B1)),
            lipschitz=seen.drift[k] / at.lip,
            size=math.sqrt(seen.most[k]) / (slopes[k] + room),
            distance=seen.distance[k] * at.lip / room,
            neuron=seen.neuron[k] / at.R,
            spectrum=promised_over(at.sigma**2, seen.least[k]),
            contraction=promised_over(eta[k] * at.c * at.sigma**2, 1 - seen.falling[k]),
            loss=seen.size[k] / float(EPS),
            steps=seen.reached[k] / steps[k],
            left=steps[k] - int(seen.taken[k]),
        )
        for k in range(len(W))
    ]
