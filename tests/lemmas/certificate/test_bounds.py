"""The inequalities of the certificate against what they bound, also for norms above 1 and where they are attained."""

import math
from decimal import Decimal
from typing import Any

import mpmath
import numpy as np
import pytest
from flint import arb, ctx
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lemmas import model
from lemmas.certificate import bounds
from lemmas.certificate.bounds import Network
from lemmas.model import Array


def network(seed: int, n: int, d: int, m: int, scale: float) -> Network:
    rng = np.random.default_rng(seed)
    X = scale * rng.uniform(0.3, 1, (n, 1)) * rng.standard_normal((n, d))
    return Network(X, rng.uniform(-1, 1, n), rng.standard_normal((m, d)), rng.choice([-1.0, 1.0], m))


def moved(net: Network, rng: np.random.Generator, s: float) -> Array:
    """Weights at distance s: the move spread over all neurons, or all of it in one, or along the worst data point."""
    D = rng.standard_normal(net.W.shape)
    kind = rng.integers(3)
    if kind:
        r = int((net.X @ net.W.T).max(axis=0).argmax())
        D *= np.arange(len(D))[:, None] == r
    if kind == 2:
        D[r] = net.X[(net.X @ net.W[r]).argmax()] * rng.choice([-1.0, 1.0])
    return net.W + s * D / np.linalg.norm(D)


@given(
    seed=st.integers(0, 10**6),
    scale=st.sampled_from([0.3, 1.0, 2.5]),
    s=st.floats(1e-4, 0.6),
    drop=st.sampled_from([0.0, 0.5, 1.5]),
)
@settings(max_examples=150, deadline=None)
def test_singular_values_and_curvature_on_the_ball(seed: int, scale: float, s: float, drop: float) -> None:
    net, rng = network(seed, 3, 2, 5, scale), np.random.default_rng(seed)
    m, level = bounds.measure(net), bounds.measure(net).top - drop
    sigma0, L = math.sqrt(max(bounds.sigma0_squared(net, level), 0)), m.n4 * math.exp(level)
    lipschitz = bounds.curvature(m.n4, m.top, m.nu, s)
    beta, tiny = bounds.beta(m.jacobian_norm, m.n4, m.top, m.nu, s), 1e-9 * m.jacobian_norm
    W1, W2 = moved(net, rng, s), moved(net, rng, s * rng.uniform())
    J1, J2 = (model.jacobian(net.X, W, net.signs) for W in (W1, W2))
    assert np.linalg.svd(J1)[1][-1] >= bounds.sigma_end(sigma0, L, m.nu, s) - tiny
    assert np.linalg.norm(J1, 2) <= beta + tiny
    assert np.linalg.norm(J1 - J2, 2) <= lipschitz * np.linalg.norm(W1 - W2) + tiny


@pytest.mark.parametrize("x", [0.5, 1.0, 3.0])
def test_one_point_and_one_neuron_attain_the_bounds(x: float) -> None:
    """n = m = d = 1: |J| grows exactly to beta, and J' at the end of the ball is the Lipschitz constant."""
    w, s = 0.3, 0.4
    net = Network(*(np.array(A, dtype=float) for A in ([[x]], [0.0], [[w]], [1.0])))
    m = bounds.measure(net)
    beta, lipschitz = bounds.beta(m.jacobian_norm, m.n4, m.top, m.nu, s), bounds.curvature(m.n4, m.top, m.nu, s)
    assert beta == pytest.approx(x * math.exp(x * (w + s)), rel=1e-12)
    assert lipschitz == pytest.approx(x * x * math.exp(x * (w + s)), rel=1e-12)
    drift = bounds.sigma_end(x * math.exp(x * w), m.n4 * math.exp(m.top), x, s)
    assert drift == pytest.approx(x * math.exp(x * w) * (2 - math.exp(x * s)), rel=1e-12)


