"""Inequalities between numbers: sharp constants missed by little at an end, inside, at infinity; touching points."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import sympy as sp
from quality_statement import Statement, around, statement

from verify import Lemma, Quantity, ge, gt, integer, le, lt, positive, real

GAPS = (2, 4, 6, 9)

t = Quantity("t", real(0), "a number >= 0")
u = Quantity("u", real(0, 1), "a number of the unit interval")
v = Quantity("v", real(-1, 1), "a number of size at most 1")
w = Quantity("w", real(-3, 3), "a number of size at most 3")
x = Quantity("x", positive(), "a number > 0")
y = Quantity("y", real(sp.Rational(1, 100), 100), "a number from 1/100 to 100")
z = Quantity("z", real(), "any number")
n = Quantity("n", integer(1), "a positive integer")

# left <= c right with the best c, which is attained where the comment says
AT_AN_END: dict[str, Callable[[sp.Rational], Lemma]] = {
    "exp of second order": lambda c: Lemma(le(sp.exp(u) - 1 - u, c * (sp.E - 2) * u**2)),  # u = 1
    "erfc at nought": lambda c: Lemma(le(sp.erfc(t), c)),
    "Gaussian tail": lambda c: Lemma(le(sp.erfc(t / sp.sqrt(2)), c * sp.exp(-(t**2) / 2))),  # t = 0
    "log over an interval": lambda c: Lemma(le(sp.log(1 + u) ** 2, c * sp.log(2) ** 2)),  # u = 1
    "cubic against exp": lambda c: Lemma(le(u**3, c * sp.exp(u) / sp.E)),  # u = 1
}
INSIDE: dict[str, Callable[[sp.Rational], Lemma]] = {
    "x exp(-x)": lambda c: Lemma(le(t * sp.exp(-t), c / sp.E)),  # t = 1
    "x^2 exp(-x)": lambda c: Lemma(le(t**2 * sp.exp(-t), 4 * c * sp.exp(-2))),  # t = 2
    "x (1 - x)": lambda c: Lemma(le(u * (1 - u), c / 4)),  # u = 1/2
    "root against mean": lambda c: Lemma(le(sp.sqrt(y), c * (1 + y) / 2)),  # y = 1
    "log against a line": lambda c: Lemma(le(sp.log(y), c * y / sp.E)),  # y = e, which no rational number is
    "cosh against a Gaussian": lambda c: Lemma(le(sp.cosh(w), c * sp.exp(w**2 / 2))),  # w = 0
    "entropy": lambda c: Lemma(le(-y * sp.log(y), c / sp.E)),  # y = 1/e
}
AT_INFINITY: dict[str, Callable[[sp.Rational], Lemma]] = {
    "x / (1 + x)": lambda c: Lemma(le(t / (1 + t), c)),
    "erf": lambda c: Lemma(le(sp.erf(t), c)),
    "1 - exp(-x)": lambda c: Lemma(le(1 - sp.exp(-t), c)),
    "n / (n + 1)": lambda c: Lemma(le(n / (n + 1), c)),
}

TOUCHING: dict[str, Lemma] = {
    "exp above its tangent": Lemma(ge(sp.exp(z), 1 + z)),
    "means": Lemma(ge(1 + z**2, 2 * z)),
    "a square": Lemma(ge((z - sp.Rational(1, 3)) ** 2, 0)),
    "log below its tangent": Lemma(le(sp.log(x), x - 1)),
    "exp above e x": Lemma(ge(sp.exp(z), sp.E * z)),
    "cosh": Lemma(ge(sp.cosh(w), 1)),
    "modulus": Lemma(ge(sp.Abs(v), 0)),
    "erfc at its end": Lemma(le(sp.erfc(t), 1)),
    "parabola": Lemma(le(4 * u * (1 - u), 1)),
    "a square that vanishes at the root of 2": Lemma(ge((y**2 - 2) ** 2, 0)),
}


def _strict(weak: Lemma) -> Lemma:
    """The same claim with < for <= and > for >=: false where the sides touch, in the last one at irrational points."""
    claim = weak.claim
    return Lemma((lt if claim.op == "<=" else gt)(claim.left, claim.right))


AT_ONE_POINT = {name: _strict(weak) for name, weak in TOUCHING.items()}

ALL_INTEGERS: dict[str, Lemma] = {
    "n <= n^2": Lemma(le(n, n**2)),
    "log n < n": Lemma(lt(sp.log(n), n)),
    "exp(-n) <= 1/2": Lemma(le(sp.exp(-n), sp.Rational(1, 2))),
    "1/n <= 1": Lemma(le(1 / n, 1)),
    "roots": Lemma(ge(sp.sqrt(n), 1)),
}
NOT_ONE: dict[str, Lemma] = {  # false for n = 1 only
    "2 n <= n^2": Lemma(le(2 * n, n**2)),
    "0 < log n": Lemma(gt(sp.log(n), 0)),
    "exp(-n) <= 1/4": Lemma(le(sp.exp(-n), sp.Rational(1, 4))),
    "1/n <= 1/2": Lemma(le(1 / n, sp.Rational(1, 2))),
    "roots": Lemma(ge(sp.sqrt(n), sp.Rational(1001, 1000))),
    "n + 1 <= 3/2 n": Lemma(le(n + 1, sp.Rational(3, 2) * n)),
}


def statements() -> Iterator[Statement]:
    """All of them."""
    for category, table in (("at an end", AT_AN_END), ("inside", INSIDE), ("at infinity", AT_INFINITY)):
        for name, stated in table.items():
            yield from around(name, category, stated, GAPS)
    plain = (("touching", True, TOUCHING), ("touching", False, AT_ONE_POINT))
    for category, truth, lemmas in (*plain, ("integers", True, ALL_INTEGERS), ("integers", False, NOT_ONE)):
        yield from (statement(f"{name}, {_word(truth)}", category, truth, lemma) for name, lemma in lemmas.items())


def _word(truth: bool) -> str:
    return "true" if truth else "false"
