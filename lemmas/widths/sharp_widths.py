"""The widths that the sharp chains prove: what they want to know of the data, and the better of their two radii."""

from __future__ import annotations

import math
from typing import Any

import sympy as sp
from flint import arb

from lemmas import model
from lemmas.initialization.gram_lower_tail import v
from lemmas.laplace.lower_tail import whitened_variance_ball
from lemmas.laplace.width import steps_needed
from lemmas.notation.jacobians import X_norm
from lemmas.notation.start import v_A
from lemmas.notation.symbols import m, n
from lemmas.notation.training import y_norm
from lemmas.steps.sharp_chains import NARROW
from lemmas.steps.sharp_outputs import MARKOV, SUB_GAUSSIAN, Output
from lemmas.theorems.convergence_sharp import CHAIN, CHAIN_BY_NEURONS, CHAIN_DATA_FREE
from lemmas.theorems.convergence_sharp_independent import CHAIN as INDEPENDENT
from lemmas.theorems.convergence_sharp_independent import CHAIN_DATA_FREE as INDEPENDENT_DATA_FREE
from lemmas.theorems.convergence_sharp_independent import CHAIN_SUB_GAUSSIAN as SUB_GAUSSIAN_CHAIN
from lemmas.widths.comparison import Case, Json, exact_rows, label_norm, proved_width, values
from verify.balls.exact import upper_decimal
from verify.chain import Chain, Library, SearchError, Solution, solve
from verify.statement import Quantity

WIDE = 0.6  # a ball of this radius costs e^R 8/3, about what the radius of single neurons does, 3 sqrt(3)


def known(case: Case, eigenvalue: arb) -> dict[Quantity, Any]:
    """The data as the chain knows them: |X|, |y|, lambda and V in balls, a rational above V; and what is tuned by hand.

    Raises SearchError where K is too close to singular for V.
    """
    assert case.data is not None
    X = exact_rows(case.data)
    try:
        variance = whitened_variance_ball(X @ X.T)
    except ArithmeticError as problem:
        raise SearchError(f"chain sharp: the search in floats gave up: no enclosure of V ({problem})") from None
    above = sp.Rational(upper_decimal(variance, 12)) * (1 + sp.Rational(1, 10**11))
    sizes = {X_norm: model.spectral_norm(X), y_norm: label_norm(case)}
    return {**values(case, eigenvalue), **NARROW, **sizes, v_A: variance, v: above}


def known_free(case: Case, eigenvalue: arb) -> dict[Quantity, Any]:
    """What is known of any n points of the unit ball with labels in [-1, 1]: |X| and |y| are at most sqrt(n).

    Every hypothesis asks for something large against |X| and |y|, so what suffices at these bounds always does.
    """
    root = arb(case.n).sqrt()
    return {**values(case, eigenvalue), **NARROW, X_norm: root, y_norm: root}


def solved(case: Case, eigenvalue: arb, library: Library) -> Json:
    """The sharp chain's width with the better radius. Raises ChainError where there is none."""
    if case.data is None:
        free = known_free(case, eigenvalue)
        return _told(case, eigenvalue, solve(CHAIN_DATA_FREE, free, library), float(free[y_norm].mid()))
    data = known(case, eigenvalue)
    found = solve(CHAIN, data, library)
    if found.values["R"] > WIDE:
        found = min(found, solve(CHAIN_BY_NEURONS, data, library), key=lambda solution: solution.width)
    return _told(case, eigenvalue, found, float(data[y_norm].mid()))


def solved_independent(case: Case, eigenvalue: arb, library: Library) -> Json:
    """The width for independent signs. Raises ChainError where there is none."""
    if case.data is None:
        data, output, composed = known_free(case, eigenvalue), MARKOV, INDEPENDENT_DATA_FREE
    else:
        data, output = known(case, eigenvalue), smaller_output(float(case.delta))
        composed = SUB_GAUSSIAN_CHAIN if output is SUB_GAUSSIAN else INDEPENDENT
    found = solve(composed, data, library)
    values = {m: found.width, n: case.n, **{level: float(found.values[level.name]) for level in output.levels}}
    return _told(case, eigenvalue, found, float(data[y_norm].mid()) + float(output.size(library).subs(values)))


def smaller_output(delta: float) -> Output:
    """Which bound on the output is smaller where most of delta is spent on it; both are of order e sqrt(m n)."""
    spent = 0.8 * delta
    return SUB_GAUSSIAN if 2 * math.sqrt(math.log(math.sqrt(2) / spent)) < 1 / math.sqrt(spent) else MARKOV


def _told(case: Case, eigenvalue: arb, found: Solution, size: float) -> Json:
    return proved_width(case, eigenvalue, found, steps(found, size, float(case.eps)))


def solved_chain(width: Json) -> Chain:
    """Which of them a width comes from: its certificate names the requirements."""
    names = {check["name"] for check in width["certificate"]["checks"]}
    return next(
        chain for chain in (SUB_GAUSSIAN_CHAIN, INDEPENDENT, CHAIN, CHAIN_BY_NEURONS) if set(chain.extra) <= names
    )


def steps(found: Solution, size: float, eps: float) -> int:
    """T with (1 - eta c sigma^2)^T ``size`` <= eps."""
    rate = float(found.values["eta"]) * float(found.values["c"]) * float(found.values["sigma"]) ** 2
    return steps_needed(size, eps, rate)
