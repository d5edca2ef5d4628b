"""Sharp constants of statements about numbers: the best value at which the claim still holds, enclosed.

Where the two sides differ by a C + b, the claim needs C >= -b/a at every admitted point with a > 0, and C <= -b/a where
a < 0. One end of the enclosure is that quotient at an exact point that a search found; the other is a value of the
constant at which the claim is certified. Both ends are rigorous, whatever the search missed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp
from flint import arb, ctx
from scipy.optimize import minimize

from verify.balls.certify import certify
from verify.balls.compile import UnknownNode, ball_function, evaluate
from verify.balls.exact import lower_decimal, to_sympy, upper_decimal
from verify.balls.goals import Goal, admits, goal_of
from verify.balls.search import float_ends, sample
from verify.lemma import Lemma
from verify.statement import Constant, Quantity, Relation

BITS = 192
STARTS = 4  # descents of the search
DENOMINATORS = (1, 2, 4, 10, 100, 10**4, 10**8, 10**15)
ROOM = tuple(sp.Rational(1, 10**k) for k in (9, 6, 4, 2))  # relative distances at which the claim is tried
DIGITS = 12  # of the decimals that enclose the sharp value
SIMPLE = 100  # the largest denominator of a point at which the sharp value may be attained
SHORT = 200  # the largest denominator of a fraction that is tried as the sharp value

Point = Mapping[sp.Symbol, Fraction]


@dataclass(frozen=True)
class Sharp:
    """The enclosure of one constant's sharp value.

    sign: 1 if the claim needs the constant to be at least that, -1 if at most. exact: the closed form, where the value
    is attained. at: the exact point that shows it, by name.
    """

    sign: int
    lower: str
    upper: str
    exact: str | None
    at: Mapping[str, str]

    def as_json(self) -> dict[str, Any]:
        return {"lower": self.lower, "upper": self.upper, "exact": self.exact}

    def excludes(self, stated: sp.Expr) -> bool:
        """Whether the stated value is certainly not the sharp one."""
        return bool(stated > sp.Rational(self.upper) or stated < sp.Rational(self.lower))

    @property
    def better(self) -> str:
        """A value at which the claim is certified."""
        return self.upper if self.sign > 0 else self.lower

    def factor(self, stated: sp.Expr) -> float | None:
        """By what factor the stated value is weaker than the sharp one, rounded down; None unless both are positive."""
        near = sp.Rational(self.better)
        if not (near > 0 and stated > 0):
            return None
        return max(1.0, float(stated / near if self.sign > 0 else near / stated))


@dataclass(frozen=True)
class _Needed:
    """The claim says sign * constant >= sign * quotient wherever sign * slope > 0."""

    quotient: sp.Expr
    slope: sp.Expr
    sign: int


def sharp(lemma: Lemma, constant: Constant, boxes: int) -> Sharp | None:
    """The sharp value of a constant in the claim, the others fixed; None if it is not linear there or not enclosed.

    Where the claim needs a constant between two values, the larger end is given only if the smaller is not enclosed.
    """
    for needed in _both_signs(lemma, constant):
        goal = _goal(lemma, needed)
        point = _search(goal)
        found = _enclose(lemma, constant, needed, goal, point, boxes) if point is not None else None
        if found is not None:
            return found
    return None


def _both_signs(lemma: Lemma, constant: Constant) -> Iterator[_Needed]:
    """What the claim needs of the constant where its slope is positive, and where it is negative."""
    slack = _without_others(lemma, constant, lemma.claim.high - lemma.claim.low)
    slope = sp.diff(slack, constant)
    if lemma.claim.op == "==" or slope == 0 or slope.has(constant):
        return
    quotient = -slack.subs(constant, 0) / slope
    yield _Needed(quotient, slope, 1)
    yield _Needed(quotient, slope, -1)


def _without_others(lemma: Lemma, constant: Constant, expr: sp.Expr) -> sp.Expr:
    """The expression in the constant and the free quantities alone."""
    values = {c: c.value for name, c in lemma.constants.items() if c != constant}
    return expr.subs(values).subs(lemma.where).subs(values)


def _goal(lemma: Lemma, needed: _Needed) -> Goal:
    """The goal "sign * quotient <= 0": its search space, and what admits a point."""
    given = [lemma.spelled_out(relation) for relation in lemma.given.values()]
    mentioned = [Relation(s, "<", s + 1) for s in sorted(_free(lemma), key=lambda s: str(s.name))]
    sided = Relation(sp.S.Zero, "<", needed.sign * needed.slope)
    return goal_of(Relation(needed.sign * needed.quotient, "<=", sp.S.Zero), {}, [*given, sided, *mentioned])


def _free(lemma: Lemma) -> frozenset[Quantity]:
    return lemma.symbols - set(lemma.where)


# --- the search -------------------------------------------------------------------------------------------------------


def _search(goal: Goal) -> Point | None:
    """An exact admitted point at which sign * quotient is as large as a search could make it, as simple as possible."""
    points = sample(goal.piece, seed=0)
    scores = np.array([_score(goal, p.tolist()) for p in points])
    order = np.argsort(-scores, kind="stable")[:STARTS]
    found: tuple[float, Point] | None = None
    for start in (points[i] for i in order if np.isfinite(scores[i])):
        for near in (start, _ascend(goal, start)):
            for exact in _roundings(goal, near):
                score = _score(goal, [float(x) for x in exact.values()])
                better = found is None or score > found[0] + 1e-12 * abs(found[0])
                if better and np.isfinite(score) and admits(goal, exact):
                    found = score, exact
    return found[1] if found else None


def _score(goal: Goal, point: list[float]) -> float:
    """A lower bound of sign * quotient at a float point; minus infinity where it is not admitted or not defined."""
    with ctx.workprec(BITS):
        balls = [arb(x) for x in point]
        for condition in goal.given:
            value = ball_function(condition.expr, goal.piece.symbols)(*balls)
            if not (value > 0 or (value >= 0 and condition.op == ">=") or (condition.op == "==" and value.is_zero())):
                return -np.inf
        value = -ball_function(goal.claim.expr, goal.piece.symbols)(*balls)
    return float(value.lower()) if value.is_finite() else -np.inf


def _ascend(goal: Goal, start: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    def loss(x: np.ndarray[Any, Any]) -> float:
        return float(min(1e300, -_score(goal, _inside(goal, x))))

    options = {"maxfev": 300, "xatol": 1e-12, "fatol": 1e-15}
    return np.array(_inside(goal, minimize(loss, start, method="Nelder-Mead", options=options).x))


def _inside(goal: Goal, x: np.ndarray[Any, Any]) -> list[float]:
    """The point moved into the closed domains, integers rounded."""
    ends = [float_ends(goal.piece, i) for i in range(len(x))]
    moved = [min(max(float(v), low), high) for v, (low, high) in zip(x, ends, strict=True)]
    return [float(round(v)) if d.integer else v for v, d in zip(moved, goal.piece.domains, strict=True)]


def _roundings(goal: Goal, near: np.ndarray[Any, Any]) -> Iterator[Point]:
    for denominator in DENOMINATORS:
        values = [Fraction(round(Fraction(float(x)) * denominator), denominator) for x in near]
        yield dict(zip(goal.piece.symbols, values, strict=True))


# --- the enclosure ----------------------------------------------------------------------------------------------------


def _enclose(
    lemma: Lemma, constant: Constant, needed: _Needed, goal: Goal, point: Point, boxes: int
) -> Sharp | None:
    values = {symbol: to_sympy(value) for symbol, value in point.items()}
    attained = -sp.sympify(goal.claim.expr).xreplace(values) * needed.sign
    at = {goal.names[symbol]: str(value) for symbol, value in point.items()}
    simple = all(x.denominator <= SIMPLE for x in point.values())
    for value in [*([attained] if simple else []), *_candidates(attained, needed.sign)]:
        if _certified(lemma, constant, value, boxes):
            with ctx.workprec(BITS):
                ends = (evaluate(attained), evaluate(value))
            low, high = ends if needed.sign > 0 else ends[::-1]
            exact = str(sp.simplify(value)) if value == attained else None
            return Sharp(needed.sign, lower_decimal(low, DIGITS), upper_decimal(high, DIGITS), exact, at)
    return None


def _candidates(attained: sp.Expr, sign: int) -> Iterator[sp.Expr]:
    """Values beyond the one attained that may be sharp: a short fraction near it, then further and further away."""
    with ctx.workprec(BITS):
        middle = sp.Rational(str(float(evaluate(attained).mid())))
    short = to_sympy(Fraction(str(middle)).limit_denominator(SHORT))
    if abs(short - middle) < abs(middle) / 10**5 and sign * (short - attained) > 0:
        yield short
    yield from (middle + sign * room * abs(middle) for room in ROOM if middle)


def _certified(lemma: Lemma, constant: Constant, value: sp.Expr, boxes: int) -> bool:
    variant = lemma.set(**{str(constant.name): value})
    given = [variant.spelled_out(relation) for relation in variant.given.values()]
    try:
        return certify(variant.spelled_out(variant.claim), {}, given, max_boxes=boxes).status == "proved"
    except UnknownNode:
        return False
