"""The closed form of K, by quadrature in balls and by tilted sampling: three ways that share nothing."""

from __future__ import annotations

import numpy as np
import pytest

from lemmas import data, model
from lemmas.quadrature import exponential_mean
from verify.balls.exact import ball

DRAWS = 40_000
NAMED = data.named()


def sampled(x: model.Array, y: model.Array, rng: np.random.Generator) -> tuple[float, float]:
    """The mean of <x, y> e^{<w, x + y>} and its standard error, drawn around half the direction x + y.

    Under the tilt w ~ N(v/2, I) a draw counts e^{-<v, w>/2 + |v|^2/8}: plain draws would miss what the mean lives on.
    """
    v = x + y
    w = rng.standard_normal((DRAWS, len(x))) + v / 2
    values = (x @ y) * np.exp(w @ v - w @ v / 2 + v @ v / 8)
    return float(values.mean()), float(values.std() / np.sqrt(DRAWS))


@pytest.mark.parametrize("name", ["sphere-5-3-s0", "short-norms-8-4-s0", "antipodal-6-3-s0", "circle-5"])
def test_closed_form_quadrature_and_tilted_sampling_agree(name: str) -> None:
    X = NAMED[name].X
    K, rng = model.limit_gram(X), np.random.default_rng(7)
    for i, j in [(0, 0), (0, 1), (1, 2), (2, 2)]:
        integral = ball(float(X[i] @ X[j])) * exponential_mean(ball(float(np.linalg.norm(X[i] + X[j]))))
        assert K[i, j] == pytest.approx(float(integral.mid()), rel=1e-12, abs=1e-13)
        mean, error = sampled(X[i], X[j], rng)
        assert abs(mean - K[i, j]) <= 5 * error + 1e-12
        assert error <= 0.02 * abs(K[i, j]) + 1e-12  # the sample could tell a wrong entry


def test_sampling_tells_an_entry_that_is_five_percent_off() -> None:
    X = NAMED["sphere-5-3-s0"].X
    mean, error = sampled(X[0], X[1], np.random.default_rng(8))
    assert abs(mean - 1.05 * model.limit_gram(X)[0, 1]) > 5 * error
