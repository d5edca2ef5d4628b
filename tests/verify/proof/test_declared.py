"""What a domain declares of a quantity with a definition holds nothing up unless the definition shows it."""

from __future__ import annotations

import pytest
import sympy as sp

from verify import Domain, Lemma, Quantity, Relation, StatementError, const, integer, le, positive, real
from verify.proof import StepFailed, algebra, bound, certified, in_domain, instance
from verify.proof.declared import check_declarations, domain_shown, promises_more

b, c = Quantity("b", real(0)), Quantity("c", real())
n = Quantity("n", integer(1))
less = Quantity("less", real(0), "b - 1", definition=b - 1)
whole = Quantity("whole", integer(0), "b again", definition=b)


@pytest.mark.parametrize("of_c", [sp.Abs(c), sp.sqrt(c**2), sp.Max(c, 0)])
def test_a_sign_that_is_only_declared_is_not_built_on(of_c: sp.Expr) -> None:
    """SymPy would turn |c| into c."""
    with pytest.raises(StepFailed, match="by declaration"):
        instance(bound(0, "<=", of_c), {c: less})


def test_a_number_that_is_only_declared_whole_is_not_taken_for_one() -> None:
    with pytest.raises(StepFailed, match="by declaration"):
        certified(le(whole, whole**2), {whole: whole.domain})
    with pytest.raises(StepFailed, match="by declaration"):
        instance(algebra(sp.floor(n), n), {n: whole + 1})
    with pytest.raises(StepFailed, match="does not visibly lie"):
        in_domain(whole)


def test_what_the_definition_shows_may_be_declared() -> None:
    square = Quantity("square", real(0), "", definition=c**2)
    above = Quantity("above", positive(), "", definition=1 + b)
    count = Quantity("count", integer(1), "", definition=n + 1)
    for shown in (square, above, count):
        assert domain_shown(shown)
        assert not promises_more(shown)
    assert instance(bound(0, "<=", sp.Abs(c)), {c: square}).high == square


def test_bounds_without_a_sign_promise_nothing_to_sympy() -> None:
    low = Quantity("low", real(-1, 1), "", definition=c)
    assert not promises_more(low)
    assert instance(bound(0, "<=", sp.Abs(c)), {c: low}).high == sp.Abs(low)


x = Quantity("x", real(-1, 1))


@pytest.mark.parametrize("domain", [real(0), positive(), real(-1, sp.Rational(1, 2)), integer(-1, 1)])
def test_an_abbreviation_may_not_be_declared_to_be_what_it_visibly_is_not(domain: Domain) -> None:
    """|B| <= x for B := x would read B <= x, and hold."""
    B = Quantity("B", domain)
    with pytest.raises(StatementError, match="declare it real"):
        check_declarations(Lemma(le(sp.Abs(B), x), where={B: x}))


def test_an_abbreviation_may_be_declared_to_be_what_it_visibly_is() -> None:
    B, K = Quantity("B", positive()), const("K", 2)
    lemma = Lemma(le(sp.Abs(B), 3), where={B: K * sp.exp(x)})
    check_declarations(lemma)
    with pytest.raises(StatementError, match="declare it real"):
        check_declarations(lemma.set(K=-2))
    check_declarations(Lemma(le(sp.Abs(Quantity("B", real())), x), where={Quantity("B", real()): x}))


def test_a_definition_may_not_rest_on_an_abbreviation() -> None:
    B = Quantity("B", real())
    D = Quantity("D", real(), "x - 1", lambda at: at["x"] - 1, definition=B)
    with pytest.raises(StatementError, match="write that one out"):
        check_declarations(Lemma(le(0, D), given={"small": le(B, 3)}, where={B: x - 1}))


def test_what_a_definition_rests_on_is_asked_too() -> None:
    deeper = Quantity("deeper", real(), "", definition=less)
    assert promises_more(deeper)
    with pytest.raises(StepFailed, match="by declaration"):
        instance(bound(0, "<=", sp.Abs(c)), {c: deeper})


def test_a_root_that_may_not_be_real_is_no_real_number() -> None:
    root = Quantity("root", real(), "", definition=sp.sqrt(b - 1))
    assert promises_more(root)
    with pytest.raises(StepFailed, match="by declaration"):
        instance(bound(0, "<=", c**2), {c: root})


@pytest.mark.parametrize("relation", [le(sp.Abs(less), b - 1), le(less, 3)])
def test_claims_and_hypotheses_promise_no_more_either(relation: Relation) -> None:
    with pytest.raises(StatementError, match="declare it real"):
        check_declarations(Lemma(relation))
    with pytest.raises(StatementError, match="declare it real"):
        check_declarations(Lemma(le(0, 1 + b), given={"hypothesis": relation}))
