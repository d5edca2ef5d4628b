"""Many runs of gradient descent side by side: what each one did, without its path."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lemmas.kernels import Floats
from lemmas.simulation.features import Features


@dataclass(eq=False)
class Watched:
    """What each of several runs did, one number a run; the runs end at different times.

    size: |e| at the end; reached: the first t with |e(t)| <= eps, or one more than the steps allowed; taken: the steps
    taken. distance, neuron: the largest |W(t) - W(0)|_F and |w_r(t) - w_r(0)|; falling: the largest |e(t+1)|/|e(t)|
    with |e(t)| above a floor. At the times that were looked at, the first and the last among them, least and most: of
    the eigenvalues of J(W(t)) J(W(t))^T; drift: the largest |J(W(t)) - J(W(0))| over |W(t) - W(0)|_F.
    """

    size: Floats
    reached: NDArray[np.int64]
    taken: NDArray[np.int64]
    distance: Floats
    neuron: Floats
    falling: Floats
    least: Floats
    most: Floats
    drift: Floats

    @classmethod
    def nothing(cls, steps: NDArray[np.int64]) -> Watched:
        """Before the first step of runs that may take so many."""
        zero = np.zeros(len(steps))
        none = {name: zero.copy() for name in ("distance", "neuron", "falling", "most", "drift")}
        return cls(size=zero + np.inf, reached=steps + 1, taken=np.zeros_like(steps), least=zero + np.inf, **none)

    def raise_to(self, name: str, runs: NDArray[np.int64], values: Floats) -> None:
        """Let the largest value seen of some runs be at least these."""
        seen = getattr(self, name)
        seen[runs] = np.maximum(seen[runs], values)

    def step(self, runs: NDArray[np.int64], t: int, size: Floats, squares: Floats, eps: float) -> None:
        """Record step t of some runs: |e|, and |w_r(t) - w_r(0)|^2 (m, runs)."""
        self.size[runs], self.taken[runs] = size, t
        self.raise_to("distance", runs, np.sqrt(squares.sum(axis=0)))
        self.raise_to("neuron", runs, np.sqrt(squares.max(axis=0)))
        self.reached[runs] = np.where(size <= eps, np.minimum(self.reached[runs], t), self.reached[runs])

    def look(self, runs: NDArray[np.int64], spectra: Floats, move: Floats, distance: Floats) -> None:
        """Record the eigenvalues of J J^T (runs, n), and |J(W(t)) - J(W(0))| beside |W(t) - W(0)|_F."""
        self.least[runs] = np.minimum(self.least[runs], spectra[:, 0])
        self.raise_to("most", runs, spectra[:, -1])
        self.raise_to("drift", runs, np.divide(move, distance, out=np.zeros_like(move), where=distance > 0))


def descend(
    features: Features, y: Floats, eta: Floats, steps: NDArray[np.int64], until: Floats,
    *, eps: float, floor: float, every: int,
) -> Watched:  # fmt: skip
    """Descent of features that keep ``moved``, towards labels y (n,), with step sizes eta (runs,).

    Each run ends once |e| <= its ``until``, after its number of steps, or where |e| overflows; ``every``: steps between
    looks at J J^T, and there is one at the end of each run.
    """
    found, first, left, before = Watched.nothing(steps), features.signed.copy(), np.arange(len(eta)), np.zeros(len(eta))
    with np.errstate(over="ignore", invalid="ignore"):
        for t in range(int(steps.max()) + 1):
            e = y - features.outputs()
            size, squares = np.sqrt(np.vecdot(e, e)), features.squared_moves()
            found.step(left, t, size, squares, eps)
            found.raise_to("falling", left, np.divide(size, before, out=np.zeros_like(size), where=before > floor))
            going = np.isfinite(size) & (size > until) & (t < steps)
            seen = np.isfinite(size) & ((t % every == 0) | ~going)
            if seen.any():
                now, start = (np.compress(seen, S, axis=1) for S in (features.signed, first))
                move = np.sqrt(np.maximum(features.spectra(now - start)[:, -1], 0))
                found.look(left[seen], features.spectra(now), move, np.sqrt(squares.sum(axis=0)[seen]))
            before = size
            if not going.all():
                left, before, eta, steps, until, e = (one[going] for one in (left, before, eta, steps, until, e))
                first = np.compress(going, first, axis=1)
                features.keep(going)
            if not len(left):
                break
            features.step(eta[:, None] * e)
    return found
