"""Certified suprema and infima: a value that is reached, or approached, and a proof that none is larger.

A search proposes where the extremum lies; near the ends of the domain and near simple numbers that place is made exact,
and the value there is taken symbolically (a removable singularity by l'Hospital's rule). If E - f >= 0 is then proved
over the whole domain, multiplied by the denominator of f so that a singularity costs nothing, E is the supremum.
Otherwise a slightly larger rational bound is proved. The lower end is f at an exact point, in balls.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import sympy as sp
from flint import arb, ctx

from verify.balls.boxes import Piece
from verify.balls.cases import cases_of, zeros_of
from verify.balls.compile import evaluate
from verify.balls.defined import undefined
from verify.balls.exact import lower_decimal, to_fraction, to_sympy, upper_decimal
from verify.balls.goals import Goal, admits, goal_of
from verify.balls.hypotheses import without_equations
from verify.balls.peaks import Place, high_points, places, polished, value_at
from verify.balls.prover import Cover, joined
from verify.balls.signs import proved_sign
from verify.balls.strategy import prove_case
from verify.relations import Relation
from verify.statement import Domain

_ROOM = (14, 12, 10, 8, 6, 4, 2)  # decimal places to which a bound without closed form is tried
_MOST_PLACES = 24


class NoExtremum(ArithmeticError):
    """No finite bound was proved: the expression is unbounded, or out of reach."""


@dataclass(frozen=True)
class Extremum:
    """``lower`` <= extremum <= ``upper``, decimals rounded outwards.

    ``at`` says where, such as "z = 1" or "x -> 0"; ``exact`` is the value in closed form, if it was proved to be that;
    ``attained`` says whether it is a value at a point of the domain, and not only a limit.
    """

    lower: str
    upper: str
    at: str
    exact: sp.Expr | None
    attained: bool
    boxes: int


@dataclass(frozen=True)
class _Target:
    """f, as the quotient of two expressions, over the piece of a goal."""

    goal: Goal
    value: sp.Expr
    numerator: sp.Expr
    denominator: sp.Expr


def supremum(
    expr: sp.Expr,
    domains: Mapping[sp.Symbol, Domain],
    given: Sequence[Relation] = (),
    digits: int = 15,
    max_boxes: int = 20_000,
    prec: int = 192,
) -> Extremum:
    """The least upper bound of ``expr`` over the points of ``domains`` that satisfy ``given``, where it is defined.

    Raises NoExtremum if no finite upper bound is proved, UnknownNode and UnboundSymbol as certify.
    """
    with ctx.workprec(prec):
        goal = without_equations(goal_of(Relation(sp.sympify(expr), "<=", sp.S.Zero), domains, given))
        value = -goal.claim.expr
        numerator, denominator = sp.fraction(sp.together(value))
        target = _Target(goal, value, numerator, denominator)
        points = high_points(goal, value)
        if not points:
            raise NoExtremum("no point of the domain was found at which the expression is defined")
        return _at_exact_place(target, points, digits, max_boxes) or _at_float_place(target, points, digits, max_boxes)


def infimum(
    expr: sp.Expr,
    domains: Mapping[sp.Symbol, Domain],
    given: Sequence[Relation] = (),
    digits: int = 15,
    max_boxes: int = 20_000,
    prec: int = 192,
) -> Extremum:
    """The greatest lower bound; as supremum."""
    found = supremum(-sp.sympify(expr), domains, given, digits, max_boxes, prec)
    exact = None if found.exact is None else -found.exact
    return replace(found, lower=_negated(found.upper), upper=_negated(found.lower), exact=exact)


def _negated(decimal: str) -> str:
    return decimal[1:] if decimal.startswith("-") else f"-{decimal}"


def sharp_constant(
    claim: Relation,
    constant: sp.Symbol,
    domains: Mapping[sp.Symbol, Domain],
    given: Sequence[Relation] = (),
    digits: int = 15,
) -> Extremum:
    """The best value of a constant in which both sides of ``claim`` are linear, all other symbols free.

    high - low = a C + b >= 0: if a >= 0 the claim needs C >= -b/a, and the best value is the supremum of that; if
    a <= 0 it needs C <= -b/a, and the best value is the infimum. Raises ValueError if the claim is not linear in the
    constant or if the sign of a is not certain.
    """
    slack = sp.expand(claim.high - claim.low)
    slope = sp.diff(slack, constant)
    if slope == 0 or slope.has(constant):
        raise ValueError(f"{claim} is not linear in {constant}")
    goal = goal_of(Relation(sp.S.Zero, "<=", slope), domains, given)
    with ctx.workprec(128):
        sign = proved_sign(goal.claim.expr, goal.piece)
    if sign is None:
        raise ValueError(f"the sign of the coefficient {slope} of {constant} is not certain")
    needed = -slack.subs(constant, 0) / slope
    return (supremum if sign > 0 else infimum)(needed, domains, given, digits)


def _at_exact_place(target: _Target, points: list[list[float]], digits: int, max_boxes: int) -> Extremum | None:
    """The supremum as the value at an exact place near the highest point found."""
    highest = evaluate(target.value, _exact(target, points[0]))
    for place in itertools.islice(places(target.goal.piece, points), _MOST_PLACES):
        exact = value_at(target.value, target.goal.piece.symbols, place)
        if exact is None or not _could_be(exact, highest):
            continue
        found = _bounded_by(target, exact, max_boxes)
        lower = _approached(target, place, exact, digits) if found.complete else None
        if lower is not None:
            attained = _is_attained(target, place)
            decimals = lower_decimal(lower, digits), upper_decimal(evaluate(exact), digits)
            return Extremum(*decimals, _where(target, place), exact, attained, found.boxes)
    return None


def _could_be(exact: sp.Expr, highest: arb) -> bool:
    """Whether a value is not below what was found, and not far above it."""
    value = evaluate(exact)
    return not value < highest and bool(value - highest <= arb("1e-2") * (1 + abs(highest)))


def _exact(target: _Target, point: Sequence[float]) -> dict[sp.Symbol, sp.Rational]:
    return {s: to_sympy(x) for s, x in zip(target.goal.piece.symbols, point, strict=True)}


def _bounded_by(target: _Target, bound: sp.Expr, max_boxes: int) -> Cover:
    """Prove f <= bound wherever f is defined."""
    goal = target.goal
    if not undefined(target.value, goal.piece)[0]:
        found = _nonnegative(bound - target.value, goal, goal.piece, max_boxes)
        if found.complete:
            return found
    total = Cover(True, 0)
    for part in _parts(target.denominator, goal.piece):
        sign = proved_sign(target.denominator, part)
        slack = bound * target.denominator - target.numerator
        if sign is None or undefined(slack, part)[0]:
            return Cover(False, total.boxes)
        total = joined(total, _nonnegative(sign * slack, goal, part, max_boxes - total.boxes))
    return total


def _parts(denominator: sp.Expr, piece: Piece) -> list[Piece]:
    """The piece, cut where the denominator changes sign if that depends on one symbol only."""
    if proved_sign(denominator, piece) is not None or len(denominator.free_symbols) != 1:
        return [piece]
    symbol = next(iter(denominator.free_symbols))
    index = piece.symbols.index(symbol)
    parts = [piece]
    for zero in sorted(zeros_of(denominator, piece.only(symbol)), key=float):
        below, above = parts.pop().cut(index, zero)
        parts += [below, above]
    return parts


def _nonnegative(expr: sp.Expr, goal: Goal, piece: Piece, max_boxes: int) -> Cover:
    total = Cover(True, 0)
    for case, part in cases_of(expr, piece):
        total = joined(total, prove_case(case, part, goal.given, False, max_boxes - total.boxes))
        if not total.complete:
            break
    return total


def _is_attained(target: _Target, place: Place) -> bool:
    """Whether the place is a point of the domain, admitted, at which f is defined."""
    point = dict(zip(target.goal.piece.symbols, place, strict=True))
    if not all(v.is_finite for v in place) or not admits(target.goal, point):
        return False
    at = target.value.subs(point)
    return not at.has(sp.nan, sp.zoo, sp.oo, -sp.oo) and bool(evaluate(at).is_finite())


def _approached(target: _Target, place: Place, exact: sp.Expr, digits: int) -> arb | None:
    """An exact lower end within 10^-digits of ``exact``, from f at the place or at points ever closer to it."""
    value = evaluate(exact)
    if _is_attained(target, place):
        return value
    room = arb(10) ** (-digits) * (abs(value) + arb(10) ** (-digits))
    for step in range(4, 400, 4):
        point = {s: _near(target, s, v, step) for s, v in zip(target.goal.piece.symbols, place, strict=True)}
        with ctx.workprec(1024):
            reached = evaluate(target.value, {s: to_sympy(x) for s, x in point.items()})
        if reached > value - room and admits(target.goal, point):
            return reached
    return None


def _near(target: _Target, symbol: sp.Symbol, value: sp.Expr, step: int) -> Fraction:
    """A rational of the domain at distance about 2^-step from an exact number, or about 2^step if it is infinite."""
    domain = target.goal.piece.domains[target.goal.piece.symbols.index(symbol)]
    scale = Fraction(1, 2**step)
    if not value.is_finite:
        return (1 if value == sp.oo else -1) / scale
    near = to_fraction(evaluate(value).mid())
    if value == domain.upper:
        return near - scale
    return near + scale if value == domain.lower or value.is_Rational is not True else near


def _where(target: _Target, place: Place) -> str:
    """Such as "z = 1", or "x -> 0" for a point outside the domain of f."""
    attained = _is_attained(target, place)
    names = [target.goal.names[s] for s in target.goal.piece.symbols]
    return ", ".join(f"{n} {'=' if attained else '->'} {v}" for n, v in zip(names, place, strict=True))


def _at_float_place(target: _Target, points: list[list[float]], digits: int, max_boxes: int) -> Extremum:
    """An enclosure of the supremum from a float place, refined to high precision."""
    start = _admitted(target, points)
    if start is None:
        raise NoExtremum("no point near the extremum certainly satisfies the domains and hypotheses")
    point = polished(target.goal, target.value, start)
    lower = evaluate(target.value, {s: to_sympy(v) for s, v in point.items()})
    if not lower.is_finite():
        raise NoExtremum("the expression is not defined where it seems to be largest")
    spent = 0
    for bound in _bounds(lower):
        found = _bounded_by(target, bound, max_boxes // len(_ROOM))
        spent += found.boxes
        if found.complete:
            where = ", ".join(f"{target.goal.names[s]} = {float(v):.12g} (about)" for s, v in point.items())
            return Extremum(
                lower_decimal(lower, digits), upper_decimal(evaluate(bound), digits), where, None, False, spent
            )
    raise NoExtremum("no upper bound was proved")


def _admitted(target: _Target, points: list[list[float]]) -> list[float] | None:
    """The first of the points, integers rounded, that is certainly admitted: only such a point gives a lower end."""
    piece = target.goal.piece
    for point in points:
        near = [float(round(x)) if d.integer else x for x, d in zip(point, piece.domains, strict=True)]
        if admits(target.goal, dict(zip(piece.symbols, map(Fraction, near), strict=True))):
            return near
    return None


def _bounds(lower: arb) -> Iterator[sp.Rational]:
    """Rational bounds ever further above what was reached."""
    for places_kept in _ROOM:
        room = max(abs(float(lower)), 1e-12) * 10.0**-places_kept
        yield to_sympy(Fraction(upper_decimal(lower + arb(room), places_kept + 6)))
