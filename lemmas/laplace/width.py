"""The tight chain solved for a width, in float64: search for parameters, then the smallest even m.

The drift lemmas (deterministic, for every W(0) and all signs): if σ̃₀ is the least singular value of J(W(0)) with block
r scaled by s_r, L = n₄ e^cut, n₄ = ‖G∘G‖^½ and ν = max ‖x_i‖, then on {‖W - W(0)‖_F ≤ s}
σ_min(J(W)) ≥ σ̃₀ - (L/ν)(e^{νs} - 1), and GD converges linearly if c times the integral of that lower bound up to its
zero, `reach`, exceeds ‖e(0)‖. At a coupled start e(0) = y and σ̃₀² ≥ 2q(1-t)λ on {H̃ ⪰ (1-t)K}: that event alone costs
probability. So with σ* the root of c · reach(σ*) = ‖y‖ the failure probability at q pairs is at most

    exp(θ σ*² / (2λ)) tr 𝓜^q ,

in which t has cancelled; it decreases in q, and θ, cut and features are functions of the data fixed before sampling.
The constant c = 1 - ηβ²/2 - Λ̂η‖e(0)‖/2 is prescribed, and `step_size` returns the η that makes it so.
This is a search: `lemmas.laplace.balls` certifies its outcome.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import scipy

from lemmas.laplace.integrals import Array, Feature
from lemmas.laplace.lower_tail import whitened_variance
from lemmas.laplace.tail import Blocks, Damping, Features, LaplaceTail, Points, log_trace_power, resolvent_blocks

OFFSETS = (0.15, 0.3, 0.5, 0.75, 1.0, 1.4, 2.0)
SIMPLE = ((Feature(1.0, 0.3),), ())
SHARP = ((Feature(0.0, 0.4), Feature(1.0, 0.4), Feature(2.0, 0.6)), (Feature(1.5, 0.4), Feature(2.0, 0.6)))


@dataclass(frozen=True)
class Parameters:
    """Everything that the bound may choose before sampling; doubles, taken as exact numbers by the certificate."""

    theta: float
    damping: Damping
    first: Features
    second: Features
    c: float = 0.95


@dataclass(frozen=True)
class Width:
    """A searched width: m = 2q neurons, the real root q before rounding, log of the failure bound at m."""

    m: int
    root: float
    log_failure: float
    parameters: Parameters


def drift_constants(X: Array) -> tuple[float, float]:
    """(n₄, ν) = (‖G∘G‖^½, max(1, max ‖x_i‖)) for X of shape (n, d)."""
    G = X @ X.T
    return math.sqrt(float(np.linalg.norm(G * G, 2))), max(1.0, math.sqrt(float(np.diag(G).max())))


def reach(sigma: float, L: float, nu: float = 1.0) -> float:
    """∫ (σ - (L/ν)(e^{νs} - 1)) ds up to its zero: (L/ν²) φ(νσ/L), φ(x) = (1+x)log(1+x) - x."""
    x = nu * sigma / L
    phi = (1 + x) * math.log1p(x) - x if x > 1e-4 else x * x / 2 - x**3 / 6
    return L / nu**2 * phi


def needed_sigma(norm_y: float, L: float, nu: float, c: float) -> float:
    """σ* > 0 with c · reach(σ*) = ‖y‖."""
    low = high = math.sqrt(2 * norm_y * L / c)
    while c * reach(high, L, nu) < norm_y:
        high *= 2
    return float(
        scipy.optimize.brentq(lambda sigma: c * reach(sigma, L, nu) - norm_y, low / 2, high, xtol=1e-13 * high)
    )


def step_size(c: float, beta: float, lipschitz: float, residual: float) -> float:
    """η with 1 - ηβ²/2 - Λ̂η‖e(0)‖/2 = c (a smaller η has a larger c).

    β ≥ ‖J‖ and Λ̂ its Lipschitz constant on the ball, both over all neurons, undamped.
    """
    return 2 * (1 - c) / (beta**2 + lipschitz * residual)


def steps_needed(size: float, eps: float, share: float) -> int:
    """T with (1 - share)^T size ≤ eps, 0 where nothing is left to do; rounded up by more than floats err."""
    if size <= eps:
        return 0
    return math.ceil(math.log(size / eps) / -math.log1p(-share) * (1 + 1e-12))


def least_power(eigenvalues: Array, budget: float) -> float:
    """The least real q with log tr 𝓜^q ≤ budget, inf if none."""
    if not eigenvalues[-1] < 1 - 1e-12:
        return math.inf
    high = (budget - math.log(len(eigenvalues))) / math.log(eigenvalues[-1])
    return float(scipy.optimize.brentq(lambda q: log_trace_power(eigenvalues, q) - budget, 0, high * (1 + 1e-9)))


class Search:
    """The smallest width for one data set X (n, d), level δ and ‖y‖.

    Raises ValueError if K is numerically singular, or unless ‖y‖ > 0, 0 < δ < 1 and 0 < c < 1.
    """

    def __init__(self, X: Array, norm_y: float, delta: float, c: float = 0.95) -> None:
        if not (norm_y > 0 and 0 < delta < 1 and 0 < c < 1):
            raise ValueError(f"need norm_y > 0 and delta, c in (0, 1), got {norm_y}, {delta}, {c}")
        self.points = Points.of(X)
        self.norm_y, self.delta, self.c = norm_y, delta, c
        self.n4, self.nu = drift_constants(np.asarray(X, dtype=float))

    def log_budget(self, theta: float, cut: float, delta: float | None = None) -> float:
        """log tr 𝓜^q must not exceed this for failure ≤ delta (default: δ)."""
        sigma = needed_sigma(self.norm_y, self.n4 * math.exp(cut), self.nu, self.c)
        return math.log(delta or self.delta) - theta * sigma**2 / (2 * self.points.smallest)

    def blocks(self, features: tuple[Features, Features]) -> Blocks:
        """The resolvent matrices of these features: the part that costs O(n⁴)."""
        return resolvent_blocks(self.points.G, self.points.inverse, *features)

    def pairs(self, theta: float, tail: LaplaceTail) -> float:
        """The least real q at which the bound holds, inf if none: tr 𝓜^q must fall to the budget."""
        return least_power(tail.eigenvalues(theta), self.log_budget(theta, tail.damping.cut))

    def pairs_undamped(self, theta: float, eigenvalues: Array) -> float:
        """The same without damping: δ/2 for the event that no pre-activation exceeds B₁, so L = n₄e^{B₁} grows with q.

        eigenvalues: of any bound on E e^{-θA}. The least q is the limit of an increasing iteration.
        """
        q, previous = 1.0, 0.0
        while q > previous * (1 + 1e-9) and not math.isinf(q):
            level = self.delta / (2 * q)
            cut = float(scipy.optimize.brentq(lambda b, level=level: self.points.mass_beyond(b) - level, 0, 40))
            q, previous = least_power(eigenvalues, self.log_budget(theta, cut, self.delta / 2)), q
        return q

    def tail_pairs(self, tail: LaplaceTail) -> float:
        """The least real q with tr 𝓜^q ≤ δ at the best θ: below it the tail says nothing of λ_min(H̃) > 0."""
        thetas = (math.exp(power / 4) for power in range(-28, 21))
        return min(least_power(tail.eigenvalues(theta), math.log(self.delta)) for theta in thetas)

    def best(self, damping: Damping, features: tuple[Features, Features] = SHARP) -> Width:
        """The best (θ, cut) for this shape of damping (its cut is ignored): a coarse grid, then Nelder-Mead.

        Raises ValueError if no point of the grid gives a width.
        """
        blocks = self.blocks(features)

        def tail(cut: float) -> LaplaceTail:
            return LaplaceTail(self.points, blocks, replace(damping, cut=cut))

        found = _minimize(lambda p: self.pairs(math.exp(p[0]), tail(float(p[1]))), _GRID, np.array([0.5, 0.25]))
        return self.width(math.exp(found[0]), tail(float(found[1])), features)

    def best_single(self, damping: Damping) -> Width:
        """The best (θ, cut, α, γ) with one feature for p₁ and none for p₂; else as `best`."""

        def tail(p: Array) -> tuple[LaplaceTail, tuple[Features, Features]]:
            features = ((Feature(float(p[2]), math.exp(p[3])),), ())
            return LaplaceTail(self.points, self.blocks(features), replace(damping, cut=float(p[1]))), features

        grid = np.array([[*point, 1.0, math.log(0.3)] for point in _GRID])
        found = _minimize(lambda p: self.pairs(math.exp(p[0]), tail(p)[0]), grid, np.array([0.5, 0.25, -0.3, 0.3]))
        return self.width(math.exp(found[0]), *tail(found))

    def width(self, theta: float, tail: LaplaceTail, features: tuple[Features, Features]) -> Width:
        """The least width for given parameters; ValueError if they give none."""
        root = self.pairs(theta, tail)
        if math.isinf(root):
            raise ValueError("these parameters give no width: the largest eigenvalue of the bound is not below 1")
        q = math.ceil(root)
        trace = log_trace_power(tail.eigenvalues(theta), q)
        log_failure = trace + math.log(self.delta) - self.log_budget(theta, tail.damping.cut)
        return Width(2 * q, root, log_failure, Parameters(theta, tail.damping, *features, self.c))


def cumulative_widths(X: Array, norm_y: float, delta: float) -> dict[str, int]:
    """The proved width as each ingredient of the tight chain is added: what each is worth. Float64."""
    search = Search(X, norm_y, delta)
    variance, size = whitened_variance(search.points.G), len(search.points.G)
    plain = LaplaceTail(search.points, search.blocks(SIMPLE), Damping())

    def undamped(eigenvalues: Callable[[float], Array]) -> int:
        grid = np.arange(-8.0, 2.0, 0.5)[:, None]

        def pairs(p: Array) -> float:
            return search.pairs_undamped(math.exp(p[0]), eigenvalues(math.exp(p[0])))

        return 2 * math.ceil(pairs(_minimize(pairs, grid, np.array([0.3]))))

    def quadratic(theta: float) -> Array:
        # The quadratic bound, in the same form: E e^{-θA} ⪯ e^{-θ + θ²V/2} I; beyond 1 it is useless however large.
        return np.full(size, math.exp(min(-theta + theta**2 * variance / 2, 1.0)))

    return {
        "gram-lower-tail": undamped(quadratic),
        "gram-laplace-tail": undamped(plain.eigenvalues),
        "hard cut": search.best_single(Damping(crude=True)).m,
        "damping-price": search.best_single(Damping(offsets=OFFSETS)).m,
        "sharper resolvent": search.best(Damping(offsets=OFFSETS)).m,
    }


_GRID = np.array([[log_theta, cut] for log_theta in range(-7, 2) for cut in (1.5, 2.0, 2.5, 3.0, 4.0)])


def _minimize(pairs: Callable[[Array], float], grid: Array, step: Array) -> Array:
    """The minimiser of log pairs: the best grid point, polished."""
    start = min(grid, key=pairs)
    if math.isinf(pairs(start)):
        raise ValueError("no parameters of the grid give a width: λ is too small for this bound in float64")
    simplex = start + np.vstack([np.zeros(len(step)), np.diag(step)])
    # A large number for "no width": Nelder-Mead subtracts values, and inf - inf is not a number.
    options = {"xatol": 1e-3, "fatol": 1e-4, "maxiter": 60 * len(step), "initial_simplex": simplex}
    found = scipy.optimize.minimize(
        lambda p: math.log(min(pairs(p), 1e300)), start, method="Nelder-Mead", options=options
    )
    return np.asarray(found.x)
