"""True statements are proved or left undecided, false ones refuted or left undecided; never the other way round."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy as sp

from verify.balls.certify import certify
from verify.balls.compile import UnknownNode
from verify.balls.goals import UnboundSymbol
from verify.relations import Relation, eq, ge, gt, le, lt
from verify.statement import Domain, integer, positive, real

n, s, t, x, y, z = sp.symbols("n s t x y z")
E = sp.exp
Claim = tuple[Relation, dict[sp.Symbol, Domain]]


def tail(u: sp.Expr) -> sp.Expr:
    """P(g > u) for a standard Gaussian g."""
    return sp.erfc(u / sp.sqrt(2)) / 2


TRUE: dict[str, Claim] = {
    "first order": (le(sp.Abs(E(z) - 1), 2 * sp.Abs(z)), {z: real(-1, 1)}),
    "first order, wider": (le(sp.Abs(E(z) - 1), 2 * sp.Abs(z)), {z: real(-1.25, 1.25)}),
    "second order": (le(sp.Abs(E(z) - 1 - z), z**2), {z: real(-1, 1)}),
    "second order, wider": (le(sp.Abs(E(z) - 1 - z), z**2), {z: real(-1.79, 1.79)}),
    "decay": (le(E(-x), 1 - x + x**2 / 2), {x: real(0)}),
    "one plus x": (le(1 + x, E(x)), {x: real()}),
    "gaussian tail": (le(tail(t), E(-(t**2) / 2) / 2), {t: real(0)}),
    "log": (le(sp.log(1 + x), x), {x: real(0)}),
    "strict beside a touching point": (gt(E(x), 1 + x), {x: positive()}),
    "arithmetic and geometric mean": (ge(x**2 + y**2, 2 * x * y), {x: real(-1, 1), y: real(-1, 1)}),
    "identity": (eq((x + y) ** 2, x**2 + 2 * x * y + y**2), {x: real(), y: real()}),
}

OPEN_CONE = real(0, open_lower=True, open_upper=True)

FALSE: dict[str, Claim] = {
    "first order, too wide": (le(sp.Abs(E(z) - 1), 2 * sp.Abs(z)), {z: real(-1.26, 1.26)}),
    "decay, constant below the sharp one": (le(E(-x), 1 - x + sp.Rational(4999, 10000) * x**2), {x: real(0)}),
    "strict at a touching point": (lt(1 + x, E(x)), {x: real()}),
    "strict on the diagonal of a cone": (gt((x - y) ** 2, 0), {x: OPEN_CONE, y: OPEN_CONE}),
    "only for n = 3": (le(n**2, 2**n), {n: integer(1)}),
    "identity": (eq((x + y) ** 2, x**2 + y**2), {x: real(), y: real()}),
}


@pytest.mark.parametrize("name", TRUE)
def test_true_statements_are_proved(name: str) -> None:
    claim, domains = TRUE[name]
    found = certify(claim, domains)
    assert found.status == "proved", found
    assert found.witness is None


@pytest.mark.parametrize("name", FALSE)
def test_false_statements_are_refuted_by_an_exact_point(name: str) -> None:
    claim, domains = FALSE[name]
    found = certify(claim, domains)
    assert found.status == "refuted", found
    assert found.witness is not None
    values = {sp.Symbol(k): sp.Rational(Fraction(v)) for k, v in found.witness.items()}
    difference = (claim.high - claim.low).subs(values).evalf(60)
    assert difference != 0 if claim.op == "==" else difference <= 0


def test_a_claim_that_is_worst_at_an_open_end_is_refuted_by_points_inside() -> None:
    """x > 1 + sqrt(x + 1) is farthest from true at x = 0, no point of the domain; it takes no box to see it fail."""
    found = certify(gt(x, 1 + sp.sqrt(x + 1)), {x: real(0, 3, open_lower=True, open_upper=True)})
    assert (found.status, found.boxes) == ("refuted", 0)


def test_exponents_too_large_to_be_written_out_are_left_as_they_are() -> None:
    x = sp.Symbol("x", real=True)
    for bound in (sp.S.One, sp.Rational(1, 2), sp.exp(-x)):
        assert certify(le(sp.exp(-(10**10) * x), bound), {x: real(1, 2)}).status == "proved"


def test_unknown_nodes_raise_with_their_name() -> None:
    with pytest.raises(UnknownNode, match="besselj"):
        certify(le(sp.besselj(0, x), 1), {x: real(0, 1)})


def test_a_symbol_without_a_domain_raises() -> None:
    with pytest.raises(UnboundSymbol, match="y"):
        certify(le(x, y), {x: real(0, 1)})


def test_a_variable_gives_way_to_its_bound_without_leaving_its_domain() -> None:
    lam, c, k = sp.symbols("lam c k")
    claim, given = le(sp.log(1 / lam), sp.log(c * k / lam**2) + 2), [le(lam, sp.exp(2)), le(1, c * k)]
    domains = {s: positive() for s in (lam, c, k)}
    found = certify(claim, domains, given, max_boxes=1000)
    assert found.status == "proved"
    assert "c replaced by its bound, in which the claim is monotone" in found.method
    beyond = certify(claim, domains, [le(lam, sp.Rational("7.4")), given[1]], max_boxes=1000)  # just above e^2
    assert beyond.status == "refuted"
    half = certify(claim, {**domains, c: real(sp.Rational(1, 2))}, given, max_boxes=1000)  # 1/k may lie below
    assert half.status == "proved"
    assert "k replaced by its bound, in which the claim is monotone" in half.method


def test_a_variable_moved_to_a_bound_of_another_sign_forgets_its_own() -> None:
    """False at x = 0, and no witness is found: z can be sqrt(2) alone. Below 0, -exp(-x^2) falls."""
    domains = {x: real(0, 1), y: real(-1, sp.Rational(-1, 2)), z: real(1, 2)}
    given = [ge(x, y), le((z - sp.sqrt(2)) ** 2, 0)]
    assert certify(ge(sp.Rational(9, 10) - sp.exp(-(x**2)), 0), domains, given, max_boxes=1000).status == "undecided"


def test_a_strict_claim_is_not_proved_beside_a_point_that_no_search_finds() -> None:
    """z can be no rational, so that no witness is found; the faces of the unit cube belong to it."""
    root = real(sp.sqrt(2), sp.sqrt(2))
    found = certify(gt(z * (x - y) ** 2, 0), {x: OPEN_CONE, y: OPEN_CONE, z: root})
    assert found.status == "undecided"


@pytest.mark.parametrize("side", [sp.sqrt(z), 1 / z, sp.log(z), sp.sqrt(z) * sp.sqrt(z - 1)])
def test_what_cancels_must_be_defined_too(side: sp.Expr) -> None:
    for claim in (le(side, side + 1), eq(side, side)):
        assert certify(claim, {z: real()}).status == "undecided"
    assert certify(le(side, side + 1), {z: real(2)}).status == "proved"
    assert certify(le(side, side + 1), {z: real()}, [le(2, z)]).status == "proved"


def test_hypotheses_that_leave_one_excluded_point_are_no_crash() -> None:
    assert certify(gt(sp.floor(sp.cosh(x)), 1), {x: positive(1)}, [eq(3 * x, 0)]).status != "refuted"


@pytest.mark.parametrize("vanishing", [sp.Heaviside(x), sp.Max(x, 0), sp.sign(x) + 1])
def test_a_factor_that_the_sign_of_its_letter_takes_away_defines_nothing(vanishing: sp.Expr) -> None:
    """It takes log(x) with it before anything is proved."""
    below = {x: real(-2, -1)}
    assert certify(gt(vanishing * sp.log(x), -1), below, max_boxes=1).status == "undecided"
    assert certify(gt(vanishing * sp.log(-x), -1), below).status == "proved"


def test_a_factor_that_a_hypothesis_takes_away_defines_nothing() -> None:
    below = {x: real(-2, -1), y: real(-2, -1)}
    assert certify(gt((x - y) * sp.log(x), -1), below, [eq(x, y)], max_boxes=1).status == "undecided"


@pytest.mark.parametrize(
    "claim",
    [
        ge(sp.sign(x) ** 2, 1),
        ge(sp.sign(x**2), 1),
        ge(sp.Heaviside(x**2), 1),
        ge(sp.sign(x) ** 2 + sp.sign(y) ** 2, 1),
        ge(sp.Abs(sp.sign(x)) + sp.Abs(sp.sign(y)), 1),
    ],
)
def test_a_jump_at_a_single_point_is_not_passed_over(claim: Relation) -> None:
    """False at 0 alone, where sampling never looks; 1/x is never 0, and degree 0 says nothing of the value at 0."""
    assert certify(claim, {x: real(), y: real()}).status == "undecided"
