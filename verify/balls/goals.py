"""From a claim to goals: f >= 0 (or f > 0) on a product of domains, under hypotheses of the same shape."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy as sp
from flint import arb, ctx

from verify.balls.boxes import Piece
from verify.balls.compile import UnknownNode, compile_expr, evaluate
from verify.balls.exact import to_sympy
from verify.relations import Op, Relation
from verify.statement import Constant, Domain, Quantity

_ZERO_PRECISIONS = (128, 512, 2048)
_TINY = arb(2) ** -1000  # what the last precision should leave of a zero
_SAMPLE_BITS, _SMALL = 512, arb(2) ** -256
_SAMPLES = ((3, 7), (13, 11), (1, 10), (23, 5), (8, 9), (57, 7), (2, 3))


class UnboundSymbol(ValueError):
    """A symbol of the claim or of a hypothesis for which no domain was given."""


@dataclass(frozen=True)
class Condition:
    """``expr`` (op) 0, where op is one of >=, >, ==."""

    expr: sp.Expr
    op: Op

    @property
    def strict(self) -> bool:
        return self.op == ">"


@dataclass(frozen=True)
class Goal:
    """Show ``claim`` at every point of ``piece`` that satisfies every condition of ``given``.

    ``names`` maps the real dummy symbols to the names that the caller used; ``solved`` holds symbols that an equation
    among the hypotheses expressed through later ones and those of the piece. ``needs`` must hold for both sides of the
    claim to be defined as they were stated, whatever cancels since; "==" stands for "differs from zero".
    """

    claim: Condition
    piece: Piece
    given: tuple[Condition, ...]
    names: Mapping[sp.Symbol, str]
    solved: tuple[tuple[sp.Symbol, sp.Expr], ...] = ()
    needs: tuple[Condition, ...] = ()


def goal_of(claim: Relation, domains: Mapping[sp.Symbol, Domain], given: Sequence[Relation] = ()) -> Goal:
    """The goal that states ``claim``. Constants are replaced by their values; a Quantity brings its own domain.

    Raises UnboundSymbol for a symbol without a domain, UnknownNode for a node without rigorous arithmetic.
    """
    relations = [_with_values(r) for r in (claim, *given)]
    used = sorted(frozenset().union(*(r.symbols for r in relations)), key=lambda s: (str(s), str(type(s))))
    found = {s: _domain(s, domains) for s in used}
    dummies = {s: dummy_of(s, d) for s, d in found.items()}
    conditions = [_condition(r, dummies) for r in relations]
    stated = sp.Tuple(relations[0].left, relations[0].right)
    # A sign that a dummy knows may make parts of a side vanish: what they need is asked for before.
    needs = tuple(Condition(c.expr.xreplace(dummies), c.op) for c in definedness(stated))
    piece = Piece(tuple(dummies.values()), tuple(found.values()))
    for expr in (*stated.xreplace(dummies), *(condition.expr for condition in (*conditions, *needs))):
        compile_expr(expr, piece.symbols)
    return Goal(conditions[0], piece, tuple(conditions[1:]), {d: str(s) for s, d in dummies.items()}, needs=needs)


def _with_values(relation: Relation) -> Relation:
    values = {s: s.value for s in relation.symbols if isinstance(s, Constant)}
    return relation.subs(values) if values else relation


def _domain(symbol: sp.Symbol, domains: Mapping[sp.Symbol, Domain]) -> Domain:
    if symbol in domains:
        return _rounded(domains[symbol])
    if isinstance(symbol, Quantity):
        return _rounded(symbol.domain)
    raise UnboundSymbol(f"no domain for {symbol}")


def _rounded(domain: Domain) -> Domain:
    """The domain, closed if it is one of integers."""
    return Domain(*domain.integer_ends(), integer=True) if domain.integer else domain


def dummy_of(symbol: sp.Symbol, domain: Domain) -> sp.Dummy:
    """A real symbol that knows its sign (and not that it is an integer: integers are relaxed to reals)."""
    known: dict[str, bool] = {"real": True}
    if domain.lower.is_positive or (domain.lower == 0 and domain.open_lower):
        known = {"positive": True}
    elif domain.lower == 0:
        known = {"nonnegative": True}
    elif domain.upper.is_negative or (domain.upper == 0 and domain.open_upper):
        known = {"negative": True}
    elif domain.upper == 0:
        known = {"nonpositive": True}
    return sp.Dummy(str(symbol), **known)


def _condition(relation: Relation, dummies: Mapping[sp.Symbol, sp.Symbol]) -> Condition:
    op: Op = "==" if relation.op == "==" else (">" if relation.strict else ">=")
    return Condition(relation.high.xreplace(dummies) - relation.low.xreplace(dummies), op)


def definedness(expr: sp.Basic) -> list[Condition]:
    """What must hold for ``expr`` to be defined: bases and arguments of its subexpressions.

    op ">" and ">=" compare with 0; op "==" stands for "differs from 0".
    """
    found: dict[Condition, None] = {}
    for node in sp.preorder_traversal(expr):
        condition = _condition_of(node)
        if condition is not None and not condition.expr.is_number:
            found[condition] = None
        elif condition is not None:
            _check_number(condition, node)
    return list(found)


def _condition_of(node: sp.Basic) -> Condition | None:
    if isinstance(node, sp.Pow) and not isinstance(node, sp.exp):
        base, exponent = node.args
        if exponent.is_Integer:
            return Condition(base, "==") if exponent < 0 else None
        if exponent.is_Rational:
            return Condition(base, ">" if exponent < 0 else ">=")
        return Condition(base, ">")
    if isinstance(node, sp.log | sp.gamma | sp.loggamma | sp.polygamma):
        return Condition(node.args[-1], ">")
    if isinstance(node, sp.factorial):
        return Condition(node.args[0] + 1, ">")
    return None


def _check_number(condition: Condition, node: sp.Basic) -> None:
    """A constant subexpression such as log(2) is defined; sqrt(-1) is no real number."""
    sign = sign_at(condition.expr, {})
    fine = {"==": sign in (1, -1), ">": sign == 1, ">=": sign in (0, 1)}[condition.op]
    if not fine:
        raise UnknownNode(node)


def vanishes(expr: sp.Expr) -> bool:
    """Whether ``expr`` is identically zero: SymPy's algebra says so, and balls at sample points bear it out."""
    if expr == 0:
        return True
    if expr.has(sp.zoo, sp.nan, sp.oo, -sp.oo) or not _zero_at_samples(expr):
        return False
    return bool(sp.expand(expr) == 0 or sp.simplify(expr) == 0)


