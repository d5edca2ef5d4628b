"""The closed forms derived: the code itself, run on symbols, gives the textbook Gaussian integral in every dimension.

For M = I + gamma x_i x_i' + gamma' x_j x_j' completing the square gives E exp(<a, w> - gamma z_i^2/2 - gamma' z_j^2/2)
= det(M)^(-1/2) exp(a' M^(-1) a / 2). What is left to show is that the code has M^(-1), det M and a right.
"""

from __future__ import annotations

import itertools
import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import sympy as sp

from lemmas.laplace import integrals
from lemmas.laplace.integrals import EXP, Feature

ALPHA, BETA = sp.symbols("alpha beta", real=True)
GAMMA, DELTA = sp.symbols("gamma delta", positive=True)
SIZE = 3


def inner(a: int, b: int) -> sp.Symbol:
    """<x_a, x_b>."""
    return sp.Symbol(f"g{min(a, b)}{max(a, b)}", positive=a == b, real=True)


class Power:
    """A sum of products c e^x of numbers, as NumPy's ufuncs handle objects: they call exp and sqrt."""

    def __init__(self, value: Any) -> None:
        self.value = sp.sympify(value)

    def _with(self, other: Any, operation: Callable[[Any, Any], Any]) -> Any:
        return NotImplemented if isinstance(other, np.ndarray) else Power(operation(self.value, plain(other)))

    def __add__(self, other: Any) -> Any:
        return self._with(other, operator.add)

    def __mul__(self, other: Any) -> Any:
        return self._with(other, operator.mul)

    def __sub__(self, other: Any) -> Any:
        return self._with(other, operator.sub)

    def __truediv__(self, other: Any) -> Any:
        return self._with(other, operator.truediv)

    def __neg__(self) -> Power:
        return Power(-self.value)

    def __lt__(self, other: Any) -> bool:
        return bool(self.value < plain(other))

    __radd__, __rmul__ = __add__, __mul__

    def exp(self) -> Power:
        return Power(sp.exp(self.value))

    def sqrt(self) -> Power:
        return Power(sp.sqrt(self.value))


def plain(value: Any) -> Any:
    """The SymPy expression; floats as the exact fractions they are."""
    return value.value if isinstance(value, Power) else sp.nsimplify(value) if isinstance(value, float) else value


F, G_ = (Feature(Power(a), Power(c)) for a, c in ((ALPHA, GAMMA), (BETA, DELTA)))  # type: ignore[arg-type]
GRAM = np.array([[Power(inner(a, b)) for b in range(SIZE)] for a in range(SIZE)], dtype=object)


def form(i: int, j: int, f: Feature, g: Feature) -> tuple[sp.Expr, sp.Matrix]:
    """det M, and the matrix c of M^(-1) = I - sum of c_kl x_k x_l' over k, l in (i, j): from Woodbury's 2 x 2 inverse.

    M = I + U D U' with U = (x_i, x_j), D = diag(gamma, gamma'), and U'U = S: M^(-1) = I - U (I + D S)^(-1) D U'.
    """
    D = sp.diag(plain(f.gamma), plain(g.gamma))
    S = sp.Matrix(2, 2, lambda a, b: inner((i, j)[a], (i, j)[b]))
    return (sp.eye(2) + D * S).det(), (sp.eye(2) + D * S).inv() * D


def test_woodbury_in_the_frame_of_two_vectors() -> None:
    """M M^(-1) = I for that c, in every dimension: the coefficients of x_k x_l' vanish; det by Sylvester's identity."""
    D, S = sp.diag(GAMMA, DELTA), sp.Matrix(2, 2, lambda a, b: inner(a, b))
    c = form(0, 1, F, G_)[1]
    assert (D - c - D * S * c).applyfunc(sp.cancel) == sp.zeros(2)
    assert (c - c.T).applyfunc(sp.cancel) == sp.zeros(2)
    three = sp.Matrix(3, 2, lambda a, b: sp.Symbol(f"u{a}{b}"))
    whole = (sp.eye(3) + three * D * three.T).det()
    assert sp.expand(whole - (sp.eye(2) + D * three.T * three).det()) == 0


def exponent(i: int, j: int, f: Feature, g: Feature, further: tuple[int, ...]) -> tuple[sp.Expr, sp.Expr]:
    """det M and a' M^(-1) a / 2 for a = alpha x_i + alpha' x_j + the further x_k."""
    determinant, c = form(i, j, f, g)
    parts = [(plain(f.alpha), i), (plain(g.alpha), j), *((1, k) for k in further)]
    square = sum(p * q * inner(a, b) for p, a in parts for q, b in parts)
    reach = sp.Matrix([sum(p * inner(a, b) for p, a in parts) for b in (i, j)])
    return determinant, (square - (reach.T * c * reach)[0, 0]) / 2


