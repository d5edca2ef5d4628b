"""What a statement speaks of."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
import sympy as sp

from verify import Domain, Quantity, StatementError, integer, le, positive, real


@pytest.mark.parametrize(
    ("build", "ends"),
    [
        (real, (1, 0)),
        (integer, (2, 1)),
        (integer, (sp.Rational(1, 3), sp.Rational(2, 3))),
        (lambda *ends: Domain(*ends, open_lower=True, open_upper=True, integer=True), (sp.S.Zero, sp.S.One)),
        (lambda *ends: real(*ends, open_upper=True), (1, 1)),
        (lambda *ends: real(*ends, open_upper=True), (sp.sqrt(5 + 2 * sp.sqrt(6)), sp.sqrt(2) + sp.sqrt(3))),
        (real, (sp.oo, sp.oo)),
        (integer, (sp.oo, sp.oo)),
        (real, (-sp.oo, -sp.oo)),
    ],
)
def test_a_domain_without_a_number_is_refused(build: Callable[..., Domain], ends: tuple[sp.Expr, sp.Expr]) -> None:
    with pytest.raises(StatementError, match="no number lies in"):
        build(*ends)


def test_a_domain_may_be_one_number() -> None:
    assert str(real(1, 1)) == "[1, 1]"
    assert real(0, sp.cos(1) ** 2 + sp.sin(1) ** 2 - 1).lower == 0  # though SymPy does not see at once that this is 0
    assert str(integer(sp.Rational(1, 2), sp.Rational(3, 2))) == "integers in [1/2, 3/2]"


def scaled(factor: Any) -> Quantity:
    return Quantity("M", real(0), "factor times |x|", lambda at: factor * abs(at["x"]))


def test_quantities_of_one_factory_are_equal_if_it_got_the_same() -> None:
    assert scaled(5) == scaled(5)
    assert scaled(5) != scaled(1)
    assert le(scaled(5), 1) != le(scaled(1), 1)
    assert 2 * scaled(5) != 2 * scaled(1)  # SymPy remembers products


def test_quantities_that_hold_arrays_are_equal_if_they_hold_the_same_one() -> None:
    weights = np.ones(3)
    assert scaled(weights) == scaled(weights)
    assert scaled(weights) != scaled(weights.copy())


def test_an_end_at_infinity_is_open_in_any_case() -> None:
    assert real(0, open_upper=True) == real(0)
    assert Domain(open_lower=True) == real()


class Scale:
    def __init__(self, factor: float) -> None:
        self.factor = factor

    def measure(self, at: Any) -> float:
        return self.factor * float(at["x"])


def test_what_a_measure_was_made_with_tells_it_apart() -> None:
    """An object, a keyword's default, a quantity of the same name: each would let one stand for the other."""
    one, two = Scale(1), Scale(2)
    assert Quantity("M", real(), "", one.measure) == Quantity("M", real(), "", one.measure)
    assert Quantity("M", real(), "", one.measure) != Quantity("M", real(), "", two.measure)

    def with_default(factor: Any) -> Quantity:
        def measure(at: Any, *, held: Any = factor) -> float:
            return float(held * at["x"])

        return Quantity("M", real(), "", measure)

    assert with_default(1) == with_default(1)
    assert with_default(1) != with_default(2)
    assert with_default(0) != with_default("0")
    assert scaled(Quantity("c", real())) != scaled(Quantity("c", real(0)))


def test_measures_written_side_by_side_are_told_apart() -> None:
    largest, least = Quantity("M", real(), "", lambda at: at.max()), Quantity("M", real(), "", lambda at: at.min())
    assert largest != least
    first, second = (Quantity("M", real(), "", f) for f in (lambda at: at["x"], lambda at: at["y"]))
    assert first != second
    assert Quantity("M", real(), "", partial(max, 0)) != Quantity("M", real(), "", partial(max, 1))


def test_the_ends_of_a_domain_are_fixed_exact_numbers() -> None:
    """u <= a, for a letter a, would stay true of the same u where a is halved."""
    with pytest.raises(StatementError, match="is no number"):
        real(0, Quantity("a", positive()))
    assert real(0, 0.1).upper == sp.Rational(1, 10)
