"""The quantities of `lemmas.model`, fast: blocks of neurons that stay in cache, buffers used again, no n x m array.

Weights are drawn neuron after neuron, so a stream gives the same weights whatever the block size; only the order of
summation differs, and with it the last bits of a result. Two threads may run two trials at once: nothing is shared.
"""

import math
import warnings
from collections.abc import Callable, Iterable
from functools import cache
from importlib.util import find_spec
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
from flint import arb, arb_mat

from lemmas.model import pairs

Floats = npt.NDArray[np.float64]
Observer = Callable[[int, Floats, Floats], None]  # (t, W(t), e(t)); the arrays are reused: copy what you keep

_BLOCK_ENTRIES = 100_000  # of E; flat from 40,000 to 200,000, below that the cost of a NumPy call shows
_GRAM_ROWS = 250  # of a Gram matrix in balls, of which little more than one triangle is then multiplied out
_STORE_BYTES = 64 << 20  # features that gradient descent keeps from one pass to the next instead of recomputing them


# --- the exponential --------------------------------------------------------------------------------------------------

Way = Literal["numba", "table", "NumPy"]  # from the fastest to the slowest, unless NumPy has AVX-512

_BITS = 11  # table spacing 2^-11: then the cubic below errs by (2^-12)^4 / 24 < 2^-52
_RANGE = 8  # arguments in [-8, 8]; beyond, NumPy's own exponential serves
_WORTHWHILE = 4096  # entries from which ten array passes beat one scalar loop
_WORTH_LOADING = 1 << 16  # about a full block; numba takes 0.6 s to load, which narrow networks never win back
_UNIT = 2.0**_BITS
_ROUND = 1.5 * 2.0**52  # adding it rounds to an integer, which then fills the low bits of the float
_FIRST = int(np.float64(_ROUND).view(np.int64)) - (_RANGE << _BITS)
_TABLE = np.exp(np.arange(-(_RANGE << _BITS), (_RANGE << _BITS) + 1) / _UNIT) / (6 * _UNIT**3)


def _has_vector_exp() -> bool:
    """Whether NumPy evaluates the float64 exponential with AVX-512, which nothing below can beat."""
    current = np.lib.introspect.opt_func_info(func_name="^exp$", signature="float64")["exp"]["dd"]["current"]
    return "AVX512" in current or "V4" in current


@cache
def compiled_exp() -> Callable[[Floats], float] | None:
    """`lemmas.compiled.exp`, loaded at the first call; None without numba or, with a warning, where numba fails."""
    if find_spec("numba") is None:
        return None
    try:
        from lemmas.compiled import exp

        exp(np.zeros(1))
    except Exception as problem:  # of another library's loading, without which everything works
        warnings.warn(f"numba does not work, so exponentials take longer: {problem}", RuntimeWarning, stacklevel=2)
        return None
    return exp


def fastest_way(size: int) -> Way:
    """To the exponential of blocks of `size` entries; it depends on nothing but these and what is installed."""
    if size < _WORTHWHILE or _has_vector_exp():
        return "NumPy"
    return "numba" if size >= _WORTH_LOADING and compiled_exp() else "table"


