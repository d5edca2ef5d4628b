"""The closed forms against rigorous quadrature (one dimension) and Gauss-Hermite quadrature (two dimensions)."""

import math

import numpy as np
import pytest
from flint import acb, arb, arb_mat, ctx

from lemmas.laplace.integrals import (
    EXP,
    Feature,
    contract_one,
    contract_two,
    kernel,
    pair_moments,
    second_moment,
    slab_matrices,
    upper_tail,
)
from lemmas.model import limit_gram

F, G_ = Feature(1.0, 0.3), Feature(2.0, 0.6)
POINTS = np.array([[0.9, 0.1], [-0.3, 0.7], [0.4, 0.4]])


def hermite(nodes: int = 90) -> tuple[np.ndarray, np.ndarray]:
    """Points (nodes², 2) and weights of the Gauss-Hermite rule for N(0, I_2): exact up to about 1e-12 here."""
    x, w = np.polynomial.hermite_e.hermegauss(nodes)
    w = w / w.sum()
    return np.array([(a, b) for a in x for b in x]), np.outer(w, w).ravel()


def value(f: Feature, z: np.ndarray) -> np.ndarray:
    return np.exp(f.alpha * z - f.gamma * z * z / 2)


def as_balls(X: np.ndarray) -> np.ndarray:
    return np.array([[arb(x) for x in row] for row in X.tolist()], dtype=object)


@pytest.mark.parametrize(("f", "g"), [(F, F), (F, G_), (EXP, F), (EXP, EXP), (Feature(0.0, 0.4), G_)])
def test_contractions_agree_with_two_dimensional_quadrature(f: Feature, g: Feature) -> None:
    w, weight = hermite()
    z = w @ POINTS.T
    a, b, D = value(f, z), value(g, z), np.exp(z)
    G = POINTS @ POINTS.T
    middle = np.linalg.inv(kernel(G))
    pair = np.einsum("t,ti,tj->ij", weight, a, b)
    one = np.einsum("t,ti,ik,tk,kj,tj->ij", weight, a, G, D, middle, b, optimize=True)
    two = np.einsum("t,ti,ik,tk,kl,tl,jl,tj->ij", weight, a, G, D, middle, D, G, b, optimize=True)
    np.testing.assert_allclose(pair_moments(G, f, g), pair, rtol=1e-9)
    np.testing.assert_allclose(contract_one(G, f, g, G, middle), one, rtol=1e-8, atol=1e-9)
    np.testing.assert_allclose(contract_two(G, f, g, G, middle), two, rtol=1e-8, atol=1e-8)


def test_kernel_is_the_limiting_gram_matrix() -> None:
    np.testing.assert_allclose(kernel(POINTS @ POINTS.T), limit_gram(POINTS), rtol=1e-13)


def line_integral(linear: arb, quadratic: arb, low: arb | int = -40, high: arb | int = 40) -> arb:
    """∫ exp(linear w - quadratic w²/2) φ(w) dw, rigorous; |linear| ≤ 10, so that |w| ≥ 40 adds at most a known tail."""
    inside = acb.integral(lambda w, _: (linear * w - (1 + quadratic) * w * w / 2).exp(), acb(low), acb(high))
    beyond = (abs(low) == 40) + (abs(high) == 40)
    tail = beyond * arb(-400).exp()  # e^{linear w - w²/2} ≤ e^{-w²/4} there
    return inside.real / (2 * arb.pi()).sqrt() + arb(0, tail.upper())


LINE = [arb(0.75), arb(-0.5)]


@pytest.mark.parametrize(("f", "g"), [(F, F), (F, G_), (EXP, F)])
def test_contractions_in_balls_meet_rigorous_quadrature(f: Feature, g: Feature) -> None:
    """P, R and S for two collinear points, where every expectation is an integral over one variable."""
    with ctx.workprec(100):
        X = np.array([[x] for x in LINE], dtype=object)
        G = X @ X.T
        middle = np.array(arb_mat(kernel(G).tolist()).inv().tolist(), dtype=object)
        S, pair = contract_two(G, f, g, G, middle), pair_moments(G, f, g)
        for i, x in enumerate(LINE):
            for j, y in enumerate(LINE):
                a, c = x * f.alpha + y * g.alpha, x * x * f.gamma + y * y * g.gamma
                expected = sum(
                    G[i, k] * G[j, m] * middle[k, m] * line_integral(a + LINE[k] + LINE[m], c)
                    for k in range(2)
                    for m in range(2)
                )
                assert S[i, j].overlaps(expected)
                assert pair[i, j].overlaps(line_integral(a, c))
                assert abs(S[i, j] - expected) < arb("1e-12")


