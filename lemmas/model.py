"""The network, its Jacobian and Gram matrices, and gradient descent, written to be read.

Model and notation follow Gao, Mahadevan and Song, "An Over-parameterized Exponential Regression" (arXiv:2303.16504):
F(W, x) = sum_r a_r exp(<w_r, x>), signs a_r in {-1, +1} that are never trained, no factor 1/sqrt(m), and the loss
L(W) = |F(W) - y|^2 / 2. Shapes, throughout:

    X (n, d)   data, row i is x_i             a (m,)   signs
    W (m, d)   weights, row r is w_r          y (n,)   labels
    E (n, m)   features, E_ir = exp(<w_r, x_i>)

Every function works on float64 arrays and on object arrays of `flint.arb` alike: a formula is written once, and on
balls it yields an enclosure of the exact value. `lemmas.kernels` computes the same quantities fast.
"""

from collections.abc import Callable, Iterator
from functools import reduce
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]  # float64, or object with entries of type flint.arb
Scalar = Any  # float or flint.arb, as the array it was computed from

Observer = Callable[[int, Array, Array], None]  # (t, W(t), e(t))


# --- the network -----------------------------------------------------------------------------------------------------


def preactivations(X: Array, W: Array) -> Array:
    """(n, m): entry i, r is <w_r, x_i>."""
    return X @ W.T


def features(X: Array, W: Array) -> Array:
    """E (n, m), E_ir = exp(<w_r, x_i>)."""
    return np.exp(preactivations(X, W))


def coupled(W_half: Array) -> tuple[Array, Array]:
    """(W, a) of the coupled initialization (Munteanu, Omlor, Song, Woodruff 2022): equal weights, opposite signs.

    W_half (q, d) gives m = 2q neurons; neuron r and neuron q + r are a pair, the first q signs are +1.
    """
    ones = np.ones(len(W_half))
    return np.concatenate([W_half, W_half]), np.concatenate([ones, -ones])


def pairs(a: Array) -> int:
    """q if the second half of the signs a (2q,) is minus the first half, as `coupled` lays them out; else 0."""
    q, odd = divmod(len(a), 2)
    return q if not odd and bool((a[:q] == -a[q:]).all()) else 0


def network(X: Array, W: Array, a: Array) -> Array:
    """F(W) (n,). Where neurons come in pairs, each pair is subtracted first: a coupled start gives exact zeros."""
    q = pairs(a)
    return _outputs(_features(X, W, q), a, q)


def _features(X: Array, W: Array, q: int) -> Array:
    """E (n, m), with q pairs of neurons one half at a time: only products of one shape round alike."""
    return np.concatenate((features(X, W[:q]), features(X, W[q:])), axis=1) if q else features(X, W)


def _outputs(E: Array, a: Array, q: int) -> Array:
    """F (n,) of features E (n, m)."""
    return (E[:, :q] - E[:, q:]) @ a[:q] if q else E @ a


def residual(X: Array, W: Array, a: Array, y: Array) -> Array:
    """e = y - F(W), (n,)."""
    return y - network(X, W, a)


def loss(X: Array, W: Array, a: Array, y: Array) -> Scalar:
    """L(W) = |y - F(W)|^2 / 2."""
    e = residual(X, W, a, y)
    return (e * e).sum() / 2


def gradient(X: Array, W: Array, a: Array, y: Array) -> Array:
    """(m, d): row r is the derivative of the loss by w_r, -a_r sum_i e_i exp(<w_r, x_i>) x_i."""
    return gradient_at(X, W, a, residual(X, W, a, y))


def gradient_at(X: Array, W: Array, a: Array, e: Array) -> Array:
    """The same, the residual e (n,) being given."""
    G: Array = -a[:, None] * ((e[:, None] * features(X, W)).T @ X)
    return G


def directional_derivative(X: Array, W: Array, a: Array, y: Array, V: Array) -> Scalar:
    """d/dt L(W + t V) at t = 0, forward: each F_i moves by sum_r a_r exp(<w_r, x_i>) <v_r, x_i>."""
    moves = (features(X, W) * (X @ V.T)) @ a
    return -(residual(X, W, a, y) * moves).sum()


def jacobian(X: Array, W: Array, a: Array) -> Array:
    """J (n, m*d), the derivative of F: row i is (a_r exp(<w_r, x_i>) x_i)_r, neuron after neuron."""
    blocks: Array = (a * features(X, W))[:, :, None] * X[:, None, :]
    return blocks.reshape(len(X), -1)


# --- Gram matrices ---------------------------------------------------------------------------------------------------


def gram(X: Array, W: Array) -> Array:
    """H(W) (n, n), H_ij = (1/m) sum_r <x_i, x_j> exp(<w_r, x_i + x_j>); J J^T = m H whatever the signs."""
    E = features(X, W)
    H: Array = (X @ X.T) * (E @ E.T) / len(W)
    return H


