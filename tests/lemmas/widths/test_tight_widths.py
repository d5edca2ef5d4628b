"""The tight chain's width: every hypothesis of its theorem verified, and verified again from what is stored."""

from __future__ import annotations

import copy
import dataclasses
import json
import math
from fractions import Fraction

import pytest

from lemmas import data
from lemmas.laplace.tail import Damping
from lemmas.laplace.width import OFFSETS, Search
from lemmas.theorems.convergence_tight import DATA, PARAMETERS
from lemmas.widths import tight_widths
from lemmas.widths.comparison import Case, Json
from verify.chain import ChainError
from verify.pipeline.select import installed
from verify.relations import le

LIBRARY = installed().lemma
SETS = [data.sphere(2, 2), data.collinear(), data.antipodal(4, 3)]


def case(points: data.DataSet) -> Case:
    return Case(points.name, points.n, points.d, Fraction(1, 10), Fraction(1, 100), points)


def width_of(points: data.DataSet) -> tuple[Case, Json]:
    asked = case(points)
    found = tight_widths.solved(asked, asked.least_eigenvalue(), LIBRARY)
    stored: Json = json.loads(json.dumps(found))
    return asked, stored


@pytest.mark.parametrize("points", SETS, ids=lambda points: points.name)
def test_every_hypothesis_is_verified(points: data.DataSet) -> None:
    _, found = width_of(points)
    checks = {check["name"]: check["holds"] for check in found["certificate"]["checks"]}
    assert set(checks) == {*PARAMETERS, *DATA, "rising", "above"}
    assert set(checks.values()) == {"yes"}
    searched = Search(points.X, math.sqrt(points.n), 0.1).best(Damping(offsets=OFFSETS)).m
    assert found["m"]["upper"] <= 1.15 * searched
    assert found["eta"] > 0
    assert found["steps"] > 0


def test_it_is_verified_again_without_searching(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, found = width_of(data.sphere(3, 3, 1))

    def searching(*_: object) -> None:
        raise AssertionError("a search")

    monkeypatch.setattr(Search, "__init__", searching)
    assert tight_widths.recheck(asked, found, LIBRARY)


def test_what_was_tampered_with_is_not_verified() -> None:
    asked, found = width_of(data.sphere(2, 2))
    narrower = copy.deepcopy(found)
    narrower["m"]["upper"] -= 2
    assert not tight_widths.recheck(asked, narrower, LIBRARY)
    for name, share in {"eta": "11/10", "tau": "11/10", "sigma0": "11/10", "B1": "9/10", "rad": "9/10"}.items():
        changed = copy.deepcopy(found)
        values = changed["certificate"]["values"]
        values[name] = str(Fraction(values[name]) * Fraction(share))
        assert not tight_widths.recheck(asked, changed, LIBRARY), name
    other = copy.deepcopy(found)
    other["certificate"]["parameters"]["theta"] *= 1.5
    assert not tight_widths.recheck(asked, other, LIBRARY)


def test_another_data_set_is_not_covered() -> None:
    _, found = width_of(data.sphere(2, 2))
    assert not tight_widths.recheck(case(data.sphere(2, 2, 7)), found, LIBRARY)


def test_an_edited_theorem_reaches_the_width() -> None:
    """What is verified is read from the theorem, not typed again."""
    theorem = LIBRARY("convergence-tight")
    harder = dataclasses.replace(
        theorem,
        given={**theorem.given, "reach": le(2 * theorem.given["reach"].left, theorem.given["reach"].right)},
    )
    asked = case(data.sphere(2, 2))
    with pytest.raises(ChainError, match="reach"):
        tight_widths.solved(asked, asked.least_eigenvalue(), lambda _: harder)
