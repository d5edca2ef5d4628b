"""The Laplace tail in deviation form: not vacuous where it is simulated, and its planted variants overshoot."""

from __future__ import annotations

import numpy as np
import pytest

from lemmas import model
from lemmas.gram import gram_laplace_tail as tail
from lemmas.laplace.tail import Damping


@pytest.mark.parametrize("case", tail.CASES)
def test_what_is_simulated_says_something(case: str) -> None:
    at = tail.draw(np.random.default_rng(0), case)
    assert tail.floor.measure is not None
    assert 0.1 < tail.floor.measure(at) < 1


@pytest.mark.parametrize("name", sorted(tail.lemma.faults))
def test_planted_variants_promise_more(name: str) -> None:
    variant = tail.lemma.faults[name]
    at = tail.draw(np.random.default_rng(0), variant.cases[0])
    planted, sound = variant.claim.left, tail.floor
    assert planted.measure(at) > sound.measure(at) + 0.01  # type: ignore[misc]


def test_damping_by_hand() -> None:
    """Two neurons on the line: one below the cut counts in full, one above by s^2, with s e^M = e^cut."""
    at = tail.draw(np.random.default_rng(0), "levels-n1-d1-q2-d10")
    cut, offset = tail.DAMPINGS["levels"].cut, tail.DAMPINGS["levels"].offsets[0]
    at["G"] = np.array([[1.0], [cut + offset / 2]])
    shares = np.exp(2.0) + np.exp(-2 * offset) * np.exp(2 * cut + offset)
    expected = shares / 2 / float(model.limit_gram(at["X"])[0, 0])
    assert tail.rel_damped.measure is not None
    assert tail.rel_damped.measure(at) == pytest.approx(expected)


def test_without_damping_it_is_the_gram_matrix() -> None:
    at = tail.draw(np.random.default_rng(0), "none-n3-d3-q20-d10")
    assert tail.DAMPINGS["none"] == Damping()
    plain = np.linalg.eigvalsh(np.linalg.solve(model.limit_gram(at["X"]), model.gram(at["X"], at["G"])))
    assert tail.rel_damped.measure is not None
    assert tail.rel_damped.measure(at) == pytest.approx(plain[0], rel=1e-6)
