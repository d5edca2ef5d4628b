"""Parts of an expression give way to larger ones where that is visibly monotone, and nowhere else."""

from __future__ import annotations

import pytest
import sympy as sp

from verify import Quantity, le, positive, real
from verify.proof.monotone import NotMonotone, lowered, raised
from verify.relations import Relation

a, b, c = (Quantity(name, real()) for name in "abc")
p, q = Quantity("p", real(0)), Quantity("q", real(0))
s, t = Quantity("s", positive()), Quantity("t", positive())
up, sure, safe = le(a, b), le(p, q), le(s, t)


@pytest.mark.parametrize(
    ("expr", "known", "bound"),
    [
        (a + c, [up], b + c),
        (sp.exp(2 * a), [up], sp.exp(2 * b)),
        (p * c**2, [sure], q * c**2),
        (p**2 * s, [sure], q**2 * s),
        (sp.log(s), [safe], sp.log(t)),
        (sp.Max(a, c), [up], sp.Max(b, c)),
        (sp.Abs(p), [sure], q),
        (sp.sqrt(p), [sure], sp.sqrt(q)),
        (1 / t, [safe], 1 / s),
        (sp.erfc(t), [safe], sp.erfc(s)),
        (-t, [safe], -s),
        (p * s, [sure, safe], q * t),
        (3 - 2 * b, [up], 3 - 2 * a),
    ],
)
def test_raised(expr: sp.Expr, known: list[Relation], bound: sp.Expr) -> None:
    assert raised(expr, known) == bound


@pytest.mark.parametrize(
    ("expr", "known"),
    [
        (a * c, [up]),  # a factor of unknown sign
        (a**2, [up]),
        (sp.Abs(a), [up]),
        (c**p, [sure]),  # an exponent
        (1 / b, [up]),
        (1 / q, [sure]),  # its lower bound may be 0
        (sp.log(p), [sure]),
        (sp.cos(a), [up]),
        (a * p, [up, sure]),
        (s**c, [safe]),  # the sign of the exponent is not known
    ],
)
def test_not_raised(expr: sp.Expr, known: list[Relation]) -> None:
    with pytest.raises(NotMonotone):
        raised(expr, known)


def test_lowered() -> None:
    assert lowered(b + c, [up]) == a + c
    assert lowered(q**2, [sure]) == p**2
    assert lowered(1 / s, [safe]) == 1 / t
    with pytest.raises(NotMonotone):
        lowered(q**2, [le(a, q)])  # a may be -10
    with pytest.raises(NotMonotone):
        lowered(p * q, [le(a, p), le(b, q)])


def test_numbers_give_way_only_where_that_is_monotone() -> None:
    assert raised(sp.S(2) + a, [le(2, s)]) == 2 + a  # no part of the known relation occurs
    assert raised(2 * s + a, [le(2, s), safe]) == 2 * t + a  # the coefficient stays
