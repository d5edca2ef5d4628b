"""The quantities and inequalities of a certificate, written once, for floats (a pre-test) and for balls (the proof).

The theorem is this project's explicit version of the Newton-Kantorovich argument for gradient descent. Let W be the
start, e = y - F(W), nu >= max |x_i|, G = X X^T, n4 >= |G o G|^(1/2), M_r = max_i <w_r, x_i>, and `level` any real
number. Damp block r of the Jacobian J(W) by s_r = min(1, exp(level - M_r)). Let sigma0 > 0 be at most the smallest
singular value of the damped Jacobian, and L >= n4 exp(level). Then on the ball |W' - W|_F <= s

    sigma_min(J(W')) >= sigma0 - L (exp(nu s) - 1)/nu.                                                     (drift)

For damping blocks only lowers sigma_min, |X^T diag(v) X|_F = (v^T (G o G) v)^(1/2) <= n4 |v|, and |<w'_r - w_r, x_i>|
<= nu |w'_r - w_r|, so that the damped block r moves by at most s_r n4 exp(M_r) (exp(nu |w'_r - w_r|) - 1)/nu.
Undamped, the same gives a bound beta on |J| and a Lipschitz constant `curvature` of J on the ball.

With c = 1 - eta beta^2/2 - eta curvature |e|/2, a step of gradient descent inside the ball obeys |e(t+1)| <= |e(t)| -
eta c |J^T e(t)|^2/|e(t)|, so a path of length s removes from the residual at least c times the integral of (drift)
over [0, s], called `reach`. Hence, if c > 0, if (drift) is positive at s = radius, and if

    c reach(radius) > |e|,                                                                                 (closing)

then no step leaves the ball (shorten the one that would until it ends on the sphere: its residual would be negative),
and |e(t+1)| <= (1 - rate) |e(t)| for every t, where rate = eta c sigma_end^2 and sigma_end is (drift) at s = radius.

Nothing asks for |x_i| <= 1: with X/nu, nu W and nu^2 eta in place of X, W and eta this is the case nu = 1. And it is
never weaker than the version with one Lipschitz constant Lambda = |X| nu exp(B + nu s), B = max_r M_r, for the whole
ball: take level = B and use n4 <= nu |X|.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from flint import arb

from lemmas import model
from lemmas.model import Array, Scalar
from verify.balls.eigen import lambda_min_lower


@dataclass(frozen=True, eq=False)
class Network:
    """Data X (n, d), labels y (n,), weights W (m, d) and signs (m,), all floats or all balls."""

    X: Array
    y: Array
    W: Array
    signs: Array

    def balls(self) -> Network:
        """The same numbers as exact balls."""
        return Network(_balls(self.X), _balls(self.y), _balls(self.W), _balls(self.signs))


@dataclass(frozen=True)
class Measures:
    """What the theorem needs to know of a network apart from sigma0; from balls, every entry is an upper bound."""

    nu: Scalar
    n4: Scalar
    top: Scalar
    jacobian_norm: Scalar
    residual: Scalar


def _balls(A: Array) -> Array:
    return np.array([arb(float(v)) for v in A.flat], dtype=object).reshape(A.shape)


def smallest_eigenvalue(S: Array) -> Scalar:
    """lambda_min of a symmetric S (n, n): rounded for floats; a lower bound (or EnclosureError) for balls."""
    return lambda_min_lower(S) if model.is_ball(S) else model.lambda_min(S)


def largest_eigenvalue(S: Array) -> Scalar:
    """lambda_max of a symmetric S (n, n): rounded for floats, an upper bound for balls."""
    return -smallest_eigenvalue(-S)


def measure(net: Network) -> Measures:
    """nu, n4, top = max_r M_r, |J(W)| and |e| of a network."""
    G = net.X @ net.X.T
    E = model.features(net.X, net.W)
    return Measures(
        nu=model.max_row_norm(net.X),
        n4=model.square_root(largest_eigenvalue(G * G)),
        top=model.max_preactivation(net.X, net.W),
        jacobian_norm=model.square_root(largest_eigenvalue(G * (E @ E.T))),
        residual=model.frobenius(model.residual(net.X, net.W, net.signs, net.y)),
    )


def damped_gram(net: Network, level: Scalar) -> Array:
    """The damped J J^T = G o (E S^2 E^T), S = diag(s_r), (n, n); in floats, for levels (k, 1), k of them, (k, n, n)."""
    Z = model.preactivations(net.X, net.W)
    excess = model.positive_part(np.array([model.maximum(z) for z in Z.T]) - level)  # (M_r - level)_+
    E = np.exp(Z) * np.exp(-excess)[..., None, :]
    damped: Array = (net.X @ net.X.T) * (E @ E.swapaxes(-1, -2))
    return damped


def sigma0_squared(net: Network, level: Scalar) -> Scalar:
    """The smallest eigenvalue of the damped J J^T; a lower bound for balls."""
    return smallest_eigenvalue(damped_gram(net, level))


def stretch(nu: Scalar, s: Scalar) -> Scalar:
    """(exp(nu s) - 1)/nu, the integral of exp(nu u) over u from 0 to s."""
    return np.expm1(nu * s) / nu


def curvature(n4: Scalar, top: Scalar, nu: Scalar, s: Scalar) -> Scalar:
    """The Lipschitz constant of J on the ball of radius s, over all neurons."""
    return n4 * np.exp(top + nu * s)


def beta(jacobian_norm: Scalar, n4: Scalar, top: Scalar, nu: Scalar, s: Scalar) -> Scalar:
    """The bound on |J| on the ball of radius s."""
    return jacobian_norm + n4 * np.exp(top) * stretch(nu, s)


def step_factor(eta: Scalar, beta: Scalar, curvature: Scalar, residual: Scalar) -> Scalar:
    """c, the share of the first-order decrease that a step of size eta keeps."""
    return 1 - eta * (beta * beta + curvature * residual) / 2


def sigma_end(sigma0: Scalar, L: Scalar, nu: Scalar, s: Scalar) -> Scalar:
    """The bound on sigma_min(J) on the ball of radius s."""
    return sigma0 - L * stretch(nu, s)


def reach(sigma0: Scalar, L: Scalar, nu: Scalar, s: Scalar) -> Scalar:
    """The integral of `sigma_end` over radii from 0 to s."""
    return sigma0 * s - L * (stretch(nu, s) - s) / nu
