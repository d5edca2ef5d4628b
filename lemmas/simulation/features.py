"""Gradient descent from several starts side by side, in the features instead of the weights."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lemmas import kernels
from lemmas.kernels import Floats


class Features:
    """The signed features S_ri = a_r exp(<w_r, x_i>) of several starts, whose sums over r are the outputs.

    A step adds eta sum_j S_rj e_j <x_j, x_i> to <w_r, x_i>, so it multiplies S by the exponential of that, and no
    weights are needed. Neurons come first, signed (m, starts, n): sums over them run along rows that are contiguous.
    moved (m, starts, min(n, d)): W(t) - W(0) in an orthonormal basis of the span of the points, which costs a product
    more, or None.
    """

    def __init__(self, X: Floats, W: Floats, a: Floats, moves: bool) -> None:
        """At weights W (starts, m, d) with signs a (starts, m); X (n, d). ``moves``: whether to keep ``moved``."""
        n, d = X.shape
        self.products = X @ X.T
        self._thin = 2 * d < n  # then two products with X cost less than one with X X^T
        self._points = X if d <= n else np.linalg.qr(X.T).R.T  # the same points in the span of them
        self.signed = np.ascontiguousarray((a[:, :, None] * np.exp(W @ X.T)).transpose(1, 0, 2))
        self.moved: Floats | None = np.zeros((W.shape[1], len(W), min(n, d))) if moves else None
        self._allocate()

    def _allocate(self) -> None:
        """Scratch for a step: fresh memory for every one would take longer than the products that fill it."""
        n, k = self._points.shape
        self._pulled, self._change = np.empty_like(self.signed), np.empty_like(self.signed)
        self._rows = self._pulled.reshape(-1, n), self._change.reshape(-1, n), np.empty((self._pulled.size // n, k))

    def outputs(self) -> Floats:
        """F (starts, n)."""
        found: Floats = np.add.reduce(self.signed)
        return found

    def spectra(self, of: Floats) -> Floats:
        """The eigenvalues of J J^T, ascending, (starts, n); ``of``: the features, (m, starts, n), or their change."""
        E = of.transpose(1, 0, 2)
        return np.asarray(np.linalg.eigvalsh(self.products * (E.transpose(0, 2, 1) @ E)))

    def squared_moves(self) -> Floats:
        """|w_r(t) - w_r(0)|^2, (m, starts), where moves are kept."""
        assert self.moved is not None
        return np.asarray(np.einsum("rsk,rsk->rs", self.moved, self.moved))

    def keep(self, which: NDArray[np.bool_]) -> None:
        """Go on from some of the starts only."""
        self.signed = np.compress(which, self.signed, axis=1)
        self.moved = None if self.moved is None else np.compress(which, self.moved, axis=1)
        self._allocate()

    def step(self, pull: Floats) -> None:
        """A step of gradient descent; pull (starts, n) is eta e."""
        pulled, change, move = self._rows
        np.multiply(self.signed, pull, self._pulled)
        if self._thin or self.moved is not None:
            np.matmul(pulled, self._points, move)
        if self._thin:
            np.matmul(move, self._points.T, change)
        else:
            np.matmul(pulled, self.products, change)
        if self.moved is not None:
            self.moved += move.reshape(self.moved.shape)
        kernels.multiply_by_exp(self.signed, self._change, self._pulled)
