"""The certificate: it agrees with the floats where both exist, refuses what is too narrow, and never rounds down."""

import math
from dataclasses import replace

import numpy as np
import pytest
from flint import arb, arb_mat, ctx, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from lemmas import data
from lemmas.laplace import balls
from lemmas.laplace.balls import certify_width, price_upper, prove_width, reach_ball, resolvent_upper
from lemmas.laplace.integrals import kernel
from lemmas.laplace.pencil import objects, pencil_upper
from lemmas.laplace.tail import Damping, LaplaceTail, Points, resolvent_blocks
from lemmas.laplace.width import OFFSETS, SHARP, SIMPLE, Search, reach
from verify.balls.eigen import ball_matrix, midpoints

DELTA = fmpq(1, 10)
SETS = [data.sphere(2, 2), data.short_norms(3, 3), data.antipodal(4, 3), data.collinear()]


@pytest.mark.parametrize("points", SETS, ids=lambda points: points.name)
def test_the_searched_width_is_proved_and_two_neurons_less_are_not(points: data.DataSet) -> None:
    norm_y = arb(points.n).sqrt()
    width, proof = prove_width(points.X, norm_y, DELTA)
    assert proof["holds"]
    assert proof["reason"] == ""
    assert proof["m"] == width.m
    assert float(proof["failure_upper"]) == pytest.approx(math.exp(width.log_failure), rel=1e-3)
    assert proof["failure_upper"] <= arb(DELTA)
    narrower = certify_width(points.X, norm_y, DELTA, width.m - 2, width.parameters)
    assert not narrower["holds"]
    assert "below delta" in narrower["reason"]


def test_the_constants_bound_the_floats_closely() -> None:
    X = data.sphere(5, 3, 0).X
    search = Search(X, math.sqrt(5), 0.1)
    width = search.best(Damping(offsets=OFFSETS))
    proof = certify_width(X, arb(5).sqrt(), DELTA, width.m, width.parameters)
    assert float(proof["lambda_lower"]) == pytest.approx(search.points.smallest, rel=1e-6)
    assert proof["lambda_lower"] <= arb(search.points.smallest + 1e-12)
    assert float(proof["n4_upper"]) == pytest.approx(search.n4, rel=1e-6)
    assert proof["nu_upper"] == 1
    ball = reach_ball(arb(proof["sigma"]), proof["n4_upper"] * arb(width.parameters.damping.cut).exp(), arb(1))
    assert arb("0.95") * ball > arb(5).sqrt()


def test_rows_a_little_longer_than_one_are_paid_for() -> None:
    X = np.array([[1.0, 0.0], [0.6, 0.8000000001]])
    _, proof = prove_width(X, arb(2).sqrt(), DELTA)
    assert proof["holds"]
    assert proof["nu_upper"] > 1


def test_rational_data_are_taken_as_they_are() -> None:
    X = [[fmpq(3, 5), fmpq(4, 5)], [fmpq(1), fmpq(0)], [fmpq(-1, 3), fmpq(2, 3)]]
    parameters = Search(np.array(X, dtype=float), math.sqrt(3), 0.1).best(Damping(offsets=OFFSETS)).parameters
    proof = certify_width(X, arb(3).sqrt(), DELTA, 4000, parameters)
    assert proof["holds"]
    assert proof["nu_upper"] - 1 < arb("1e-30")


def test_larger_labels_or_smaller_delta_spoil_the_proof() -> None:
    X = data.sphere(2, 2).X
    width, proof = prove_width(X, arb(2).sqrt(), DELTA)
    assert proof["holds"]
    assert not certify_width(X, 2 * arb(2).sqrt(), DELTA, width.m, width.parameters)["holds"]
    assert not certify_width(X, arb(2).sqrt(), fmpq(1, 100), width.m, width.parameters)["holds"]


def test_the_crude_hard_cut_is_certified_too() -> None:
    X = data.sphere(3, 3, 1).X
    width = Search(X, math.sqrt(3), 0.1).best(Damping(crude=True), SIMPLE)
    assert certify_width(X, arb(3).sqrt(), DELTA, width.m, width.parameters)["holds"]
    assert not certify_width(X, arb(3).sqrt(), DELTA, width.m - 2, width.parameters)["holds"]


