"""What is certified, what must not be, and that the words say why."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from lemmas import data, model
from lemmas.certificate.bounds import Network
from lemmas.certificate.check import Valid, check_bytes
from lemmas.certificate.format import Certificate
from lemmas.certificate.prove import MARGIN, NotObtained, Plan, _prove, certify
from lemmas.model import Array

Problem = Callable[..., tuple[Array, Array]]


def obtained(*args: Any, **options: Any) -> Certificate:
    """The certificate, confirmed by the checker."""
    found = certify(*args, **options)
    assert isinstance(found, Certificate), found
    assert isinstance(check_bytes(found.to_bytes()), Valid)
    return found


def refusal(*args: Any, **options: Any) -> str:
    found = certify(*args, **options)
    assert isinstance(found, NotObtained), found
    return found.reason


# --- obtained --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("init", ["coupled", "independent"])
@pytest.mark.parametrize("seed", range(4))
def test_networks_as_narrow_as_gradient_descent_allows(problem: Problem, init: str, seed: int) -> None:
    obtained(*problem(10, 5, seed), width=32, init=init, seed=seed)


def test_a_wide_network_is_certified_before_the_first_step(problem: Problem) -> None:
    assert obtained(*problem(10, 5, 0), width=512, seed=0, iterate=0).origin.iterate == 0


def test_a_network_of_the_least_possible_width() -> None:
    """m rank(X) = 2n for a coupled start, which has half the rank at first."""
    ds = data.sphere(4, 2, seed=3)
    assert obtained(ds.X, ds.y, width=4, seed=0).origin.iterate > 0


@pytest.mark.parametrize(
    "ds", [data.antipodal(6, 3), data.short_norms(6, 3), data.orthonormal(5), data.circle(6)], ids=lambda ds: ds.name
)
def test_difficult_data(ds: data.DataSet) -> None:
    obtained(ds.X, ds.y, width=32, seed=1)


def test_norms_above_one_and_large_labels(problem: Problem) -> None:
    X, y = problem(3, 3, 2, scale=2.0)
    assert obtained(X, 3 * y, width=16, seed=0).bounds["nu"] >= 2


def test_float_normalised_rows_keep_their_exact_norms(problem: Problem) -> None:
    X, y = problem(10, 5, 0)
    exact = max(sum(Fraction(v) ** 2 for v in row) for row in X.tolist())
    assert exact > 1
    assert Fraction(obtained(X, y, width=64, seed=0).bounds["nu"]) ** 2 >= exact


def test_given_weights_are_certified_as_they_are(problem: Problem) -> None:
    X, y = problem(3, 3, 2)
    first = obtained(X, y, width=8, seed=5)
    again = obtained(X, y, first.weights, first.signs, iterate=0, eta=first.eta)
    assert np.array_equal(again.weights, first.weights)
    assert (again.origin.init, again.origin.seed, again.bounds) == ("given", None, first.bounds)


def test_asking_for_the_iterate_found_gives_the_same_bytes(problem: Problem) -> None:
    X, y = problem(10, 5, 1)
    first = obtained(X, y, width=32, seed=2)
    assert first.origin.iterate > 8
    assert obtained(X, y, width=32, seed=2, iterate=first.origin.iterate).to_bytes() == first.to_bytes()


def test_the_step_asked_for_is_the_step_certified(problem: Problem) -> None:
    X, y = problem(3, 3, 2)
    assert obtained(X, y, width=8, seed=5, eta=Fraction(1, 137)).eta == Fraction(1, 137)


def test_zero_labels_at_a_coupled_start_are_a_fit_already(problem: Problem) -> None:
    X, _ = problem(3, 3, 2)
    found = obtained(X, np.zeros(3), width=8, seed=0)
    assert found.origin.iterate == 0
    assert found.radius < 1e-9


def test_bounds_are_stated_with_a_margin_and_no_more(problem: Problem) -> None:
    found = obtained(*problem(3, 3, 2), width=8, seed=5)
    nu, residual = model.max_row_norm(found.X), model.residual(found.X, found.weights, found.signs, found.y)
    for name, value in (("nu", nu), ("residual", model.frobenius(residual))):
        assert 0 < float(found.bounds[name]) / value - 1 < 3 * float(MARGIN), name


@pytest.mark.parametrize(
    ("change", "why"),
    [({"radius": Decimal("0.999")}, "closing"), ({"radius": Decimal(3)}, "closing"), ({"eta": 100}, "closing")],
)
def test_balls_refuse_a_choice_that_floats_got_wrong(problem: Problem, change: dict[str, Any], why: str) -> None:
    X, y = problem(3, 3, 2)
    good = obtained(X, y, width=8, seed=5)
    net = Network(X, y, good.weights, good.signs)
    plan = Plan(good.eta, good.level, good.radius, 0.0)
    assert isinstance(_prove(net.balls(), plan), dict)
    wrong = replace(plan, **{name: getattr(plan, name) * factor for name, factor in change.items()})
    refused = _prove(net.balls(), wrong)
    assert isinstance(refused, str)
    assert why in refused


# --- not obtained ----------------------------------------------------------------------------------------------------


def test_labels_out_of_reach(problem: Problem) -> None:
    """All signs positive: F > 0, and a negative label is never fitted, however long the run."""
    X, _ = problem(3, 3, 0)
    W, signs = np.zeros((6, 3)), np.ones(6)
    assert "too large" in refusal(X, -np.ones(3), W, signs, max_steps=3000)


def test_two_labels_for_one_point() -> None:
    X = np.array([[0.6, 0.8], [0.6, 0.8]])
    assert refusal(X, np.array([1.0, -1.0]), width=8, seed=0, max_steps=2000)


def test_a_step_too_large_to_converge(problem: Problem) -> None:
    X, y = problem(10, 5, 0)
    reason = refusal(X, y, width=32, seed=0, eta=Fraction(1, 20))
    assert "overflowed" in reason
    assert "the step is too large" in reason


def test_a_step_too_large_at_a_fitted_network(problem: Problem) -> None:
    """There W is certified with a small step; with eta |J|^2 > 2 the same W is a fixed point that repels."""
    X, y = problem(3, 3, 2)
    good = obtained(X, y, width=8, seed=5)
    norm = model.spectral_norm(model.jacobian(good.X, good.weights, good.signs))
    reason = refusal(X, y, good.weights, good.signs, iterate=0, eta=Fraction(2.05 / norm**2))
    assert reason.startswith("at iterate 0 the step is too large")


def test_too_narrow_for_any_proof(problem: Problem) -> None:
    assert "m rank(X) = 2 * 3 is less than n = 7" in refusal(*problem(7, 3, 0), width=2, seed=0)


def test_a_coupled_start_has_half_the_rank(problem: Problem) -> None:
    assert "0 to rounding" in refusal(*problem(8, 3, 0), width=4, seed=0, iterate=0)


def test_an_iterate_too_early(problem: Problem) -> None:
    assert refusal(*problem(10, 5, 1), width=16, seed=0, iterate=1).startswith("at iterate 1 the residual")


def test_a_run_too_short_tells_the_last_reason(problem: Problem) -> None:
    said: list[str] = []
    reason = refusal(*problem(10, 5, 1), width=16, seed=0, max_steps=5, progress=said.append)
    assert reason == said[-1]
    assert len(said) == 6


def test_features_that_overflow() -> None:
    X, y = np.ones((1, 1)), np.zeros(1)
    assert "Gram matrix overflows" in refusal(X, y, np.array([[500.0]]), np.ones(1), iterate=0, eta=Fraction(1, 2))


def test_refusals_are_not_truth_values(problem: Problem) -> None:
    with pytest.raises(TypeError, match="truth value"):
        bool(certify(*problem(7, 3, 0), width=2))


# --- wrong use -------------------------------------------------------------------------------------------------------

X1: Array = np.eye(2)
Y1: Array = np.zeros(2)
W1: Array = np.zeros((2, 2))


@pytest.mark.parametrize(
    ("args", "options", "message"),
    [
        ((X1, Y1), {}, "either W0 and signs, or a width"),
        ((X1, Y1, W1), {}, "either W0 and signs, or a width"),
        ((X1, Y1, W1, [1, -1]), {"width": 2}, "either W0 and signs, or a width"),
        ((X1, np.zeros(3)), {"width": 2}, "shapes"),
        ((X1, Y1, np.zeros((2, 3)), [1, -1]), {}, "shapes"),
        ((X1, Y1, W1, [1]), {}, "shapes"),
        ((np.zeros(2), Y1, W1, [1, 1]), {}, "shapes"),
        ((X1, [np.nan, 0], W1, [1, -1]), {}, "finite"),
        ((X1, Y1, W1, [1, 0.5]), {}, "sign"),
        ((X1, Y1), {"width": 2, "iterate": -1}, "iterate"),
        ((X1, Y1), {"width": 2, "eta": Fraction(-1, 2)}, "eta must be positive"),
        ((X1, Y1), {"width": 2, "eta": Fraction(1, 10**300)}, "eta"),
        ((X1, Y1), {"width": 3}, "even width"),
        ((X1, Y1), {"width": 2, "fingerprint": "xyz"}, "hexadecimal"),
    ],
)
def test_wrong_use_is_told(args: Any, options: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        certify(*args, **options)


# --- how often -------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("init", ["coupled", "independent"])
@pytest.mark.parametrize("width", [16, 32, 64])
def test_at_least_nine_in_ten_runs_are_certified(problem: Problem, init: str, width: int) -> None:
    found = [certify(*problem(10, 5, seed), width=width, init=init, seed=seed) for seed in range(20)]
    assert sum(isinstance(c, Certificate) for c in found) >= 18