def test_slabs_in_balls_meet_rigorous_quadrature() -> None:
    edges = (0.25, 0.75, math.inf)
    with ctx.workprec(100):
        X = np.array([[x] for x in LINE], dtype=object)
        G = X @ X.T
        mass, B = slab_matrices(G, kernel(G), edges)
        for point, x in enumerate(LINE):
            for k in range(2):
                outer = 40 if math.isinf(edges[k + 1]) else edges[k + 1] / abs(x)
                ends = (edges[k] / abs(x), outer) if x > 0 else (-outer, -edges[k] / abs(x))
                assert mass[point, k].overlaps(line_integral(arb(0), arb(0), *ends))
                expected = G[0, 1] * line_integral(LINE[0] + LINE[1], arb(0), *ends)
                assert abs(B[point, k, 0, 1] - expected) < arb("1e-12")


def test_slabs_agree_with_samples() -> None:
    """Entry by entry within six standard errors, a different rule for each slab: a swapped point or edge is seen."""
    rng = np.random.default_rng(7)
    z = rng.standard_normal((200_000, 2)) @ POINTS.T
    G = POINTS @ POINTS.T
    edges = (0.2, 0.6, math.inf)
    mass, B = slab_matrices(G, kernel(G), edges)
    for point in range(3):
        for k in range(2):
            inside = (z[:, point] > edges[k]) & (z[:, point] <= edges[k + 1])
            sample = G[None] * np.exp(z[:, :, None] + z[:, None, :]) * inside[:, None, None]
            error = sample.std(axis=0) / math.sqrt(len(z))
            assert np.all(np.abs(sample.mean(axis=0) - B[point, k]) <= 6 * error)
            assert abs(inside.mean() - mass[point, k]) <= 6 * math.sqrt(mass[point, k] / len(z))


def test_slabs_add_up_to_the_kernel() -> None:
    G = POINTS @ POINTS.T
    K = kernel(G)
    mass, B = slab_matrices(G, K, (-30.0, 0.1, 0.9, math.inf))
    np.testing.assert_allclose(mass.sum(axis=1), 1)
    np.testing.assert_allclose(B.sum(axis=1), np.broadcast_to(K, (3, 3, 3)))


@pytest.mark.parametrize("shared", [True, False])
def test_balls_contain_what_floats_approximate(shared: bool) -> None:
    g = F if shared else G_
    X = as_balls(POINTS)
    with ctx.workprec(100):
        G = X @ X.T
        middle = np.array(arb_mat(kernel(G).tolist()).inv().tolist(), dtype=object)
        balls = contract_two(G, F, g, G, middle)
        assert all(x.rad() < arb("1e-20") for x in balls.ravel())
    floats = contract_two(POINTS @ POINTS.T, F, g, POINTS @ POINTS.T, np.linalg.inv(kernel(POINTS @ POINTS.T)))
    np.testing.assert_allclose(balls.astype(float), floats, rtol=1e-11)


def test_second_moment_is_the_stated_quadruple_sum() -> None:
    G = POINTS @ POINTS.T
    inverse = np.linalg.inv(kernel(G))
    total = np.zeros((3, 3))
    for i, j, k, m in np.ndindex(3, 3, 3, 3):
        length = np.sum((POINTS[i] + POINTS[j] + POINTS[k] + POINTS[m]) ** 2)
        total[i, j] += G[i, k] * G[j, m] * inverse[k, m] * math.exp(length / 2)
    np.testing.assert_allclose(second_moment(G, inverse), total, rtol=1e-11)


def test_upper_tail_is_one_half_at_zero_and_keeps_small_values() -> None:
    assert upper_tail(np.array([0.0]))[0] == 0.5
    ball = upper_tail(np.array([arb(30)], dtype=object))[0]
    assert float(ball) == pytest.approx(upper_tail(np.array([30.0]))[0], rel=1e-12)


def test_negative_gamma_is_refused() -> None:
    with pytest.raises(ValueError, match="gamma"):
        Feature(1.0, -0.1)
