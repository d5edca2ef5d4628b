"""Damped neurons: the closed forms of the bounds against their definitions, by quadrature on the line."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
import sympy as sp

from lemmas.laplace import trials
from lemmas.laplace.tail import Damping, LaplaceTail, Points, resolvent_blocks
from lemmas.laplace.width import SHARP
from lemmas.notation import damped
from lemmas.notation.damped import SQUARE, damped_gram, price_entry, resolvent_entry, theta
from lemmas.notation.symbols import i, j, s
from verify.proof.evaluate import evaluate

LINE = {"one": np.array([[0.8]]), "two": np.array([[0.9], [-0.5]])}
DAMPING = Damping(0.4, (0.3, 0.9))


def instance(name: str, off: float) -> dict[str, Any]:
    """The best trial, or one ``off`` it."""
    at = trials.best(LINE[name], 0.3, DAMPING, SHARP)
    return {**at, "X": LINE[name], **{key: off * at[key] for key in ("V1", "V2", "T", "T_top")}}


def mean(entry: Any, at: dict[str, Any], nodes: int) -> Any:
    """E of an entry over one Gaussian vector on the line, at (1, 1) and (1, n): Gauss-Legendre between the jumps."""
    jumps = sorted({float(e / x) for e in at["edge"] for x in at["X"][:, 0]})
    points, weights = np.polynomial.legendre.leggauss(nodes)
    ends, found = [-9.0, *jumps, 11.0], np.zeros(2)
    for low, high in itertools.pairwise(ends):
        for point, weight in zip((high - low) * points / 2 + (high + low) / 2, weights * (high - low) / 2, strict=True):
            one = {**at, "G": np.array([[point]])}
            values = [evaluate(entry, one, {i: 1, j: column, s: 1}) for column in (1, len(at["X"]))]
            found += weight * np.exp(-(point**2) / 2) / np.sqrt(2 * np.pi) * np.array(values)
    return found


@pytest.mark.parametrize("inner", [1, 2])
@pytest.mark.parametrize("name", LINE)
def test_closed_forms_of_the_resolvent_bound(name: str, inner: int) -> None:
    """Also with theta doubled beside S."""
    at = instance(name, 0.7)
    expected = trials.resolvent_matrix(at, inner)[0]
    assert mean(resolvent_entry(inner * theta), at, 24) == pytest.approx(expected[[0, -1]], rel=1e-6, abs=1e-8)


@pytest.mark.parametrize(("taken", "whole"), [(1 - SQUARE, False), (sp.S.One, True)])
@pytest.mark.parametrize("name", LINE)
def test_closed_forms_of_the_price(name: str, taken: sp.Expr, whole: bool) -> None:
    """Also without the factor 1 - s_k^2."""
    at = instance(name, 0.7)
    expected = trials.price_matrix(at, whole)[0]
    assert mean(price_entry(taken), at, 24) == pytest.approx(expected[[0, -1]], rel=1e-6, abs=1e-8)


def test_best_trial_is_what_the_width_is_searched_with() -> None:
    X = np.array([[1.0, 0.0], [0.6, 0.8], [-0.6, 0.8]])
    at = {**trials.best(X, 0.3, DAMPING, SHARP), "X": X}
    points = Points.of(X)
    searched = LaplaceTail(points, resolvent_blocks(points.G, points.inverse, *SHARP), DAMPING)
    assert np.linalg.eigvalsh(trials.bound_matrix(at)) == pytest.approx(searched.eigenvalues(0.3), rel=1e-7)


@pytest.mark.parametrize("exponent", [0.1, 1.0])
def test_the_transform_of_one_point(exponent: float) -> None:
    """Sampled, and in balls; the bounds lie above."""
    at = {**trials.best(LINE["one"], exponent, DAMPING, SHARP), "X": LINE["one"]}
    g = np.random.default_rng(0).standard_normal(400_000)
    share = np.exp(2 * 0.8 * g - 2 * 0.64)
    weights = trials.damping_weight({**at, "G": g[:, None]})
    kept, lost = np.exp(-exponent * share), np.exp(-exponent * weights**2 * share) - np.exp(-exponent * share)
    assert trials.transform(at) == pytest.approx(kept.mean(), abs=4 * kept.std() / 600)
    assert trials.damped_loss(at) == pytest.approx(lost.mean(), abs=4 * lost.std() / 600)
    assert trials.transform(at) <= trials.resolvent_matrix(at)[0, 0]
    assert trials.damped_loss(at) <= trials.price_matrix(at)[0, 0]


def test_weights_by_hand() -> None:
    """Two neurons on the line: one below the cut counts in full, one above by s^2, with s e^M = e^cut."""
    X, G = np.array([[1.0]]), np.array([[0.2], [0.5]])
    at = {**trials.best(X, 0.3, DAMPING, SHARP), "X": X, "G": G}
    assert trials.damping_weight(at) == pytest.approx([1.0, np.exp(-0.3)])
    expected = (np.exp(0.4) + np.exp(-0.6) * np.exp(1.0)) / 2
    assert damped_gram(at)[0, 0] == pytest.approx(expected)
    squares = evaluate(damped.WEIGHT2, at, {s: 2})
    assert squares == pytest.approx(np.exp(-0.6))


def test_nothing_is_left_beyond_the_last_level() -> None:
    X, G = np.array([[1.0]]), np.array([[5.0]])
    at = {**trials.best(X, 0.3, DAMPING, SHARP), "X": X, "G": G}
    assert damped_gram(at)[0, 0] == 0
    assert evaluate(damped.WEIGHT2, at, {s: 1}) == 0
