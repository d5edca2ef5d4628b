"""The fast kernels against the readable model, at every block size and on both branches of the exponential."""

import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType

import numpy as np
import pytest
from flint import arb, ctx
from hypothesis import given, settings
from hypothesis import strategies as st

from lemmas import data, kernels, model
from lemmas.kernels import Exponential, Floats, Way


def rng(seed: int) -> np.random.Generator:
    return np.random.Generator(np.random.SFC64(np.random.SeedSequence(seed)))


def exp_of(z: Floats, way: Way) -> tuple[Floats, float]:
    exponential = Exponential(z.size, way)
    assert exponential.way == way
    u = z * exponential.unit
    largest = exponential(u)
    return u, largest


# --- the exponential --------------------------------------------------------------------------------------------------

has_numba = find_spec("numba") is not None
WAYS = [pytest.param("numba", marks=pytest.mark.skipif(not has_numba, reason="needs numba")), "table", "NumPy"]


@pytest.mark.parametrize("way", WAYS)
def test_exponential_is_within_1e15_of_exact_balls(way: Way) -> None:
    near_edges = np.nextafter(np.array([-8.0, 8.0]), 0)
    ties = np.arange(-40, 40) / 4096  # halfway between table entries, where the cubic is worst
    z = np.concatenate(
        [rng(0).uniform(-8, 8, 3000), rng(1).standard_normal(3000), near_edges, ties, [0.0, -0.0, 1e-300]]
    )
    got, largest = exp_of(z, way)
    assert largest == np.abs(z).max()
    with ctx.workprec(100):
        worst = max(abs(arb(g) / arb(x).exp() - 1).upper() for g, x in zip(got.tolist(), z.tolist(), strict=True))
    assert float(worst) < 1e-15


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("outlier", [8.0, -8.0, 8.01, -9.0, 20.0, -30.0, -700.0, 1e4, -1e4, np.inf, -np.inf])
def test_exponential_outside_the_table(way: Way, outlier: float) -> None:
    z = np.append(np.linspace(-3, 3, 101), outlier)
    with np.errstate(over="ignore"):
        got, largest = exp_of(z, way)
        np.testing.assert_allclose(got, np.exp(z), rtol=1e-14)
    assert largest == abs(outlier)


@pytest.mark.parametrize("way", WAYS)
def test_exponential_keeps_nan_visible(way: Way) -> None:
    got, largest = exp_of(np.array([0.5, np.nan, -1.0]), way)
    assert np.isnan(largest)
    assert np.isnan(got).tolist() == [False, True, False]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("method", ["__call__", "replace"])
def test_exponential_takes_contiguous_floats_or_says_so(way: Way, method: str) -> None:
    """A copy would be exponentiated in the place of these, or a table for doubles be read with single precision."""
    for u in (np.zeros((30, 20), order="F"), np.zeros((4, 3, 2)).transpose(1, 0, 2), np.zeros((3, 4))[:, :2]):
        with pytest.raises(ValueError, match="C-contiguous"):
            getattr(Exponential(1000, way), method)(u)
        assert not u.any()
    with pytest.raises(ValueError, match="float64"):
        getattr(Exponential(1000, way), method)(np.zeros(3, dtype=np.float32))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("shape", [0, (0, 5), (5, 0)])
def test_exponential_of_nothing(way: Way, shape: int | tuple[int, int]) -> None:
    assert Exponential(1000, way)(np.empty(shape)) == 0
    Exponential(1000, way).replace(np.empty(shape))


@pytest.fixture
def forgetful() -> Iterator[None]:
    """Whether numba works is found out anew, before and after the test."""
    kernels.compiled_exp.cache_clear()
    yield
    kernels.compiled_exp.cache_clear()


@pytest.mark.usefixtures("forgetful")
def test_without_numba_the_table_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernels, "_has_vector_exp", lambda: False)
    monkeypatch.setitem(sys.modules, "numba", None)
    assert [kernels.fastest_way(size) for size in (100, 10_000, 100_000)] == ["NumPy", "table", "table"]


