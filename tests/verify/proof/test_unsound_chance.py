"""Attempts to prove falsehoods by taking for fixed what is picked after the draw: each must be refused."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
import sympy as sp

from verify import Quantity, eq, integer, lt
from verify.proof import Index, Inner, Norm, StepFailed, assume, gaussians, instance, rules
from verify.proof.terms import data, is_fixed
from verify.statement import Instance, Size, le

g, x = gaussians("g"), data("x")


def best(at: Instance) -> int:
    """The number of the x_i with the largest inner product with g_1."""
    return 1 + int(np.argmax(at["x"] @ at["g"][0]))


picked = Quantity("N", integer(1), "the best of the x_i", best)
declared = Quantity("K", integer(1), "any one of the x_i")
rows = Size("rows", "x", "number of data points")


def test_a_direction_picked_after_the_draw_has_no_gaussian_law() -> None:
    """P(<g, x_N> > 4) <= Q(4) for unit vectors x_i and the best N is false: it is the law of a maximum."""
    long = assume(lt(0, Norm(x(picked))))
    with pytest.raises(StepFailed, match="random"):
        rules.gaussian_law(g(1), x(picked), long, sp.Integer(4))
    with pytest.raises(StepFailed, match="random"):
        rules.gaussian_law(g(1), x(1), assume(lt(0, Norm(x(1)))), sp.sympify(picked))
    chosen, last = (rules.gaussian_law(g(1), x(k), assume(lt(0, Norm(x(k)))), sp.Integer(4)) for k in (declared, rows))
    assert chosen.right.has(x(declared))
    assert last.right.has(x(rows))
    with pytest.raises(StepFailed, match="random"):
        instance(chosen, {declared: picked}, long)


def test_copies_of_a_random_number_have_no_law() -> None:
    s, long = Index("s", picked), assume(lt(0, Norm(x(1))))
    with pytest.raises(StepFailed, match="random"):
        rules.gaussian_sum_law(g(s), x(1), s, long, sp.S.Zero)


def test_only_sizes_and_parameters_are_fixed() -> None:
    assert is_fixed(rows + declared)
    assert not is_fixed(sp.sympify(picked))
    assert not is_fixed(Quantity("rows", integer(1), "number of data points", lambda at: len(at["x"])))


def test_what_is_picked_does_not_stay_when_the_data_move() -> None:
    """N measures <x_1, x_2>, say: the claim about x is none about other data."""
    claim = assume(le(picked, Inner(x(1), x(2))))
    with pytest.raises(StepFailed, match="may depend on x"):
        instance(claim, {x: lambda i: 0 * x(i)}, assume(le(picked, 0)))
    counted = assume(eq(rows, Inner(x(1), x(2))))
    y = data("y")
    assert instance(counted, {x: y}, assume(eq(rows, Inner(y(1), y(2))))).left == rows


def test_a_size_is_the_length_of_its_array() -> None:
    levels, steps = Size("J", "edge", less=1), Size("T", "residuals", less=1, given=True)
    at = {"edge": np.zeros(4), "residuals": np.zeros((3, 2)), "x": np.zeros((5, 2)), "J": 9, "rows": 9}
    assert [size.measure(at) for size in (levels, steps, rows) if size.measure] == [3, 2, 5]
    assert steps.measure is not None
    assert steps.measure({"T": 7}) == 7
    assert pickle.loads(pickle.dumps(steps)) == steps
    assert (
        len({Size("n", "x"), Size("n", "y"), Size("n", "x", less=1), Size("n", "x", given=True), Size("n", "x")}) == 4
    )
