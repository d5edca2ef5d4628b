"""Inequalities between rational functions of one number, decided by SymPy: real roots, isolated exactly (Sturm).

Sturm's theorem: Basu, Pollack, Roy, Algorithms in Real Algebraic Geometry (2006), Theorem 2.62. Shares no code with the
bisection in balls.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

import sympy as sp

from verify.relations import Relation
from verify.statement import Domain

Decided = Literal["true", "false", "unknown"]


@dataclass(frozen=True)
class Answer:
    """What an engine says of a claim: ``witness`` (by symbol, exact) where it is false, a ``reason`` where unknown."""

    status: Decided
    reason: str = ""
    witness: dict[sp.Symbol, sp.Expr] = field(default_factory=dict)


def decide(claim: Relation, symbol: sp.Symbol, domain: Domain) -> Answer:
    """Whether the claim, which has no other symbol, holds on the whole interval ``domain`` of real numbers."""
    top, bottom = sp.fraction(sp.together(claim.high - claim.low))
    try:
        numerator, denominator = (sp.Poly(part, symbol, domain="QQ") for part in (top, bottom))
    except sp.PolynomialError:
        return Answer("unknown", "no quotient of polynomials with rational coefficients")
    except sp.CoercionFailed:
        return Answer("unknown", "the coefficients are not rational")
    if not (domain.lower < domain.upper and all(_is_end(end) for end in (domain.lower, domain.upper))):
        return Answer("unknown", "the ends of the domain are not rational")
    if any(_inside(root, domain) for root in denominator.real_roots(multiple=True)):
        return Answer("unknown", "the denominator vanishes in the domain")
    if claim.op == "==":
        return Answer("true") if numerator.is_zero else Answer("unknown", "an equation")
    return _signs(numerator * denominator, symbol, domain, claim.strict)


def _is_end(end: sp.Expr) -> bool:
    return bool(end.is_Rational or end.is_infinite)


def _signs(poly: sp.Poly, symbol: sp.Symbol, domain: Domain, strict: bool) -> Answer:
    """Whether poly >= 0, or > 0, on the domain: between neighbouring roots its sign is that at any one point."""
    if poly.is_zero:
        return Answer("false", witness={symbol: next(_between([], domain))}) if strict else Answer("true")
    roots = [root for root in poly.real_roots(multiple=False) if _inside(root[0], domain)]
    negative = next((x for x in _between([root for root, _ in roots], domain) if poly.eval(x) < 0), None)
    if negative is not None:
        return Answer("false", witness={symbol: negative})
    if strict and roots:
        return Answer("false", witness={symbol: roots[0][0]})
    return Answer("true")


def _inside(root: sp.Expr, domain: Domain) -> bool:
    below = root > domain.lower if domain.open_lower else root >= domain.lower
    above = root < domain.upper if domain.open_upper else root <= domain.upper
    return bool(below and above)


def _between(roots: list[sp.Expr], domain: Domain) -> Iterator[sp.Rational]:
    """A rational number strictly between each two neighbours among the ends of the domain and the roots, ascending."""
    points = [domain.lower, *(r for r in roots if domain.lower < r < domain.upper), domain.upper]
    for left, right in itertools.pairwise(points):
        if left.is_infinite or right.is_infinite:
            yield _beyond(left, right)
        else:
            yield _rational_between(left, right)


def _beyond(left: sp.Expr, right: sp.Expr) -> sp.Rational:
    if left.is_infinite and right.is_infinite:
        return sp.S.Zero
    return sp.floor(right) - 1 if left.is_infinite else sp.ceiling(left) + 1


def _rational_between(left: sp.Expr, right: sp.Expr) -> sp.Rational:
    digits = 15
    while True:
        middle = sp.Rational(str(((left + right) / 2).evalf(digits)))
        if left < middle < right:
            return middle
        digits *= 2
