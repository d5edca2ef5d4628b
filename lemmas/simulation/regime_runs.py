"""One run in the regime that the sharp theorem prescribes, and how close it comes to each bound of the proof."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np

from lemmas import kernels, model
from lemmas.data import DataSet
from lemmas.kernels import Floats
from lemmas.laplace.width import step_size, steps_needed
from lemmas.simulation import simulate

EPS = Fraction(1, 100)
FLOOR = 1e-6  # of |y|: rounding is 1e-13 of it, so that the ratio of two residuals keeps seven digits down to here
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


@dataclass
class Watch:
    """An observer for `gd_run`: the path, and every SPECTRA steps the spectrum of J J^T and of the move of J.

    E0 (m, n) holds the features at the start. least, most: eigenvalues of J J^T; drift: |J(W(t)) - J(W(0))| relative to
    |W(t) - W(0)|_F.
    """

    path: simulate.Path
    E0: Floats
    least: float = math.inf
    most: float = 0.0
    drift: float = 0.0

    def __call__(self, t: int, W: Floats, e: Floats) -> None:
        """Record step t."""
        self.path(t, W, e)
        if t % SPECTRA == 0:
            self.look(W, self.path.frobenius_move[-1])

    def look(self, W: Floats, moved: float) -> None:
        """Record the spectra at W, which lies ``moved`` from the start."""
        X = self.path.X
        E, products = np.exp(W @ X.T), X @ X.T
        spectrum = np.linalg.eigvalsh(products * (E.T @ E))
        self.least, self.most = min(self.least, float(spectrum[0])), max(self.most, float(spectrum[-1]))
        E -= self.E0
        if moved > 0:
            move = model.spectral_norm(products * (E.T @ E))
            self.drift = max(self.drift, math.sqrt(move) / moved)


def run_once(at: Regime, rng: np.random.Generator, whole: bool = False) -> Run:
    """One run from a fresh coupled start: all T steps if ``whole``, else until |e| is at FLOOR."""
    X, y, floor = at.points.X, at.labels, FLOOR * at.size
    W, a = simulate.start(at.m, at.points.d, rng, "coupled")
    watch = Watch(simulate.Path(X, W), np.exp(W @ X.T))
    watch.look(W, 0.0)
    slope, first = math.sqrt(watch.most), watch.least
    eta = at.step_size(slope)
    steps, rate = at.steps(eta), eta * at.c * at.sigma**2
    end = kernels.gd_run(X, W, a, y, eta, steps, stop=0.0 if whole else floor, observe=watch)
    path = watch.path
    watch.look(end.W, path.frobenius_move[-1])
    falling = max(after / before for before, after in pairwise(path.residual) if before > floor)
    reached = next((k for k, size in enumerate(path.residual) if size <= EPS), steps + 1)
    return Run(
        exponent=float(model.max_preactivation(X, W)) / at.B1,
        eigenvalue=promised_over((1 - at.t) * at.lam * at.m, first),
        slope=slope / (math.sqrt(at.m) * float(np.linalg.norm(X, 2)) * math.exp(at.B1)),
        lipschitz=watch.drift / at.lip,
        size=math.sqrt(watch.most) / (slope + at.sigma0 - at.sigma),
        distance=max(path.frobenius_move) * at.lip / (at.sigma0 - at.sigma),
        neuron=max(path.neuron_move) / at.R,
        spectrum=promised_over(at.sigma**2, watch.least),
        contraction=promised_over(rate, 1 - falling),
        loss=end.size / float(EPS),
        steps=reached / steps,
        left=steps - len(path.residual) + 1,
    )
