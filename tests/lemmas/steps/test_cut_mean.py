"""Closed forms of the mean of a cut share, against quadrature and against draws."""

from __future__ import annotations

import numpy as np
import pytest
from flint import arb
from scipy.integrate import quad
from scipy.stats import norm

from lemmas import model
from lemmas.steps.cut_mean import mean_of_cut, tail
from lemmas.steps.cut_shares import lam_cut


def integrated(c: np.ndarray, level: float, i: int, j: int) -> float:
    """E c_i c_j e^{(c_i + c_j) g} over the g with all c_k g <= level, by quadrature."""
    ends = [level / v for v in c if v > 0] + [12.0], [level / v for v in c if v < 0] + [-12.0]
    low, high = max(ends[1]), min(ends[0])
    if low >= high or (level < 0 and (c == 0).any()):
        return 0.0
    return float(c[i] * c[j] * quad(lambda z: np.exp((c[i] + c[j]) * z) * norm.pdf(z), low, high)[0])


@pytest.mark.parametrize("points", [[1.0], [0.7, -0.4], [1.0, 0.5, -1.0], [0.5, 0.0, 0.25]])
@pytest.mark.parametrize("level", [-0.5, 0.0, 1.3, 4.0])
def test_points_on_a_line(points: list[float], level: float) -> None:
    c = np.array(points)
    found = mean_of_cut(c[:, None], level)
    expected = [[integrated(c, level, i, j) for j in range(len(c))] for i in range(len(c))]
    assert found == pytest.approx(np.array(expected), rel=1e-8, abs=1e-10)


def test_orthogonal_points() -> None:
    """Against the mean of 200000 draws, within six standard errors."""
    X, level = np.diag([1.0, 0.5, 0.8]), 0.9
    Z = np.random.default_rng(0).standard_normal((200_000, 3)) @ X.T
    kept = np.all(Z <= level, axis=1)
    shares = np.diag(X @ X.T)[None, :] * np.exp(2 * Z) * np.asarray(kept)[:, None]
    found = mean_of_cut(X, level)
    assert np.count_nonzero(found - np.diag(np.diag(found))) == 0
    error = shares.std(axis=0) / np.sqrt(len(Z))
    assert np.all(abs(np.diag(found) - shares.mean(axis=0)) < 6 * error)


def test_far_level_cuts_nothing() -> None:
    for X in (np.array([[1.0], [-0.5]]), np.eye(2)):
        assert mean_of_cut(X, 60.0) == pytest.approx(model.limit_gram(X))


def test_other_data_are_refused() -> None:
    with pytest.raises(NotImplementedError, match="closed form"):
        mean_of_cut(np.array([[1.0, 0.0], [0.6, 0.8]]), 1.0)


@pytest.mark.parametrize("X", [np.array([[0.75], [-0.5]]), np.diag([0.5, 1.0])])
def test_balls_enclose_floats(X: np.ndarray) -> None:
    balls = np.vectorize(lambda v: arb(float(v)), otypes=[object])(X)
    for level in (0.25, 2.5):
        found, floats = mean_of_cut(balls, arb(level)), mean_of_cut(X, level)
        assert all(abs(float(b.mid()) - f) < 1e-12 for b, f in zip(found.flat, floats.flat, strict=True))
        at = {"X": balls, "B1": arb(level)}
        assert lam_cut.measure is not None
        assert float(lam_cut.measure(at).mid()) == pytest.approx(float(np.linalg.eigvalsh(floats)[0]), abs=1e-9)
    assert float(tail(arb(1)).mid()) == pytest.approx(norm.sf(1.0)) == pytest.approx(tail(1.0))
