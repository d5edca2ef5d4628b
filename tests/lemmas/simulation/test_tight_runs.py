"""The tight theorem at its own width: its events fail as rarely as it says, and descent follows its path."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from scipy.stats import binomtest

from lemmas import data
from lemmas.simulation.tight_runs import simulate
from lemmas.widths.comparison import Case, Json
from lemmas.widths.tight_widths import solved
from verify.pipeline.select import installed

NAMED = data.named()


def width_of(points: data.DataSet) -> Json:
    case = Case(points.name, points.n, points.d, Fraction(1, 10), Fraction(1, 100), points)
    return solved(case, case.least_eigenvalue(), installed().lemma)


@pytest.mark.parametrize(
    ("name", "draws"), [("sphere-2-2-s0", 8), pytest.param("collinear", 12, marks=pytest.mark.slow)]
)
def test_descent_at_the_proved_width(name: str, draws: int) -> None:
    points = NAMED[name]
    found = simulate(points.X, points.y, width_of(points), draws, 0, steps=40)
    assert found.failures <= 4
    assert found.astray == 0


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(NAMED))
def test_two_thousand_starts(name: str) -> None:
    points = NAMED[name]
    found = simulate(points.X, points.y, width_of(points), 2000, 1, steps=0)
    assert binomtest(found.failures, found.draws).proportion_ci(0.999).low <= 0.1


def test_a_cut_that_is_too_low_is_noticed() -> None:
    """With tau raised beyond what is proved the event fails nearly always: the simulation can see failures."""
    points = NAMED["sphere-2-2-s0"]
    width = width_of(points)
    values = width["certificate"]["values"]
    values["tau"] = str(20 * Fraction(values["tau"]))
    assert simulate(points.X, points.y, width, 20, 0, steps=0).short > 15
    assert np.isfinite(float(Fraction(values["eta"])))