class Exponential:
    """In-place exp of blocks of at most `size` entries, relative error below 1e-15, with the largest |argument|.

    Arguments are handed over multiplied by `unit`, a power of two. Without numba: with u = k + v, k an integer, the
    value is T[k] (1 + r + r^2/2 + r^3/6), r = v / unit, |r| <= 2^-12, evaluated as T[k] (s^3 + 3s + 2) / 6 with
    s = 1 + r: ten cheap passes over cached data, half the time of a scalar library call.
    """

    def __init__(self, size: int, way: Way | None = None) -> None:
        self.way = way or fastest_way(size)
        self._compiled = compiled_exp() if self.way == "numba" else None
        self._table = self.way == "table"
        self.unit = _UNIT if self._table else 1.0
        self._rounded = np.empty(size if self._table else 0)
        self._index = np.empty(size if self._table else 0, dtype=np.int64)

    def __call__(self, u: Floats) -> float:
        """Replace u by exp(u / unit); returns max |u| / unit (NaN if there is one, 0 if u is empty).

        Raises ValueError unless u is C-contiguous and of float64, whatever the way: some could only change a copy.
        """
        _check_layout(u)
        if not u.size:
            return 0.0
        if self._compiled:
            return self._compiled(u.reshape(-1))
        largest = float(max(u.max(), -u.min())) / self.unit
        if self._table and largest < _RANGE:
            self._look_up(u.reshape(-1))
        else:
            np.multiply(u, 1 / self.unit, u)
            np.exp(u, u)
        return largest

    def replace(self, u: Floats) -> None:
        """The same without the largest argument, which costs more than NumPy's exponential of a small block."""
        if self.way == "NumPy":
            _check_layout(u)
            np.exp(u, u)
        else:
            self(u)

    def _look_up(self, u: Floats) -> None:
        rounded, index = self._rounded[: u.size], self._index[: u.size]
        np.add(u, _ROUND, rounded)
        np.subtract(rounded.view(np.int64), _FIRST, index)
        np.subtract(rounded, _ROUND + _UNIT, rounded)
        np.subtract(u, rounded, u)  # unit * s
        _TABLE.take(index, out=rounded, mode="clip")  # always in range; the other modes check again
        cube = index.view(np.float64)
        np.square(u, cube)
        np.add(cube, 3 * _UNIT**2, cube)
        np.multiply(cube, u, cube)
        np.add(cube, 2 * _UNIT**3, cube)
        np.multiply(cube, rounded, u)


def _check_layout(u: Floats) -> None:
    if not (u.flags.c_contiguous and u.dtype == np.float64):
        raise ValueError("the exponential replaces C-contiguous arrays of float64 only: copy the array first")


_TAYLOR = [1 / math.factorial(k) for k in range(17)]


def multiply_by_exp(values: Floats, u: Floats, work: Floats) -> None:
    """Multiply by exp(u) in place; ``work``: scratch of the same shape. A step of gradient descent makes u small.

    For |u| <= 1/2 by Taylor's polynomial, cut off below rounding: three or four terms are then enough.
    """
    largest = float(np.maximum.reduce(np.abs(u, work), axis=None))
    if not largest <= 0.5:
        np.exp(u, work)
    else:
        degree = next(k for k in range(1, 16) if largest ** (k + 1) * _TAYLOR[k + 1] < 2.0**-54)
        np.multiply(u, _TAYLOR[degree], work)
        for k in range(degree - 1, 0, -1):
            work += _TAYLOR[k]
            work *= u
        work += 1
    values *= work