def test_norms_above_one_must_not_be_taken_for_one() -> None:
    """With nu = 1 in place of nu = 3 the bound on |J| is false, so the test above can fail."""
    net = Network(*(np.array(A, dtype=float) for A in ([[3.0]], [0.0], [[0.3]], [1.0])))
    m = bounds.measure(net)
    assert bounds.beta(m.jacobian_norm, m.n4, m.top, 1.0, 0.4) < 3 * math.exp(3 * 0.7)


@given(seed=st.integers(0, 10**6), drop=st.sampled_from([0.0, 0.5, 1.5]))
@example(seed=407933, drop=0.0)  # eigenvalues from .9 to 2e8
@settings(max_examples=30, deadline=None)
def test_balls_bound_what_floats_compute(seed: int, drop: float) -> None:
    net = network(seed, 3, 2, 5, 1.0)
    rough, level = bounds.measure(net), float(bounds.measure(net).top) - drop
    with ctx.workprec(128):
        balls = bounds.measure(net.balls())
        for name in ("nu", "n4", "top", "jacobian_norm", "residual"):
            value, proved = getattr(rough, name), getattr(balls, name)
            assert abs(float(proved.upper()) - value) <= 1e-12 * max(abs(value), 1), name
        sigma_squared = bounds.sigma0_squared(net.balls(), arb(level))
    s = np.minimum(1, np.exp(level - (net.X @ net.W.T).max(axis=0)))
    damped = model.jacobian(net.X, net.W, net.signs) * np.repeat(s, 2)
    largest, *_, smallest = np.linalg.svd(damped)[1] ** 2
    rounding = 1e-11 + 1e-14 * largest  # of a bound by floats, relative to the largest eigenvalue
    assert float(sigma_squared) == pytest.approx(smallest, rel=1e-7, abs=rounding)


def test_eigenvalue_bounds_enclose_a_known_spectrum() -> None:
    S = np.array([[arb(2), arb(1)], [arb(1), arb(2)]], dtype=object)
    low, high = bounds.smallest_eigenvalue(S), bounds.largest_eigenvalue(S)
    assert 1 - 1e-12 < low <= 1
    assert 3 <= high < 3 + 1e-12


@pytest.mark.parametrize(("nu", "s"), [(0.5, 0.3), (1.0, 1e-7), (2.0, 0.7)])
def test_reach_is_the_integral_of_the_drift(nu: float, s: float) -> None:
    sigma0, L = 3.0, 1.7
    with mpmath.workdps(40):
        exact = mpmath.quad(lambda u: sigma0 - L * mpmath.expm1(nu * u) / nu, [0, s])
    assert bounds.reach(sigma0, L, nu, s) == pytest.approx(float(exact), rel=1e-10)
    with ctx.workprec(128):
        ball = bounds.reach(arb(sigma0), arb(L), arb(nu), arb(s))
    assert float(ball) == pytest.approx(float(exact), rel=1e-14)


def test_never_weaker_than_one_lipschitz_constant_for_the_whole_ball() -> None:
    for seed in range(20):
        net = network(seed, 4, 3, 6, 1.0)
        m, s = bounds.measure(net), 0.05
        sigma0 = math.sqrt(bounds.sigma0_squared(net, m.top))
        crude = model.spectral_norm(net.X) * m.nu * math.exp(m.top + m.nu * s)
        assert bounds.curvature(m.n4, m.top, m.nu, s) <= crude * (1 + 1e-12)
        assert bounds.reach(sigma0, m.n4 * math.exp(m.top), m.nu, s) >= sigma0 * s - crude * s * s / 2


def test_step_factor_is_the_stated_expression() -> None:
    args: tuple[Any, ...] = (Decimal("0.01"), Decimal(3), Decimal(5), Decimal("0.4"))
    assert bounds.step_factor(*args) == 1 - Decimal("0.01") * 9 / 2 - 5 * Decimal("0.01") * Decimal("0.4") / 2