def test_an_unconverged_drift_is_not_passed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Were the float root too small, the reach is not certified and nothing holds."""
    X = data.sphere(2, 2).X
    width = Search(X, math.sqrt(2), 0.1).best(Damping(offsets=OFFSETS))
    monkeypatch.setattr(balls, "needed_sigma", lambda *_: 1e-3)
    proof = certify_width(X, arb(2).sqrt(), DELTA, width.m, width.parameters)
    assert not proof["holds"]
    assert "reach" in proof["reason"]


def test_bad_requests_are_refused() -> None:
    X = data.sphere(2, 2).X
    parameters = Search(X, math.sqrt(2), 0.1).best(Damping(offsets=OFFSETS)).parameters
    for m in (0, -2, 7):
        with pytest.raises(ValueError, match="even"):
            certify_width(X, 1, DELTA, m, parameters)
    for norm_y, delta in ((0, DELTA), (-1, DELTA), (1, 0), (1, 1)):
        with pytest.raises(ValueError, match="need norm_y_bound"):
            certify_width(X, norm_y, delta, 100, parameters)
    for bad in (replace(parameters, c=1.0), replace(parameters, theta=-1.0), replace(parameters, damping=Damping())):
        with pytest.raises(ValueError, match="parameters"):
            certify_width(X, 1, DELTA, 100, bad)
    with pytest.raises(ArithmeticError):
        certify_width(np.array([[0.6, 0.8], [0.6, 0.8]]), 1, DELTA, 100, parameters)


@pytest.mark.slow
def test_twenty_points() -> None:
    points = data.sphere(20, 10, 0)
    width, proof = prove_width(points.X, arb(20).sqrt(), DELTA)
    assert proof["holds"]
    assert proof["m"] == width.m


# --- the pieces ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("damping", [Damping(0.8), Damping(0.8, crude=True), Damping(0.8, OFFSETS)])
def test_matrices_enclose_the_float_bounds(damping: Damping) -> None:
    points = data.sphere(4, 3, 0)
    floats = Points.of(points.X)
    tail = LaplaceTail(floats, resolvent_blocks(floats.G, floats.inverse, *SHARP), damping)
    with ctx.workprec(128):
        G = objects(ball_matrix(points.X) * ball_matrix(points.X).transpose())
        K = kernel(G)
        blocks = resolvent_blocks(G, objects(ball_matrix(K).inv()), *SHARP)
        resolvent, price = resolvent_upper(K, blocks, arb(0.3)), price_upper(G, K, damping, arb(0.3))
        assert all(x.rad() < arb("1e-15") for x in (*resolvent.entries(), *price.entries()))
    np.testing.assert_allclose(midpoints(resolvent), tail.resolvent(0.3), atol=1e-8)
    np.testing.assert_allclose(midpoints(price), tail.price(0.3), atol=1e-8)


def test_a_useless_trial_vector_still_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """With trial vectors 0 the resolvent bound is K itself and a slab costs 2(1-s²)/(1+s²) of its mass: both larger."""
    points = data.sphere(3, 3, 1)
    with ctx.workprec(128):
        G = objects(ball_matrix(points.X) * ball_matrix(points.X).transpose())
        K = kernel(G)
        blocks = resolvent_blocks(G, objects(ball_matrix(K).inv()), *SIMPLE)
        best = midpoints(resolvent_upper(K, blocks, arb(0.3)) + price_upper(G, K, Damping(0.8), arb(0.3)))
        zero = arb_mat(3, 3)
        monkeypatch.setattr(balls, "_float_matrix", lambda _: zero)
        worst = midpoints(resolvent_upper(K, blocks, arb(0.3)) + price_upper(G, K, Damping(0.8), arb(0.3)))
    assert np.linalg.eigvalsh(worst - best)[0] > 0


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 5), st.integers(0, 10**6), st.floats(-3, 1))
def test_pencil_bounds_are_above_and_close(n: int, seed: int, spread: float) -> None:
    """N = RᵀDR and K = RᵀR with exact integers R have the eigenvalues D."""
    rng = np.random.default_rng(seed)
    R = rng.integers(-9, 10, (n, n)).astype(float) + 40 * np.eye(n)
    D = np.sort(np.round(10.0 ** (spread * rng.random(n)), 6))
    with ctx.workprec(128):
        left = ball_matrix(R)
        bounds = pencil_upper(left.transpose() * ball_matrix(np.diag(D)) * left, left.transpose() * left)
    assert all(bound >= arb(float(value)) for bound, value in zip(bounds, D, strict=True))
    np.testing.assert_allclose([float(bound) for bound in bounds], D, rtol=1e-9, atol=1e-9)


def test_pencil_without_a_whitening_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scipy.linalg.eigh", lambda *_: (np.ones(2), np.diag([1.0, 2.0])))
    with pytest.raises(ArithmeticError, match="whiten"):
        pencil_upper(ball_matrix(np.eye(2)), ball_matrix(np.eye(2)))


def test_an_indefinite_pencil_is_refused() -> None:
    with pytest.raises(ArithmeticError, match="semidefinite"):
        pencil_upper(ball_matrix(np.diag([-0.5, 1.0])), ball_matrix(np.eye(2)))


def test_a_poor_whitening_costs_but_never_lies(monkeypatch: pytest.MonkeyPatch) -> None:
    rough = np.array([[1.0, 0.05], [-0.02, 0.97]])
    monkeypatch.setattr("scipy.linalg.eigh", lambda *_: (np.array([0.5, 0.8]), rough))
    bounds = pencil_upper(ball_matrix(np.diag([0.5, 0.8])), ball_matrix(np.eye(2)))
    assert bounds[0] >= arb(0.5)
    assert bounds[1] >= arb(0.8)


def test_reach_in_balls_is_reach() -> None:
    for sigma, L, nu in [(3.0, 2.0, 1.0), (0.5, 4.0, 1.25)]:
        assert float(reach_ball(arb(sigma), arb(L), arb(nu))) == pytest.approx(reach(sigma, L, nu), rel=1e-12)