def _zero_at_samples(expr: sp.Expr) -> bool:
    """Whether tiny balls contain zero at every sample point where the expression is defined, and there is one."""
    symbols = sorted(expr.free_symbols, key=str)
    seen = False
    for shift in range(len(_SAMPLES)):
        point = {s: sample_of(s, shift + 3 * i) for i, s in enumerate(symbols)}
        with ctx.workprec(_SAMPLE_BITS):
            value = evaluate(expr, point)
        if value.is_finite() and not (value.contains(0) and value.rad() < _SMALL):
            return False
        seen = seen or bool(value.is_finite())
    return seen


def sample_of(symbol: sp.Symbol, number: int) -> sp.Rational:
    """A rational of the sign that the symbol is known to have."""
    value = sp.Rational(*_SAMPLES[number % len(_SAMPLES)])
    return -value if symbol.is_nonpositive else value


def sign_at(expr: sp.Expr, point: Mapping[sp.Symbol, Fraction]) -> int | None:
    """The certain sign of ``expr`` at a rational point: -1, 0 or 1; None if undefined there or not decided."""
    values = {s: to_sympy(v) for s, v in point.items()}
    for prec in _ZERO_PRECISIONS:
        with ctx.workprec(prec):
            value = evaluate(expr, values)
        if value > 0:
            return 1
        if value < 0:
            return -1
        if not value.is_finite():
            return None
        if prec == _ZERO_PRECISIONS[0] and value.is_zero():
            return 0
    return 0 if abs(value) < _TINY and vanishes(expr.xreplace(values)) else None


def contains(piece: Piece, point: Mapping[sp.Symbol, Any]) -> bool:
    """Whether an exact point (fractions, or SymPy numbers) certainly lies in the piece."""
    return all(_inside(_number(point[s]), d) for s, d in zip(piece.symbols, piece.domains, strict=True))


def _number(value: Any) -> sp.Expr:
    return value if isinstance(value, sp.Expr) else to_sympy(value)


def _inside(value: sp.Expr, domain: Domain) -> bool:
    if domain.integer and not value.is_Integer:
        return False
    above = domain.lower == -sp.oo or _certainly_ge(value - domain.lower, domain.open_lower)
    return bool(above and (domain.upper == sp.oo or _certainly_ge(domain.upper - value, domain.open_upper)))


def _certainly_ge(difference: sp.Expr, strict: bool) -> bool:
    sign = sign_at(difference, {})
    return sign == 1 or (sign == 0 and not strict)


def admits(goal: Goal, point: Mapping[sp.Symbol, Any]) -> bool:
    """Whether an exact point certainly satisfies the domain and every hypothesis."""
    return contains(goal.piece, point) and all(_certainly(c, point) for c in goal.given)


def _certainly(condition: Condition, point: Mapping[sp.Symbol, Any]) -> bool:
    sign = sign_at(condition.expr.xreplace({s: _number(v) for s, v in point.items()}), {})
    if condition.op == "==":
        return sign == 0
    return sign == 1 or (sign == 0 and condition.op == ">=")


def violates(goal: Goal, point: Mapping[sp.Symbol, Fraction]) -> bool:
    """Whether a rational point certainly refutes the goal: admitted, defined there, and the claim false."""
    sign = sign_at(goal.claim.expr, point)
    if sign is None:
        return False
    false = {"==": sign != 0, ">": sign <= 0, ">=": sign < 0}[goal.claim.op]
    return false and admits(goal, point)
