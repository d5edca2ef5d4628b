"""Where the factor goes: the estimates against what is known exactly, and the committed tables against the command."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import norm

from lemmas import data, model
from lemmas.laplace import trials
from lemmas.laplace.tail import Damping
from lemmas.laplace.width import OFFSETS, SIMPLE, Search, reach
from lemmas.widths import tight_curves
from lemmas.widths.tight_curves import LINES, Neurons, on_the_draw, stored, technique_limit, write
from lemmas.widths.tight_table import least_width

DOCS = Path(__file__).parents[3] / "docs"
ONE = np.ones((1, 1))


def test_the_sampled_transform_is_the_integral_for_one_point() -> None:
    damping, theta = Damping(1.5, (0.4, 0.9)), 0.3
    at = {**trials.best(ONE, theta, damping, (SIMPLE[0], ())), "X": ONE, "G": ONE}
    exact = trials.transform(at) + trials.damped_loss(at)
    neurons = Neurons.drawn(ONE, np.random.default_rng(0))
    sampled = float(neurons.eigenvalues(theta, damping)[0])
    assert sampled == pytest.approx(exact, abs=5 * 0.3 / math.sqrt(tight_curves.SAMPLES))
    assert neurons.eigenvalues(theta, Damping(-9.0))[0] == 1  # every neuron is beyond the cut


def test_a_sample_is_the_whitened_share_of_a_neuron() -> None:
    X = data.sphere(4, 2).X
    neurons = Neurons.drawn(X, np.random.default_rng(1))
    mean = np.einsum("tik,tk,tjk->ij", neurons.U, neurons.values, neurons.U) / tight_curves.SAMPLES
    z = np.random.default_rng(1).standard_normal((tight_curves.SAMPLES, 2)) @ X.T
    whiten = np.linalg.inv(np.linalg.cholesky(model.limit_gram(X)))
    shares = (X @ X.T) * (np.exp(z).T @ np.exp(z)) / tight_curves.SAMPLES
    np.testing.assert_allclose(mean, whiten @ shares @ whiten.T, rtol=1e-9)
    np.testing.assert_array_equal(neurons.largest, z.max(axis=1))


def test_the_limit_lies_below_what_is_searched() -> None:
    """The exact transform is below its bound, so it needs fewer neurons; by half at most, as far as is known."""
    points = data.sphere(2, 2)
    searched = Search(points.X, math.sqrt(2), 0.1).best(Damping(offsets=OFFSETS)).m
    limit = technique_limit(points, 0)
    assert limit is not None
    assert searched / 3 < limit < searched


def test_the_start_as_drawn_for_one_neuron_pair_after_pair() -> None:
    """n = 1 undamped: sigma0^2 = 2 sum e^{2g}; what is found is never worse than that at the level of the largest g."""
    points = data.orthonormal(1)
    search = Search(points.X, 1.0, 0.1)
    hits = 0
    for seed in range(40):
        G = np.random.default_rng(seed).standard_normal((10, 1))
        sigma = math.sqrt(2 * float(np.exp(2 * G).sum()))
        level = 0.25 * math.ceil(4 * float(G.max()))
        plain = 0.95 * reach(sigma, math.exp(level)) > 1
        hits += plain
        assert not plain or tight_curves._applies(search, points.X, G)
    assert hits > 0
    assert not tight_curves._applies(search, points.X, np.array([[-3.0]]))
    found = on_the_draw(points, 0)
    assert found is not None
    assert 2 < found < 100


def test_bisection_finds_a_threshold_within_two_percent() -> None:
    for threshold in (2, 10, 346, 5000):
        found = least_width(lambda m, at=threshold: m >= at, 1 << 15)  # type: ignore[misc]
        assert found is not None
        assert threshold <= found <= max(threshold + 2, 1.02 * threshold)
        assert found % 2 == 0
    assert least_width(lambda m: False, 100) is None


def test_the_normal_tail_of_the_cut() -> None:
    """With theta large and a hard cut, what is left of the transform is at least the mass beyond the cut."""
    neurons = Neurons.drawn(ONE, np.random.default_rng(2))
    left = float(neurons.eigenvalues(1e6, Damping(1.0))[0])
    assert left == pytest.approx(norm.sf(1.0), abs=0.02)


@pytest.mark.parametrize("over", ["n", "lambda"])
def test_the_committed_tables_are_in_order(over: str) -> None:
    rows = stored(DOCS / f"tight-over-{over}.csv")
    assert set(rows) == set(tight_curves.VALUES[over])
    assert (DOCS / f"tight-over-{over}.svg").exists()
    for row in rows.values():
        proved, limit, drawn, least = (int(row[key]) for key in ("proved m", "technique", "on the draw", "necessary"))
        assert proved > limit > drawn >= least
        assert 2 * int(row["descent"]) >= least  # m rank X >= n, or zero loss is out of reach
        assert int(row["gram 2q"]) == 2 * int(row["gram q"])


@pytest.mark.slow
@pytest.mark.parametrize(("over", "value"), [("n", 6), ("lambda", 0.35)])
def test_a_committed_row_is_what_the_command_computes(over: str, value: float) -> None:
    committed = stored(DOCS / f"tight-over-{over}.csv")[value]
    made = tight_curves.row(over, value)
    for key in ("lambda", *LINES):
        assert float(made[key]) == pytest.approx(float(committed[key]), rel=0.05), key


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    row = {"at": 4.0, "data": "set", "lambda": 0.5, **dict.fromkeys(LINES, 10)}
    write("lambda", [row, {**row, "at": 5.0, "descent": None}], tmp_path)
    found = stored(tmp_path / "tight-over-lambda.csv")
    assert list(found) == [4.0, 5.0]
    assert found[5.0]["descent"] == ""
    figure = (tmp_path / "tight-over-lambda.svg").read_text()
    assert figure.startswith("<?xml")
    curves = tight_curves.finding("lambda", list(found.values()))["data"]
    assert curves["x"] == [math.log10(0.5)] * 2
    assert math.isnan(curves["series"]["descent reaches 0.01 in 20,000 steps"][1])