def block_rows(n: int) -> int:
    """Neurons to a block for n data points."""
    return max(128, _BLOCK_ENTRIES // n)


# --- the Gram matrix --------------------------------------------------------------------------------------------------


class GramDraw(NamedTuple):
    """H (n, n) of one set of weights, and M = max_{r,i} |<w_r, x_i>|."""

    H: Floats
    M: float


def gram_trial(X: Floats, q: int, rng: np.random.Generator, block: int | None = None) -> GramDraw:
    """H(W) and M for q neurons w_r ~ N(0, I) drawn from `rng`; X (n, d). Memory: a few blocks, whatever q."""
    rows = min(q, block or block_rows(len(X)))
    W = np.empty((rows, X.shape[1]))
    return _gram(X, (rng.standard_normal(out=W[: min(rows, q - r)]) for r in range(0, q, rows)), rows)


def gram(X: Floats, W: Floats, block: int | None = None) -> GramDraw:
    """H(W) and M for given weights W (m, d); X (n, d). Memory: a few blocks, whatever m."""
    rows = min(len(W), block or block_rows(len(X)))
    return _gram(X, (W[r : r + rows] for r in range(0, len(W), rows)), rows)


def _gram(X: Floats, blocks: Iterable[Floats], rows: int) -> GramDraw:
    """Consumes each block, of at most `rows` neurons, before it asks for the next, so that they may share memory."""
    n = len(X)
    exponential = Exponential(rows * n)
    scaled = np.ascontiguousarray(X.T) * exponential.unit
    E, share, H = np.empty((rows, n)), np.empty((n, n)), np.zeros((n, n))
    M, neurons = 0.0, 0
    for W in blocks:
        k = len(W)
        np.matmul(W, scaled, out=E[:k])
        M = float(np.maximum(M, exponential(E[:k])))  # NaN too, which Python's max may drop
        np.matmul(E[:k].T, E[:k], out=share)  # E^T E: BLAS computes one triangle
        H += share
        neurons += k
    H *= (X @ X.T) / neurons
    return GramDraw(H, M)


def limit_gram_balls(X: Floats) -> arb_mat:
    """K (n, n) of `model.limit_gram` in balls of the working precision, the floats X (n, d) taken as exact numbers.

    K_ij = g_ij exp(g_ij) exp(g_ii/2) exp(g_jj/2), one triangle of it computed; g = X X^T by products of blocks of rows.
    """
    points, roots, lower = X.tolist(), list[arb](), list[list[arb]]()
    for first in range(0, len(points), _GRAM_ROWS):
        last = first + _GRAM_ROWS
        block = arb_mat(points[first:last]) * arb_mat(points[:last]).transpose()
        for i, row in enumerate(block.tolist(), first):
            root = (row[i] / 2).exp()
            roots.append(root)
            lower.append([g * g.exp() * (root * other) for g, other in zip(row[: i + 1], roots, strict=True)])
    return arb_mat([[*row, *(below[i] for below in lower[i + 1 :])] for i, row in enumerate(lower)])


# --- gradient descent -------------------------------------------------------------------------------------------------


class Descent(NamedTuple):
    """Where gradient descent stopped: W (m, d), e = y - F(W) (n,), its norm |e|, and the number of steps taken."""

    W: Floats
    e: Floats
    size: float
    steps: int


class _Neurons:
    """W in blocks, with exp of a block's preactivations from the store or computed into scratch."""

    def __init__(self, X: Floats, W: Floats, a: Floats, block: int | None, store: int) -> None:
        (n, _), m, q = X.shape, len(W), pairs(a)
        self.W, self.a = W, a
        rows = min(m, block or block_rows(n))
        starts = range(0, q or m, rows)
        halves = (0, q) if q else (0,)  # pairs side by side, so that their difference is taken first
        self.groups = [[slice(half + r, half + min(r + rows, q or m)) for half in halves] for r in starts]
        self._exponential = Exponential(rows * n)
        self._scaled = np.ascontiguousarray(X.T) * self._exponential.unit
        self._scratch = np.empty((rows, n))
        self._store = np.empty((min(m, store // (8 * n)), n))
        self._step = np.empty((rows, X.shape[1]))

    def features(self, s: slice, known: bool = False) -> Floats:
        """exp(<w_r, x_i>) for r in s, (len, n); `known`: W[s] is as it was at the last call for s."""
        kept = s.stop <= len(self._store)
        E = self._store[s] if kept else self._scratch[: s.stop - s.start]
        if not (kept and known):
            np.matmul(self.W[s], self._scaled, out=E)
            self._exponential.replace(E)
        return E

    def move(self, s: slice, direction: Floats) -> None:
        """Add a_r sum_i exp(<w_r, x_i>) direction_i to w_r, r in s; direction (n, d)."""
        step = np.matmul(self.features(s, known=True), direction, out=self._step[: s.stop - s.start])
        step *= self.a[s, None]
        self.W[s] += step

    def outputs(self, direction: Floats | None = None) -> Floats:
        """F(W) (n,), after a move along `direction` if there is one."""
        F = np.zeros(self._scaled.shape[1])
        for group in self.groups:
            share = np.zeros_like(F)
            for s in group:
                if direction is not None:
                    self.move(s, direction)
                share += self.a[s] @ self.features(s)
            F += share
        return F


def gd_run(
    X: Floats,
    W: Floats,
    a: Floats,
    y: Floats,
    eta: float,
    steps: int,
    *,
    stop: float = 0.0,
    observe: Observer | None = None,
    block: int | None = None,
    store: int = _STORE_BYTES,
) -> Descent:
    """Gradient descent from W (m, d), which is left as it is, for `steps` steps or until |e| <= stop or |e| overflows.

    `observe(t, W(t), e(t))` is called for t = 0 up to the last step. `store` bytes hold features between the two passes
    of a step; the neurons that do not fit are recomputed.
    """
    neurons = _Neurons(X, W.copy(), a, block, store)
    with np.errstate(over="ignore", invalid="ignore"):  # a step size too large ends as |e| = inf or NaN
        e = y - neurons.outputs()
        for t in range(steps + 1):
            if observe is not None:
                observe(t, neurons.W, e)
            size = float(np.linalg.norm(e))
            if t == steps or size <= stop or not np.isfinite(size):
                break
            e = y - neurons.outputs(direction=eta * e[:, None] * X)
    return Descent(neurons.W, e, size, t)
