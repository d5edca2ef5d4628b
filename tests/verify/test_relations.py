"""What a relation speaks of."""

from __future__ import annotations

import pytest
import sympy as sp

from verify import Quantity, le, real
from verify.relations import free_symbols

a, b = (Quantity(name, real()) for name in "ab")
i, j, n = sp.symbols("i j n", integer=True, positive=True)


@pytest.mark.parametrize(
    "expr",
    [
        a + sp.exp(b),
        sp.Sum(a * i, (i, 1, n)),
        i * sp.Sum(a * i, (i, 1, n)),
        sp.Sum(sp.Sum(i * j, (j, 1, i)) * b, (i, 1, n)),
        sp.Sum(i * j, (i, 1, j), (j, 1, n)),
        sp.Sum(i, (i, i, n)),
        sp.Integral(a * b, (a, 0, b)),
        sp.Integral(a * b, a),
        sp.Lambda(a, a + b)(n) + sp.Abs(sp.Integral(sp.exp(a), (a, 0, n))),
        sp.Lambda((a, i), a + b * i),
        sp.Tuple(a, n),
        sp.Derivative(a * b, b),
        sp.Integer(3),
    ],
)
def test_free_symbols_are_those_that_sympy_finds(expr: sp.Expr) -> None:
    assert free_symbols(expr) == frozenset(expr.free_symbols)


def test_a_relation_speaks_of_both_sides() -> None:
    assert le(sp.Sum(a**i, (i, 1, n)), b).symbols == {a, b, n}