def same(found: Any, i: int, j: int, f: Feature, g: Feature, further: tuple[int, ...] = ()) -> bool:
    """Whether a positive expression of the code is det(M)^(-1/2) e^{a' M^(-1) a / 2}."""
    determinant, quadratic = exponent(i, j, f, g, further)
    value = sp.expand_log(sp.log(plain(found)), force=True).replace(sp.log, lambda arg: sp.log(sp.expand(arg)))
    difference = sp.together(value - quadratic + sp.log(sp.expand(determinant)) / 2)
    return bool(sp.expand(sp.numer(difference)) == 0)


PLACES = [(0, 1), (0, 0), (1, 2)]


def factors(f: Any, g: Any, i: int, j: int) -> tuple[Any, Any]:
    """The integral of two features at i and j, and what one more exponential brings at every point."""
    js = np.array([j])
    at = (GRAM, f, g, i, js, integrals._tilt(GRAM, f, g, i, js))
    return integrals._base(*at)[0], integrals._lift(*at)[0]


@pytest.mark.parametrize(("i", "j"), PLACES)
def test_two_features(i: int, j: int) -> None:
    """E f(z_i) g(z_j), and with one feature the exponential itself."""
    base, _ = factors(F, G_, i, j)
    assert same(base, i, j, F, G_)
    assert not same(base, i, j, F, F)
    bare, _ = factors(F, EXP, i, j)
    assert same(bare, i, j, F, EXP)


@pytest.mark.parametrize(("i", "j", "k"), [(0, 1, 2), (0, 1, 0), (1, 1, 2)])
def test_one_more_exponential(i: int, j: int, k: int) -> None:
    base, lift = factors(F, G_, i, j)
    assert same(base * lift[k], i, j, F, G_, (k,))
    assert not same(base * lift[k], i, j, F, G_, ((k + 1) % SIZE,))


def named(letter: str) -> Any:
    """A matrix of free symbols."""
    return np.array([[Power(sp.Symbol(f"{letter}{a}{b}")) for b in range(SIZE)] for a in range(SIZE)], dtype=object)


def test_one_contraction() -> None:
    """Each product of a left and a right number has E f(z_i) g(z_j) e^{z_k} for its coefficient."""
    found = sp.expand(plain(integrals.contract_one(GRAM, F, G_, named("l"), named("r"))[0, 1]))
    for k in range(SIZE):
        assert same(found.coeff(sp.Symbol(f"l0{k}")).coeff(sp.Symbol(f"r{k}1")), 0, 1, F, G_, (k,))
        assert found.coeff(sp.Symbol(f"l0{k}")).coeff(sp.Symbol(f"r{(k + 1) % SIZE}1")) == 0


@pytest.mark.slow
def test_two_more_exponentials() -> None:
    """Each product of outer, middle and outer numbers has E f(z_i) g(z_j) e^{z_k + z_l} for its coefficient."""
    outer = named("o")
    middle = np.array([[Power(sp.Symbol(f"m{min(a, b)}{max(a, b)}")) for b in range(SIZE)] for a in range(SIZE)])
    found = plain(integrals.contract_two(GRAM, F, G_, outer, middle)[0, 1])
    for k, other in itertools.product(range(SIZE), repeat=2):
        names = (f"o0{k}", f"m{min(k, other)}{max(k, other)}", f"o1{other}")
        rest = {sp.Symbol(f"o{a}{b}"): 0 for a in (0, 1) for b in range(SIZE) if f"o{a}{b}" not in names}
        alone = found.subs(rest).subs({sp.Symbol(name): 1 for name in names})
        assert same(alone, 0, 1, F, G_, (k, other)), names


def test_the_tilt_of_a_slab() -> None:
    """E[e^{<c, w>}; z_l > e] = e^{|c|^2/2} P(z_l + <c, x_l> > e): the mean is G_li + G_lj, the variance G_ll."""
    seen: list[tuple[Any, Any]] = []

    def tails(mean: Any, deviation: Any, edges: tuple[float, ...]) -> list[Any]:
        seen.append((mean, deviation))
        return [0 * mean for _ in edges]

    kept, integrals._tails = integrals._tails, tails
    try:
        integrals.slab_matrices(GRAM, GRAM, (1.0, 2.0))
    finally:
        integrals._tails = kept
    (_, spread), (means, _) = seen
    assert [sp.simplify(plain(d) ** 2 - inner(k, k)) for k, d in enumerate(spread)] == [0] * SIZE
    pairs = list(zip(*np.triu_indices(SIZE), strict=True))
    for point, (place, (i, j)) in itertools.product(range(SIZE), enumerate(pairs)):
        assert sp.expand(plain(means[point, place]) - inner(point, int(i)) - inner(point, int(j))) == 0