def limit_gram(X: Array) -> Array:
    """K (n, n), the mean of H over w_r ~ N(0, I): K_ij = <x_i, x_j> exp(|x_i + x_j|^2 / 2)."""
    G = X @ X.T
    squares = np.diagonal(G)
    K: Array = G * np.exp(G + (squares[:, None] + squares[None, :]) / 2)
    return K


# --- measures --------------------------------------------------------------------------------------------------------


def is_ball(A: Array) -> bool:
    """Whether the entries are balls (an object array) rather than floats."""
    return A.dtype == object


def maximum(A: Array) -> Scalar:
    """The largest entry; for balls, an enclosure of the largest exact value."""
    return reduce(lambda x, y: x.max(y), A.flat) if is_ball(A) else float(A.max())


def positive_part(A: Array) -> Array:
    """max(a, 0) for every entry a."""
    return np.vectorize(lambda a: a.max(0), otypes=[object])(A) if is_ball(A) else np.maximum(A, 0.0)


def at_most(x: Scalar, bound: Scalar) -> bool:
    """Whether x <= bound; ValueError if two balls overlap so that neither answer is certain."""
    if x <= bound:
        return True
    if x > bound:
        return False
    raise ValueError(f"cannot decide whether {x} <= {bound}: more precision is needed")


def square_root(x: Scalar) -> Scalar:
    """Square root of a quantity that is exactly non-negative, though the ball around it may reach below zero."""
    return x.nonnegative_part().sqrt() if hasattr(x, "nonnegative_part") else float(np.sqrt(x))


def frobenius(A: Array) -> Scalar:
    """Frobenius norm of a matrix, Euclidean norm of a vector."""
    # a product, not a power: x ** 2 of a ball around zero is NaN
    return square_root((A * A).sum())


def spectral_norm(A: Array) -> Scalar:
    """Largest singular value of A (k, l): rounded for floats, enclosed for balls (EnclosureError if they are wide)."""
    if not is_ball(A):
        return float(np.linalg.svd(A, compute_uv=False)[0])  # a third of what the norm of order 2 takes
    from verify.balls.eigen import enclose_spectral_norm  # float work should not load ball arithmetic

    return enclose_spectral_norm(A)


def lambda_min(S: Array) -> Scalar:
    """Smallest eigenvalue of a symmetric S (k, k): rounded for floats, enclosed for balls (or EnclosureError)."""
    if not is_ball(S):
        return float(np.linalg.eigvalsh(S)[0])
    from verify.balls.eigen import enclose_extreme

    return enclose_extreme(S, "min")


def max_preactivation(X: Array, W: Array) -> Scalar:
    """max_{r,i} <w_r, x_i>, one-sided."""
    return maximum(preactivations(X, W))


def max_abs_preactivation(X: Array, W: Array) -> Scalar:
    """M = max_{r,i} |<w_r, x_i>|."""
    return maximum(abs(preactivations(X, W)))


def max_row_norm(A: Array) -> Scalar:
    """max_i |A_i| over the rows of A (k, l): for X, the bound on |x_i|."""
    return square_root(maximum((A * A).sum(axis=1)))


def max_neuron_move(W: Array, W0: Array) -> Scalar:
    """max_r |w_r - w_r(0)|."""
    return max_row_norm(W - W0)


def hadamard_norm(X: Array) -> Scalar:
    """n_4 = |G o G|^(1/2) with G = X X^T: |X^T diag(v) X|_F <= n_4 |v|, and n_4 <= |X| when all |x_i| <= 1."""
    G = X @ X.T
    return square_root(spectral_norm(G * G))


# --- gradient descent ------------------------------------------------------------------------------------------------


def gd_step(X: Array, W: Array, a: Array, y: Array, eta: Scalar) -> Array:
    """W - eta * gradient, (m, d)."""
    W_next: Array = W - eta * gradient(X, W, a, y)
    return W_next


def descent(X: Array, W: Array, a: Array, y: Array, eta: Scalar) -> Iterator[tuple[Array, Array]]:
    """Gradient descent from W(0) = W: (W(t), e(t)) for t = 0, 1, ...; features of a step serve both e and the step."""
    q = pairs(a)
    while True:
        E = _features(X, W, q)
        e = y - _outputs(E, a, q)
        yield W, e
        W = W + eta * (a[:, None] * ((e[:, None] * E).T @ X))


def gd(X: Array, W: Array, a: Array, y: Array, eta: Scalar, steps: int, observe: Observer | None = None) -> Array:
    """W(steps) of gradient descent from W(0) = W; `observe(t, W(t), e(t))` is called for t = 0, ..., steps."""
    for t, (W_t, e) in enumerate(islice(descent(X, W, a, y, eta), steps + 1)):
        if observe is not None:
            observe(t, W_t, e)
    return W_t


def run(X: Array, W: Array, a: Array, y: Array, eta: Scalar, steps: int) -> tuple[Array, Array]:
    """All of gradient descent from W(0) = W: W(0), ..., W(steps), (steps+1, m, d), and the residuals, (steps+1, n)."""
    path, residuals = zip(*islice(descent(X, W, a, y, eta), steps + 1), strict=True)
    return np.array(path), np.array(residuals)
