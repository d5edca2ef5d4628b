"""A family given by formulas is its name and the formulas: equally named ones are the same if they are given alike."""

import pickle
from collections.abc import Mapping

import pytest
import sympy as sp

from verify import Lemma, Quantity, integer, le, real
from verify.proof import Fact, Proof, StepFailed, bound, iterate, value_of
from verify.proof.terms import DefinedFamily, FamilyOf, Index, Inner, Iterates, total, vectors

b = Quantity("b", real(0), "any number")
n = Quantity("n", integer(1))
w, x = vectors("W"), vectors("X")
i, r = Index("i", n), Index("r", n)


def linear(slope: int) -> DefinedFamily:
    """e_k = slope * k"""
    return DefinedFamily("e", lambda k: slope * k)


def at_most(e: DefinedFamily) -> Lemma:
    """e_1 <= 1 + b, which holds for e_k = k."""
    return Lemma(le(e(1), 1 + b), id="first", proof=lambda p: bound(e(1), "<=", 1 + b, value_of(e, sp.S.One)))


def two_at_most(e: DefinedFamily) -> Lemma:
    """2 <= 1 + b, which is false at b = 0, from e_1 = 2 and what the other lemma says of its own e_1."""

    def proof(p: Proof) -> Fact:
        return bound(2, "<=", 1 + b, value_of(e, sp.S.One), p.cite("first"))

    return Lemma(le(2, 1 + b), uses=("first",), id="second", proof=proof)


def conclude(lemma: Lemma, others: Mapping[str, Lemma]) -> Fact:
    proof = Proof(lemma, others.__getitem__)
    assert lemma.proof is not None
    return proof.conclude(lemma.proof(proof))


@pytest.mark.parametrize("false_first", [False, True])
def test_what_is_shown_of_one_family_is_not_shown_of_its_namesake(false_first: bool) -> None:
    """In whatever order the two proofs run in one process."""
    true, false = at_most(linear(1)), two_at_most(linear(2))
    for lemma in (false, true) if false_first else (true, false):
        if lemma is false:
            with pytest.raises(StepFailed, match="does not follow"):
                conclude(false, {"first": true})
        else:
            assert conclude(true, {}).relation == true.claim


def test_families_given_alike_are_one() -> None:
    one, other = linear(2), linear(2)
    assert one(i) == other(i)
    assert one(i) - other(i) == 0
    with pytest.raises(StepFailed, match="e is the name of families of different kinds or definitions"):
        bound(one(1), "<=", 2, value_of(other, sp.S.One), value_of(linear(1), sp.S.One))
    assert one(i) != linear(1)(i)
    assert str(one(i)) == str(linear(1)(i)) == "e[i]"
    assert bound(one(1), "<=", 2, value_of(other, sp.S.One)).high == 2


def walk(step: int) -> tuple[Iterates, DefinedFamily]:
    """Iterates that speak of themselves and of numbers that speak of them."""
    path: Iterates = Iterates("walk", w, lambda k, s: path(k, s) + step * error(k) * w(s))
    error: DefinedFamily = DefinedFamily("error", lambda k: total(Inner(path(k, i), x(i)), i))
    return path, error


def test_iterates_that_speak_of_themselves() -> None:
    (path, error), (again, error_again), (other, error_other) = walk(1), walk(1), walk(2)
    assert path(2, r) == again(2, r)
    assert error(2) == error_again(2)
    assert path(2, r) != other(2, r)
    assert error(2) != error_other(2)  # its own formula is the same, but that of the iterates in it is not
    assert iterate(path, n + 1, r).right == again(n, r) + error_again(n) * w(r)
    with pytest.raises(StepFailed, match="error is the name of families of different"):
        bound(error(1), "==", error(1), value_of(error_other, sp.S.One))


def test_another_start_makes_other_iterates() -> None:
    one, other = (Iterates("walk", start, lambda k, s: w(s)) for start in (w, lambda s: 2 * w(s)))
    assert one(1, r) != other(1, r)


def measured(family: FamilyOf) -> Quantity:
    return Quantity("S", real(0), "the first", lambda at: abs(at["e"][0]), sp.Abs(family(1)))


def times(factor: Quantity) -> DefinedFamily:
    return DefinedFamily("u", lambda k: factor * k)


def test_what_is_measured_in_namesakes_differs() -> None:
    """Also where a formula speaks of the measured quantity only."""
    assert measured(linear(1)) == measured(linear(1)) != measured(linear(2))
    one, again, other = (times(measured(linear(slope))) for slope in (1, 1, 2))
    assert one(1) == again(1) != other(1)


def test_a_formula_is_asked_once() -> None:
    """Else a formula that tells something else each time would give one member two values."""
    values = iter(range(10))
    e = DefinedFamily("e", lambda k: sp.Integer(next(values)) * k)
    assert value_of(e, i).right == value_of(e, i).right
    assert value_of(e, r).right == value_of(e, i).right.subs(i, r)


def test_a_formula_may_speak_of_what_is_defined_further_down() -> None:
    """A namesake is compared with it before: that is no error, and no member of the one is taken for the other's."""
    early = DefinedFamily("e", lambda k: later(k))
    assert early(i) != linear(3)(i)

    def later(k: sp.Expr) -> sp.Expr:
        return 3 * k

    assert early(i) == linear(3)(i)


def test_members_can_be_sent_to_another_process() -> None:
    halved: Iterates = Iterates("halved", w, lambda k, s: halved(k, s) / 2)
    for member in (linear(2)(1), halved(1, 1)):
        assert pickle.loads(pickle.dumps(member)) == member
    assert pickle.loads(pickle.dumps(linear(2)(1))) != linear(1)(1)
