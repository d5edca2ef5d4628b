"""The benchmark measures what it says; how fast anything is, no test asserts."""

import json
import sys
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from lemmas import data, kernels, model
from lemmas.bench import balls, measure, workers


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    """A run on toy sizes, which takes the same paths as a real one."""
    rounds, m = 1, 2000
    with threadpool_limits(limits=1, user_api="blas"):
        measured: dict[str, Any] = {
            "quick": True,
            "machine": measure.machine(),
            "gram": measure.gram(m, rounds),
            "descent": measure.descent(m, 2, rounds),
            "workers": workers.gains(m, rounds),
            "cost": measure.cost(m, rounds),
            "memory": measure.memory("trial", 300, 100, m),
            "enclosure_memory": measure.memory("enclosure", 40, 5),
            "peers": measure.peer_trials(m, rounds),
            "boxes": balls.boxes(Fraction(1, 100)),
            "eigenvalues": balls.eigenvalues(((20, 20), (40, 20), (30, 3))),
        }
    return measured


def test_results_are_plain_data_and_ratios_fit_the_times(found: dict[str, Any]) -> None:
    assert json.loads(json.dumps(found)) == found
    for job in (found["gram"], found["descent"]):
        assert job["limit_ms"] == pytest.approx(sum(job["parts_ms"].values()))
        assert job["of_limit"] == pytest.approx(job["limit_ms"] / job["kernel_ms"])
        assert job["over_plain"] == pytest.approx(job["plain_ms"] / job["kernel_ms"])
        assert min(job["parts_ms"].values()) > 0
    assert set(found["gram"]["parts_ms"]) == {"random", "preactivations", "exp", "syrk"}
    assert set(found["descent"]["parts_ms"]) == {"preactivations", "exp", "gemv", "gradient"}
    assert set(found["workers"]) == {"matmul", "gram", "descent"}
    assert {row["n"] for row in found["cost"]} == {25, 50, 100, 200}
    for row in found["cost"]:
        assert row["ns_per_feature"] == pytest.approx(1e6 * row["ms"] / (row["n"] * row["m"]))


def test_boxes_are_counted_on_a_certificate_that_succeeds(found: dict[str, Any]) -> None:
    boxes = found["boxes"]
    assert boxes["status"] == "proved"
    assert boxes["boxes"] > 100
    assert boxes["per_second"] == pytest.approx(boxes["boxes"] / boxes["seconds"])
    assert balls.boxes(Fraction(1, 1000))["boxes"] > boxes["boxes"]


def test_eigenvalues_are_those_of_the_limiting_gram_matrix(found: dict[str, Any]) -> None:
    assert [(row["n"], row["d"]) for row in found["eigenvalues"]] == [(20, 20), (40, 20), (30, 3)]
    for row in found["eigenvalues"][:2]:
        K = model.limit_gram(data.sphere(row["n"], row["d"]).X)
        assert row["lambda"] == pytest.approx(np.linalg.eigvalsh(K)[0], rel=1e-6)
        assert 0 < row["build_seconds"]


def test_enclosure_memory_sees_the_balls_of_the_matrix(found: dict[str, Any]) -> None:
    if sys.platform == "linux":
        assert found["enclosure_memory"]["peak_mb"] > 40 * 40 * 48 / 1e6


@pytest.mark.skipif(sys.platform != "linux", reason="peak memory is read from /proc")
def test_memory_probe_sees_the_blocks_of_a_trial(found: dict[str, Any]) -> None:
    blocks = 4 * kernels.block_rows(300) * 300 * 8 / 1e6  # features and the scratch of the exponential
    assert blocks / 4 < found["memory"]["peak_mb"] < 200


def test_plain_versions_compute_the_same_as_the_kernels() -> None:
    points = data.sphere(6, 4)
    H, M = measure.plain_gram(points.X, 300, largest=True)
    W = np.random.default_rng(0).standard_normal((300, 4))
    expected = kernels.gram(points.X, W)
    np.testing.assert_allclose(H, expected.H, rtol=1e-12)
    assert pytest.approx(expected.M) == M
    assert np.isnan(measure.plain_gram(points.X, 300, largest=False)[1])
    W, a = model.coupled(W)
    y = np.asarray(points.y)
    np.testing.assert_allclose(
        measure.plain_descent(points.X, W, a, y, 1e-4, 5), kernels.gd_run(points.X, W, a, y, 1e-4, 5).W, rtol=1e-11
    )


def test_fastest_parts_leave_the_filling_out() -> None:
    times = {"exp, 200 rows": 5.0, "fill, 200 rows": 1.0, "table and fill, 200 rows": 4.0, "syrk A": 2.0, "syrk B": 1.5}
    assert measure.fastest_parts(times, ("exp", "syrk")) == {"exp": 3.0, "syrk": 1.5}


def test_run_pins_blas_to_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []

    def record(*_: object) -> dict[str, Any]:
        seen.extend(library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas")
        return {}

    for name in ("gram", "descent", "cost", "memory", "peer_trials", "machine"):
        monkeypatch.setattr(measure, name, record)
    for name in ("boxes", "eigenvalues"):
        monkeypatch.setattr(balls, name, record)
    monkeypatch.setattr(workers, "gains", record)
    assert "gram" in measure.run(quick=True)
    assert seen
    assert set(seen) == {1}
