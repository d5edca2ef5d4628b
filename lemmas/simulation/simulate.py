"""Trials for the checks: one draw of a start, what gradient descent makes of it, and what it does on the way."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal, NamedTuple

import numpy as np

from lemmas import kernels, model
from lemmas.kernels import Floats
from lemmas.simulation.features import Features

Init = Literal["coupled", "independent"]


def start(m: int, d: int, rng: np.random.Generator, init: Init) -> tuple[Floats, Floats]:
    """(W(0) (m, d), a (m,)): neurons first, one after the other, then, if independent, the signs.

    Raises ValueError for a coupled start with an odd number of neurons.
    """
    if init == "independent":
        W = rng.standard_normal((m, d))
        return W, rng.choice([-1.0, 1.0], m)
    if m % 2:
        raise ValueError(f"a coupled start takes neurons in pairs, but m = {m} is odd")
    return model.coupled(rng.standard_normal((m // 2, d)))


def step_size(X: Floats, W: Floats, safety: float = 0.5) -> float:
    """safety / |J(W)|^2, where |J|^2 = m |H(W)|.

    Descent is stable below 2 / |J|^2 at the point where it is; narrow networks move so far that |J| grows, hence 1/2.
    """
    return float(safety / (len(W) * model.spectral_norm(kernels.gram(X, W).H)))


class Descents(NamedTuple):
    """Several descents: |e| at the end, the largest move of a neuron (if watched), and eta, each (starts,)."""

    size: Floats
    move: Floats
    eta: Floats


def descents(
    X: Floats,
    ys: Sequence[Floats],
    m: int,
    steps: int,
    eps: float,
    rngs: Sequence[np.random.Generator],
    init: Init,
    watch: bool = False,
) -> Descents:
    """Gradient descent until |e| <= eps, for at most ``steps`` steps, from a start of each generator, side by side.

    ys holds labels (n,) for each; eta is `step_size`. Rounding differs from that of `gd_path`. A descent that
    overflows ends with an infinite |e|. How far neurons move is computed if ``watch``; it is 0 otherwise.
    """
    size = max(1, kernels.block_rows(len(X)) // m)  # whose features stay in cache, at a seventh of the time
    parts = []
    for k in range(0, len(rngs), size):
        starts = [start(m, X.shape[1], rng, init) for rng in rngs[k : k + size]]
        W, a = (np.stack(arrays) for arrays in zip(*starts, strict=True))
        parts.append(_side_by_side(X, np.stack(list(ys[k : k + size])), W, a, steps, eps, watch))
    return Descents(*map(np.concatenate, zip(*parts, strict=True)))


def _side_by_side(X: Floats, y: Floats, W: Floats, a: Floats, steps: int, eps: float, watch: bool) -> Descents:
    """The same from given starts W (starts, m, d), a (starts, m) and labels y (starts, n)."""
    features = Features(X, W, a, moves=watch)
    eta = 0.5 / features.spectra(features.signed)[:, -1]  # 1/2 over |J(W)|^2
    found, left, rate = Descents(np.full(len(W), np.inf), np.zeros(len(W)), eta), np.arange(len(W)), eta[:, None]
    with np.errstate(over="ignore", invalid="ignore"):
        for t in range(steps + 1):
            e = y - features.outputs()
            squares = np.vecdot(e, e)
            if watch:
                found.move[left] = np.maximum(found.move[left], np.sqrt(features.squared_moves().max(axis=0)))
            if t == steps or not np.minimum.reduce(squares) > eps**2:
                found.size[left] = np.where(np.isfinite(squares), np.sqrt(squares), np.inf)
                going = squares > eps**2  # what is no number is not
                left, rate, y, e = (kept[going] for kept in (left, rate, y, e))
                features.keep(going)
            if not len(left):
                break
            features.step(rate * e)
    return found


def limit_lambda_min(X: Floats) -> float:
    """lambda_min(K). Raises ValueError where it is too small for float64 to tell it from zero."""
    K = model.limit_gram(X)
    smallest = float(model.lambda_min(K))
    if smallest <= 100 * len(X) * np.finfo(float).eps * model.spectral_norm(K):
        raise ValueError(f"lambda_min(K), about {smallest:.1e}, is lost in the rounding of float64")
    return smallest


def lambda_min_holds(X: Floats, least: float, q: int, rng: np.random.Generator) -> bool:
    """Whether lambda_min(H(W(0))) >= ``least`` for q fresh independent neurons."""
    return bool(model.lambda_min(kernels.gram_trial(X, q, rng).H) >= least)


@dataclass(eq=False)
class Path:
    """What gradient descent did at t = 0, 1, ..., T; an observer for `gd_run`. W0 (m, d) is where it starts.

    residual: |e(t)|; neuron_move: max_r |w_r(t) - w_r(0)|; frobenius_move: |W(t) - W(0)|_F, one number a step;
    lambda_min: of H(W(t)), at the steps in `spectrum_at` only, for it is the costly one.
    """

    X: Floats
    W0: Floats
    spectrum_at: Collection[int] = ()
    residual: list[float] = field(default_factory=list)
    neuron_move: list[float] = field(default_factory=list)
    frobenius_move: list[float] = field(default_factory=list)
    lambda_min: dict[int, float] = field(default_factory=dict)

    def __call__(self, t: int, W: Floats, e: Floats) -> None:
        """Record step t."""
        self.residual.append(model.frobenius(e))
        moved = W - self.W0
        squares = np.einsum("rk,rk->r", moved, moved)  # half the time of a sum over rows this short
        self.neuron_move.append(float(np.sqrt(squares.max())))
        self.frobenius_move.append(float(np.sqrt(squares.sum())))
        if t in self.spectrum_at:
            self.lambda_min[t] = model.lambda_min(kernels.gram(self.X, W).H)

    @property
    def loss(self) -> list[float]:
        """L(W(t)) = |e(t)|^2 / 2."""
        return [size**2 / 2 for size in self.residual]

    @property
    def contraction(self) -> list[float]:
        """|e(t+1)| / |e(t)| for t < T (descent stops at e(t) = 0, so there is no division by zero)."""
        return [after / before for before, after in pairwise(self.residual)]


def gd_path(
    X: Floats,
    y: Floats,
    W: Floats,
    a: Floats,
    eta: float,
    steps: int,
    *,
    stop: float = 0.0,
    spectrum_at: Collection[int] = (),
) -> Path:
    """The recorded path of gradient descent from W (m, d) with signs a (m,), until |e| <= stop or `steps` steps."""
    path = Path(X, W, spectrum_at)
    kernels.gd_run(X, W, a, y, eta, steps, stop=stop, observe=path)
    return path
