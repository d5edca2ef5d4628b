"""Many runs of gradient descent from coupled starts side by side: what each one did, without its path."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lemmas.kernels import Floats


@dataclass(eq=False)
class Watched:
    """What each of several runs did, one number a run; the runs end at different times.

    size: |e| at the end; distance: the largest |W(t) - W(0)|_F; falling: the largest |e(t+1)|/|e(t)| with |e(t)| above
    a floor; least: of the least eigenvalues of J(W(t)) J(W(t))^T at the times that were looked at, the first among
    them; reached: the first t with |e(t)| <= eps, or one more than the steps allowed; taken: the steps taken.
    """

    size: Floats
    distance: Floats
    falling: Floats
    least: Floats
    reached: NDArray[np.int64]
    taken: NDArray[np.int64]

    @classmethod
    def nothing(cls, steps: NDArray[np.int64]) -> Watched:
        """Before the first step of runs that may take so many."""
        zero = np.zeros(len(steps))
        return cls(zero + np.inf, zero.copy(), zero.copy(), zero + np.inf, steps + 1, np.zeros_like(steps))

    def look(self, runs: NDArray[np.int64], t: int, size: Floats, moved: Floats, eps: float) -> None:
        """Record step t of some runs: |e| and |W(t) - W(0)|_F."""
        self.size[runs], self.taken[runs] = size, t
        self.distance[runs] = np.maximum(self.distance[runs], moved)
        self.reached[runs] = np.where(size <= eps, np.minimum(self.reached[runs], t), self.reached[runs])


def descend(
    X: Floats, y: Floats, W: Floats, a: Floats, eta: Floats, steps: NDArray[np.int64], until: Floats,
    *, eps: float, floor: float, every: int,
) -> Watched:  # fmt: skip
    """Descent from W (runs, m, d), which is left as it is, with signs a (runs, m) and step sizes eta (runs,).

    Each run ends once |e| <= its ``until``, after its number of steps, or where |e| overflows; ``every``: steps between
    looks at J J^T, and there is one at the end of each run.
    """
    found, products = Watched.nothing(steps), X @ X.T
    left, start, W, before = np.arange(len(W)), W, W.copy(), np.zeros(len(W))
    with np.errstate(over="ignore", invalid="ignore"):
        for t in range(int(steps.max()) + 1):
            E = np.exp(W @ X.T)
            e = y - (a[:, None, :] @ E)[:, 0]
            size = np.sqrt((e * e).sum(axis=1))
            found.look(left, t, size, np.sqrt(((W - start) ** 2).sum(axis=(1, 2))), eps)
            ratio = np.divide(size, before, out=np.zeros_like(size), where=before > floor)
            found.falling[left] = np.maximum(found.falling[left], ratio)
            going = np.isfinite(size) & (size > until) & (t < steps)
            seen = np.isfinite(size) & ((t % every == 0) | ~going)
            if seen.any():
                least = np.linalg.eigvalsh(products * (E[seen].transpose(0, 2, 1) @ E[seen]))[:, 0]
                found.least[left[seen]] = np.minimum(found.least[left[seen]], least)
            before = size
            if not going.all():
                kept = (left, start, W, before, a, eta, steps, until, E, e)
                left, start, W, before, a, eta, steps, until, E, e = (one[going] for one in kept)
            if not len(left):
                break
            W += (eta[:, None] * a)[:, :, None] * ((E * e[:, None, :]) @ X)
    return found