@pytest.mark.usefixtures("forgetful")
def test_numba_that_fails_is_told_once_and_the_table_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernels, "_has_vector_exp", lambda: False)
    broken = ModuleType("numba")
    broken.__spec__ = ModuleSpec("numba", None)
    monkeypatch.setitem(sys.modules, "numba", broken)  # is there, but has nothing in it
    monkeypatch.delitem(sys.modules, "lemmas.compiled", raising=False)
    with pytest.warns(RuntimeWarning, match="numba does not work"):
        assert kernels.fastest_way(100_000) == "table"
    assert kernels.fastest_way(100_000) == "table"


@pytest.mark.skipif(not has_numba, reason="needs numba")
def test_numba_serves_wide_networks_unless_numpy_has_vector_instructions(monkeypatch: pytest.MonkeyPatch) -> None:
    for vectors, expected in ((False, ["NumPy", "table", "numba"]), (True, ["NumPy"] * 3)):
        monkeypatch.setattr(kernels, "_has_vector_exp", lambda vectors=vectors: vectors)
        assert [kernels.fastest_way(size) for size in (100, 10_000, 100_000)] == expected


@pytest.mark.skipif(not has_numba, reason="needs numba")
@pytest.mark.parametrize(("neurons", "loaded"), [(5000, False), (20_000, True)])
def test_numba_is_not_loaded_for_small_jobs(neurons: int, loaded: bool) -> None:
    program = f"""
import sys
import numpy as np
from lemmas import kernels
kernels._has_vector_exp = lambda: False
kernels.gram_trial(np.eye(10), {neurons}, np.random.default_rng(0))
print("numba" in sys.modules)
"""
    run = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert run.stdout.strip() == str(loaded)


@pytest.mark.parametrize("size", [0.0, 1e-300, 1e-17, 1e-9, 1e-5, 1e-3, 0.1, 0.3, 0.5, 0.51, 3.0])
def test_multiplying_by_small_exponentials_is_within_1e15_of_exact_balls(size: float) -> None:
    u = size * np.append(rng(2).uniform(-1, 1, 300), [1.0, -1.0])
    values = rng(3).standard_normal(302)
    got = values.copy()
    kernels.multiply_by_exp(got, u, np.empty_like(u))
    with ctx.workprec(100):
        exact = [arb(v) * arb(x).exp() for v, x in zip(values.tolist(), u.tolist(), strict=True)]
        worst = max(abs(arb(g) / e - 1).upper() for g, e in zip(got.tolist(), exact, strict=True))
    assert float(worst) < 1e-15


@pytest.mark.parametrize("outlier", [np.nan, np.inf, -np.inf, 800.0])
def test_multiplying_by_exponentials_leaves_what_is_no_number_visible(outlier: float) -> None:
    got = np.array([2.0, 3.0])
    with np.errstate(over="ignore"):
        kernels.multiply_by_exp(got, np.array([1e-3, outlier]), np.empty(2))
        np.testing.assert_allclose(got, [2 * np.exp(1e-3), 3 * np.exp(outlier)], rtol=1e-15)


# --- the limiting Gram matrix in balls --------------------------------------------------------------------------------


@pytest.mark.parametrize("bits", [64, 300])
def test_limit_gram_in_balls_encloses_the_same_numbers_as_the_model(bits: int) -> None:
    X = np.vstack([data.sphere(6, 3).X, np.zeros((1, 3)), [[1e-9, -2.0, 3.0]]])
    exact = np.array([[arb(v) for v in row] for row in X.tolist()], dtype=object)
    with ctx.workprec(bits):
        found, expected = kernels.limit_gram_balls(X), model.limit_gram(exact)
        assert all(g.overlaps(e) for g, e in zip(found.entries(), expected.flat, strict=True))
        assert all(float(g.rad()) <= 2.0 ** (8 - bits) * abs(float(g)) for g in found.entries())
    got = found.tolist()
    assert [[float(g) for g in row] for row in got] == [[float(g) for g in column] for column in zip(*got, strict=True)]


# --- draws of the Gram matrix -----------------------------------------------------------------------------------------


