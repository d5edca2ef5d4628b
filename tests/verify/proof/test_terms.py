"""The language of proofs: bilinear products, norms that pull scalars out, indices that are not caught."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from verify import Quantity, integer, real
from verify.proof import Index, Inner, Norm, mean, normal_tail, scalars, sup, total, vectors
from verify.proof.algebra import equal, normal_form
from verify.proof.evaluate import NoNumber, evaluate
from verify.proof.terms import (
    Entry,
    Expect,
    Fold,
    Frobenius,
    LambdaMax,
    LambdaMin,
    Mat,
    SpaceDimension,
    Spectral,
    Trace,
    data,
    euclidean,
    is_fixed,
    put,
    rademachers,
    signs,
)

n, m, a = Quantity("n", integer(1)), Quantity("m", integer(1)), Quantity("a", real())
i, j, k, r = Index("i", n), Index("j", n), Index("k", n), Index("r", m)
v, w, f, h = vectors("V"), vectors("W"), scalars("f"), scalars("h")
A = Mat("A", sp.Lambda((i, j), f(i) + 2 * f(j) + Inner(v(i), v(j))))


def numbers(seed: int) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    rows, blocks = (int(s) for s in rng.integers(1, 5, 2))
    at: dict[str, Any] = {"n": rows, "m": blocks, "a": float(rng.standard_normal()), "f": rng.standard_normal(rows)}
    return at | {
        "V": rng.standard_normal((rows, 3)),
        "W": rng.standard_normal((rows, 3)),
        "h": rng.random((blocks, rows)),
    }


def test_inner_is_bilinear_and_symmetric() -> None:
    assert Inner(2 * v(i) + a * w(j), v(k)) == 2 * Inner(v(i), v(k)) + a * Inner(v(k), w(j))
    assert Inner(total(f(i) * v(i), i), w(j)) == total(f(i) * Inner(v(i), w(j)), i)
    assert Inner(v(i) - v(i), w(j)) == 0


def test_norm_pulls_scalars_out() -> None:
    assert Norm(-3 * v(i)) == 3 * Norm(v(i))
    assert Norm(a * v(i)) == sp.Abs(a) * Norm(v(i))
    assert Norm(v(i) - w(i)) == Norm(w(i) - v(i))
    assert Norm(v(i) - v(i)) == 0


@pytest.mark.parametrize("wrong", [lambda: Inner(f(i), v(i)), lambda: Norm(v(i) * w(i)), lambda: Norm(v(i) + 1)])
def test_numbers_are_no_vectors(wrong: Any) -> None:
    with pytest.raises(TypeError, match="not a scalar times one vector"):
        wrong()


def test_indices_are_not_caught() -> None:
    with pytest.raises(ValueError, match="rename"):
        Inner(total(v(i), i), w(i))
    with pytest.raises(ValueError, match="rename"):
        put(total(f(i) * f(j), i), {j: i})
    assert put(total(f(i) * f(j), i), {i: k}) == total(f(i) * f(j), i)
    assert put(f(i) + total(f(i), i), {i: n}) == f(n) + total(f(i), i)
    assert put(sup(f(i) + f(j), i), {j: k}) == sup(f(i) + f(k), i)


def test_signs() -> None:
    s = signs("s")
    assert s(i) ** 2 == 1
    assert s(i) ** 3 == s(i)
    assert sp.Abs(s(i)) == 1


def test_what_is_fixed() -> None:
    assert is_fixed(Norm(data("X")(i)) + n)
    assert is_fixed(Expect(Inner(w(i), v(j))))
    assert not any(map(is_fixed, (Norm(v(i)), rademachers("e")(i), Mat("opaque"), sup(f(i), i))))


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 10**6))
def test_values_are_those_of_numpy(seed: int) -> None:
    at = numbers(seed)
    V, values = at["V"], at["f"]
    matrix = values[:, None] + 2 * values[None, :] + V @ V.T
    symmetric = (matrix + matrix.T) / 2
    expected = {
        total(f(i) * Inner(v(i), w(i)), i): np.einsum("i,id,id->", values, V, at["W"]),
        mean(h(r, 1), r): at["h"][:, 0].mean(),
        sup(sp.Abs(Inner(v(i), w(j))), i, j): np.abs(V @ at["W"].T).max(),
        euclidean(f(i), i): np.linalg.norm(values),
        Norm(total(f(i) * v(i), i)): np.linalg.norm(values @ V),
        Frobenius(A): np.linalg.norm(matrix),
        Spectral(A): np.linalg.norm(matrix, 2),
        Trace(A): np.trace(matrix),
        LambdaMin(A): np.linalg.eigvalsh(symmetric)[0],
        LambdaMax(A): np.linalg.eigvalsh(symmetric)[-1],
        Entry(A, n, sp.S.One): matrix[-1, 0],
        Fold(sp.S(7), sp.S(3)): 1,
        normal_tail(0): 0.5,
    }
    for term, value in expected.items():
        assert evaluate(term, at) == pytest.approx(float(value), rel=1e-9, abs=1e-12)


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 10**6))
def test_normal_form_keeps_the_value(seed: int) -> None:
    at = numbers(seed)
    terms = [
        total(2 * f(i) * total(f(j) + a, j) + a, i),
        total(total(h(r, i) * f(i), i) ** 2, r),
        total(f(i), i) * total(f(i) ** 2, i),
        total(sp.Abs(a * f(i)), i) + sup(f(i) * (a + 1), i),
        total(Inner(v(i), total(f(j) * w(j), j)) * total(f(k), k), i),
    ]
    for term in terms:
        assert evaluate(normal_form(term), at) == pytest.approx(evaluate(term, at), rel=1e-9, abs=1e-9)


def test_equal_sums() -> None:
    assert equal(total(f(i), i), total(f(j), j))
    assert equal(total(h(r, i) * f(i), r, i), total(f(j) * total(h(r, j), r), j))
    assert equal(total(a, i), n * a)
    assert not equal(total(f(i), i) ** 2, total(f(i) ** 2, i))
    assert not equal(total(f(i) * total(f(j), j), i), total(f(i) ** 2, i))


@pytest.mark.parametrize("term", [Expect(f(i)), sp.Symbol("unknown"), Mat("opaque"), vectors("none")(1)])
def test_terms_without_a_value(term: sp.Expr) -> None:
    with pytest.raises(NoNumber):
        evaluate(term, numbers(0), {i: 1})


def test_expectation_of_what_is_never_negative() -> None:
    assert Expect(sp.exp(f(i))).is_nonnegative
    assert sp.Abs(Expect(f(i) ** 2)) == Expect(f(i) ** 2)
    assert Expect(f(i)).is_nonnegative is None
    assert Expect(-sp.exp(f(i))).is_nonnegative is None


def test_factorials_binomials_and_dimension_as_numbers() -> None:
    at = numbers(0)
    assert [evaluate(sp.factorial(n), {"n": count}) for count in (0, 1, 4)] == [1, 1, 24]
    assert evaluate(sp.binomial(n, m), {"n": 6, "m": 2}) == 15
    assert evaluate(SpaceDimension(sp.Lambda(i, v(i))), at) == 3


def test_quantities_of_one_name_can_be_ordered() -> None:
    one, same, other = Quantity("z", real(0)), Quantity("z", real(0)), Quantity("z", real(0), definition=sp.Integer(2))
    assert one == same
    assert sp.Add(one, same) == 2 * one
    assert {one.compare(same), one.compare(other) + other.compare(one)} == {0}
