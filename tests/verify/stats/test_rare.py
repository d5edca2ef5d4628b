import dataclasses
import math
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import quad
from scipy.stats import chi2, lognorm, norm

from verify.stats.rare import Estimate, LognormalSum, asmussen_kroese, big_jump, subset_simulation

Method = Callable[..., Estimate]

METHODS: tuple[Method, ...] = (asmussen_kroese, big_jump)


def two_summands(threshold: float, sigma: float) -> float:
    """Both above threshold/2, or one below it and the other makes up the rest (twice)."""
    law = lognorm(sigma)
    half = math.log(threshold / 2) / sigma
    rest, _ = quad(lambda z: norm.pdf(z) * law.sf(threshold - math.exp(sigma * z)), -10, half, epsabs=0, limit=200)
    return float(law.sf(threshold / 2) ** 2 + 2 * rest)


def bracket(threshold: float, sigma: float, count: int, cells: int) -> tuple[float, float]:
    """Rigorous up to rounding: every summand rounded down, then up, to a grid of mesh threshold/cells."""
    edges = threshold / cells * np.arange(cells + 1)
    mass = np.diff(lognorm(sigma).cdf(edges))  # mass[j] between edges j and j + 1; the rest exceeds the threshold
    total = np.array([1.0])
    for _ in range(count):
        total = np.convolve(total, mass)[: cells + 1]
    above_down = 1 - total.sum()  # index sum <= cells: rounded-down sum at most the threshold
    above_up = 1 - total[: max(cells - count + 1, 0)].sum()
    return float(above_down), float(above_up)


def agrees(estimate: Estimate, exact: float) -> bool:
    return abs(estimate.value - exact) <= 4.5 * estimate.standard_error


@pytest.mark.parametrize("threshold", [2.0, 50.0, 1e6])
def test_one_summand_is_known(threshold: float) -> None:
    law = LognormalSum(1, 2.0, 0.5)
    exact = float(norm.sf((math.log(threshold) - 0.5) / 2.0))
    conditional = asmussen_kroese(law, threshold, draws=10, rng=np.random.default_rng(0))
    assert conditional.value == pytest.approx(exact, rel=1e-12)
    assert agrees(big_jump(law, threshold, draws=20_000, rng=np.random.default_rng(0)), exact)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("threshold", "sigma"), [(3.0, 0.5), (20.0, 1.0), (1e4, 2.0), (1e12, 2.0)])
def test_two_summands_against_the_integral(method: Method, threshold: float, sigma: float) -> None:
    exact = two_summands(threshold, sigma)
    estimate = method(LognormalSum(2, sigma), threshold, draws=100_000, rng=np.random.default_rng(5))
    assert agrees(estimate, exact), (estimate, exact)
    assert estimate.standard_error < 0.05 * exact


@pytest.mark.parametrize("method", METHODS)
def test_five_summands_against_a_bracket(method: Method) -> None:
    lower, upper = bracket(60.0, 1.0, 5, 6000)
    assert upper - lower < 0.01 * lower
    estimate = method(LognormalSum(5, 1.0), 60.0, draws=40_000, rng=np.random.default_rng(6))
    room = 4.5 * estimate.standard_error
    assert lower - room <= estimate.value <= upper + room
    assert room < 0.2 * lower


def test_the_bracket_would_catch_a_wrong_number_of_summands() -> None:
    _, upper = bracket(60.0, 1.0, 4, 2000)
    lower, _ = bracket(60.0, 1.0, 5, 2000)
    assert upper < 0.9 * lower


def test_subset_simulation_of_a_half_space() -> None:
    exact = float(norm.sf(4.5))
    estimate = subset_simulation(lambda z: z[:, 0], 3, 4.5, rng=np.random.default_rng(7), repeats=20)
    assert agrees(estimate, exact)
    assert estimate.standard_error < 0.2 * exact


def test_subset_simulation_of_a_shell() -> None:
    exact = float(chi2(5).sf(30.0))
    estimate = subset_simulation(lambda z: (z**2).sum(axis=1), 5, 30.0, rng=np.random.default_rng(8), repeats=20)
    assert agrees(estimate, exact)
    assert estimate.standard_error < 0.2 * exact


def test_subset_simulation_of_a_lognormal_sum() -> None:
    exact = two_summands(60.0, 1.0)
    estimate = subset_simulation(lambda z: np.exp(z).sum(axis=1), 2, 60.0, rng=np.random.default_rng(9), repeats=20)
    assert agrees(estimate, exact)
    assert estimate.standard_error < 0.2 * exact


def test_a_common_event_needs_no_level() -> None:
    estimate = subset_simulation(lambda z: z[:, 0], 1, 0.0, rng=np.random.default_rng(10))
    assert agrees(estimate, 0.5)
    assert estimate.evaluations == 10 * 1000


def test_a_score_that_cannot_reach_the_threshold_is_an_error() -> None:
    with pytest.raises(RuntimeError, match="stuck"):
        subset_simulation(lambda z: np.sign(z[:, 0]), 1, 2.0, rng=np.random.default_rng(11))


def test_evaluations_are_counted() -> None:
    seen = 0

    def score(z: NDArray[np.float64]) -> NDArray[np.float64]:
        nonlocal seen
        seen += len(z)
        return z[:, 0]

    estimate = subset_simulation(score, 1, 3.0, rng=np.random.default_rng(12), repeats=2)
    assert estimate.evaluations == seen > 2000


def test_an_estimate_is_never_a_verdict() -> None:
    estimate = Estimate(0.5, 0.1, "by hand", 3)
    assert estimate.kind == "estimate"
    with pytest.raises(TypeError, match="not a verdict"):
        bool(estimate)
    with pytest.raises(TypeError):
        Estimate(0.5, 0.1, "by hand", 3, kind="supported")  # type: ignore[call-arg]
    with pytest.raises(dataclasses.FrozenInstanceError):
        estimate.kind = "supported"  # type: ignore[misc, assignment]


def test_misuse() -> None:
    rng = np.random.default_rng(0)
    for method in METHODS:
        with pytest.raises(ValueError, match="threshold"):
            method(LognormalSum(2, 1.0), 0.0, draws=10, rng=rng)
        with pytest.raises(ValueError, match="draws"):
            method(LognormalSum(2, 1.0), 1.0, draws=1, rng=rng)
    with pytest.raises(ValueError, match="sigma"):
        LognormalSum(2, 0.0)
    with pytest.raises(ValueError, match="underflows"):
        big_jump(LognormalSum(2, 1e-3), 10.0, draws=10, rng=rng)
    with pytest.raises(ValueError, match="particles"):
        subset_simulation(lambda z: z[:, 0], 1, 1.0, rng=rng, particles=15)


def test_no_check_can_see_an_estimate() -> None:
    """Estimates cannot yield a verdict: no other module of the package imports them."""
    import verify

    root = Path(next(iter(verify.__path__)))
    users = [
        file
        for file in root.rglob("*.py")
        if re.search(r"import.*\brare\b|\brare import", file.read_text(encoding="utf-8"))
    ]
    assert {file.relative_to(root).as_posix() for file in users} <= {"stats/__init__.py", "stats/rare.py"}