@given(st.integers(1, 9), st.integers(1, 7), st.integers(1, 70), st.integers(1, 80), st.integers(0, 2**20))
@settings(max_examples=80, deadline=None)
def test_gram_trial_is_the_gram_matrix_of_the_stream(n: int, d: int, q: int, block: int, seed: int) -> None:
    X = rng(seed).uniform(-1, 1, (n, d)) / np.sqrt(d)
    got = kernels.gram_trial(X, q, rng(seed + 1), block)
    W = rng(seed + 1).standard_normal((q, d))
    np.testing.assert_allclose(got.H, model.gram(X, W), rtol=1e-12, atol=1e-14)
    assert got.M == pytest.approx(model.max_abs_preactivation(X, W), rel=1e-14)
    given_weights = kernels.gram(X, W, block)
    assert np.array_equal(given_weights.H, got.H)
    assert given_weights.M == got.M


def test_block_size_changes_neither_the_draw_nor_the_stream_after_it() -> None:
    X = data.sphere(20, 10).X
    results, tails = [], []
    for block in (1, 7, 128, 1000, None):
        stream = rng(3)
        results.append(kernels.gram_trial(X, 1000, stream, block))
        tails.append(stream.integers(2**62))
    assert len(set(tails)) == 1
    for result in results[1:]:
        np.testing.assert_allclose(result.H, results[0].H, rtol=1e-12)
        assert result.M == pytest.approx(results[0].M, rel=1e-14)


def test_gram_trial_is_exactly_symmetric_and_repeatable() -> None:
    X = data.sphere(30, 20).X
    first, second = (kernels.gram_trial(X, 3000, rng(4)) for _ in range(2))
    assert np.array_equal(first.H, second.H)
    assert np.array_equal(first.H, first.H.T)


def test_gram_trial_memory_does_not_grow_with_the_width() -> None:
    X = data.sphere(30, 20).X
    tracemalloc.start()
    kernels.gram_trial(X, 40_000, rng(5), block=500)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1e6  # all features at once would be 9.6 MB


