"""The sharp theorem at the abstract's own initialization: proved, below 1e13 at ten and twenty points, of order n^2."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest

from lemmas import data
from lemmas.steps.sharp_outputs import MARKOV, SUB_GAUSSIAN
from lemmas.theorems.convergence_sharp_independent import CHAIN, CHAIN_SUB_GAUSSIAN
from lemmas.widths.comparison import Case
from lemmas.widths.sharp_widths import known, smaller_output, solved_independent
from verify.chain import solve
from verify.checks import symbolic
from verify.checks.base import EFFORTS, Context
from verify.pipeline.select import installed
from verify.verdict import Verdict


@pytest.fixture(scope="module")
def context() -> Context:
    return Context(EFFORTS["quick"], 0, installed().lemma)


@pytest.mark.slow
@pytest.mark.parametrize("part", ["", "radius", "data-free", "sub-Gaussian"])
def test_it_is_proved(context: Context, part: str) -> None:
    found = context.library("convergence-sharp-independent")
    assert symbolic.run(found.also[part] if part else found, context).verdict is Verdict.PROVED


@pytest.mark.slow
@pytest.mark.parametrize(("size", "dim"), [(10, 5), (20, 10)])
def test_widths_below_ten_to_the_thirteen(context: Context, size: int, dim: int) -> None:
    points = data.sphere(size, dim, 3)
    case = Case(points.name, size, dim, Fraction(1, 10), Fraction(1, 100), points)
    eigenvalue = case.least_eigenvalue()
    assert eigenvalue >= 1
    width = solved_independent(case, eigenvalue, context.library)
    assert 1e9 < width["m"]["upper"] < 1e13
    assert {check["holds"] for check in width["certificate"]["checks"]} == {"yes"}
    assert width["m"]["lower"] >= width["m"]["upper"] * 0.9


@pytest.mark.slow
def test_sub_gaussian_signs_pay_for_small_failure_probabilities(context: Context) -> None:
    """Markov's inequality costs 1/delta in the width, sub-Gaussian tails a logarithm."""
    points = data.sphere(5, 10, 3)
    case = Case(points.name, 5, 10, Fraction(1, 1000), Fraction(1, 100), points)
    facts = known(case, case.least_eigenvalue())
    markov, sharper = (solve(chain, facts, context.library).width for chain in (CHAIN, CHAIN_SUB_GAUSSIAN))
    assert sharper < markov / 20
    assert smaller_output(0.001) is SUB_GAUSSIAN
    assert smaller_output(0.4) is MARKOV


def ratio(context: Context, size: int) -> float:
    """m / (n^2 e^{2 B1}) of the data-free width at lambda = 1."""
    case = Case(f"n={size}", size, 10, Fraction(1, 10), Fraction(1, 100), None, Fraction(1))
    width = solved_independent(case, case.least_eigenvalue(), context.library)
    exponent = float(Fraction(width["certificate"]["values"]["B1"]))
    return float(width["m"]["upper"] / (size**2 * math.exp(2 * exponent)))


@pytest.mark.slow
def test_the_order_is_that_of_the_abstract(context: Context) -> None:
    """With lambda held, m is n^2 e^{2 B1} times a constant to within 5 % from five points to a thousand."""
    ratios = [ratio(context, size) for size in (5, 40, 1000)]
    assert max(ratios) < 1.05 * min(ratios)