@pytest.mark.parametrize("way", WAYS)
def test_kernels_compute_the_model_whatever_evaluates_exp(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernels, "fastest_way", lambda size: way)
    X, W, a, y, eta = start(5, 3, 600, coupled=True, seed=8)
    H, M = kernels.gram(X, W, block=250)
    np.testing.assert_allclose(H, model.gram(X, W), rtol=1e-12)
    assert pytest.approx(model.max_abs_preactivation(X, W), rel=1e-14) == M
    got = kernels.gd_run(X, W, a, y, eta, 10, block=250)
    np.testing.assert_allclose(got.W, model.gd(X, W, a, y, eta, 10), rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("block", [1, 2, 10])
@pytest.mark.parametrize("entry", [np.nan, np.inf, -np.inf])
def test_weights_that_are_no_numbers_show_in_the_largest_argument(
    way: Way, block: int, entry: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kernels, "fastest_way", lambda size: way)
    W = np.ones((5, 3))
    W[2, 1] = entry
    for X in (np.eye(3), np.ones((2, 3))):  # inf * 0 is NaN, inf * 1 is not
        with np.errstate(invalid="ignore", over="ignore"):
            np.testing.assert_equal(kernels.gram(X, W, block).M, model.max_abs_preactivation(X, W))


# --- gradient descent -------------------------------------------------------------------------------------------------


def start(n: int, d: int, m: int, coupled: bool, seed: int) -> tuple[Floats, Floats, Floats, Floats, float]:
    """(X, W, a, y, eta) with eta a quarter of 1/|J(W(0))|^2."""
    X = data.sphere(n, d, seed).X
    y = rng(seed).uniform(-1, 1, n)
    W, a = rng(seed + 1).standard_normal((m, d)), rng(seed + 2).choice([-1.0, 1.0], m)
    if coupled:
        W, a = model.coupled(W[: m // 2])
    return X, W, a, y, 0.25 / model.spectral_norm(model.jacobian(X, W, a)) ** 2


@pytest.mark.parametrize("coupled", [True, False])
@pytest.mark.parametrize("store", [0, 8 * 5 * 30, 1 << 20])
@pytest.mark.parametrize("block", [1, 7, 64, None])
def test_gd_run_takes_the_steps_of_the_model(coupled: bool, store: int, block: int | None) -> None:
    X, W, a, y, eta = start(5, 3, 60, coupled, 0)
    before = W.copy()
    got = kernels.gd_run(X, W, a, y, eta, 25, block=block, store=store)
    expected = model.gd(X, W, a, y, eta, 25)
    assert np.array_equal(W, before)
    assert got.steps == 25
    np.testing.assert_allclose(got.W, expected, rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(got.e, model.residual(X, expected, a, y), rtol=1e-11, atol=1e-12)
    assert np.linalg.norm(got.e) < 0.9 * np.linalg.norm(model.residual(X, W, a, y))


@given(st.integers(1, 12), st.integers(2, 8), st.integers(1, 60), st.integers(1, 70), st.integers(0, 2**20))
@settings(max_examples=60, deadline=None)
def test_coupled_start_has_the_labels_as_exact_residual(n: int, d: int, q: int, block: int, seed: int) -> None:
    X, W, a, y, eta = start(n, d, 2 * q, coupled=True, seed=seed)
    assert np.array_equal(kernels.gd_run(X, W, a, y, eta, 0, block=block).e, y)


def test_gd_run_stops_at_the_first_small_residual() -> None:
    X, W, a, y, eta = start(5, 3, 200, coupled=True, seed=1)
    sizes: list[float] = []
    got = kernels.gd_run(
        X, W, a, y, eta, 5000, stop=0.01, observe=lambda t, W, e: sizes.append(float(np.linalg.norm(e)))
    )
    assert got.steps == len(sizes) - 1 < 5000
    assert sizes[-1] <= 0.01 < min(sizes[:-1])
    assert got.size == sizes[-1] == np.linalg.norm(got.e)


def test_gd_run_stops_at_once_where_nothing_is_left_to_do() -> None:
    X, W, a, y, eta = start(5, 3, 20, coupled=True, seed=6)
    got = kernels.gd_run(X, W, a, 0 * y, eta, 100)
    assert (got.steps, got.size) == (0, 0.0)


def test_gd_run_shows_the_observer_the_path() -> None:
    X, W, a, y, eta = start(4, 3, 20, coupled=False, seed=2)
    seen: list[tuple[int, Floats, Floats]] = []
    kernels.gd_run(X, W, a, y, eta, 4, block=6, observe=lambda t, W, e: seen.append((t, W.copy(), e.copy())))
    reference: list[tuple[int, Floats, Floats]] = []
    model.gd(X, W, a, y, eta, 4, observe=lambda t, W, e: reference.append((t, W, e)))
    assert [t for t, _, _ in seen] == [0, 1, 2, 3, 4]
    for (_, W_got, e_got), (_, W_ref, e_ref) in zip(seen, reference, strict=True):
        np.testing.assert_allclose(W_got, W_ref, rtol=1e-13)
        np.testing.assert_allclose(e_got, e_ref, rtol=1e-11, atol=1e-13)


def test_gd_run_ends_a_divergence_instead_of_spreading_nan() -> None:
    X, W, a, y, eta = start(5, 3, 50, coupled=True, seed=3)
    got = kernels.gd_run(X, W, a, y, 1e3 * eta, 1000, stop=1e-3)
    assert got.steps < 1000
    assert not np.isfinite(got.size)


def test_gd_run_memory_is_bounded_by_the_store() -> None:
    X = data.sphere(30, 20).X
    W, a = model.coupled(rng(4).standard_normal((5000, 20)))
    peaks = []
    for store in (0, 1 << 20):
        tracemalloc.start()
        kernels.gd_run(X, W, a, np.ones(30), 1e-6, 1, block=100, store=store)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[0] < W.nbytes + 3e5  # a copy of the weights and a few blocks; all features would be 2.4 MB
    assert peaks[0] + 0.9e6 < peaks[1] < peaks[0] + (1 << 20) + 1e5
