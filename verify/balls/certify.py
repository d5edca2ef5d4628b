"""Certificates of scalar inequalities over whole domains: proved, refuted by a rational point, or undecided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

import sympy as sp
from flint import ctx

from verify.balls.boxes import Piece, describe
from verify.balls.cases import cases_of
from verify.balls.compile import UnknownNode
from verify.balls.goals import Condition, Goal, goal_of, is_empty, vanishes
from verify.balls.prover import Cover, cover, forms_of, joined
from verify.balls.search import closer_witness, find_witness
from verify.balls.strategy import prove_case
from verify.statement import Domain, Relation

Status = Literal["proved", "refuted", "undecided"]


@dataclass(frozen=True)
class Certificate:
    """What is known of a claim, and how.

    ``witness`` maps names to exact fractions and is given exactly if ``status`` is "refuted"; ``remaining`` is a box
    that could not be decided.
    """

    status: Status
    boxes: int
    method: str
    witness: dict[str, str] | None = None
    remaining: dict[str, str] | None = None


def certify(
    claim: Relation,
    domains: Mapping[sp.Symbol, Domain],
    given: Sequence[Relation] = (),
    max_boxes: int = 200_000,
    prec: int = 128,
) -> Certificate:
    """Decide ``claim`` at every point of ``domains`` that satisfies ``given``.

    "proved": a rigorous enclosure covers every admitted point. "refuted": the claim certainly fails at ``witness``,
    which certainly satisfies the domains and every hypothesis. Everything else is "undecided".

    Raises UnknownNode for a SymPy node without rigorous arithmetic, UnboundSymbol for a symbol without a domain.
    """
    with ctx.workprec(prec):
        goal = goal_of(claim, domains, given)
        if is_empty(goal.piece):
            return Certificate("proved", 0, "the domain is empty")
        witness = find_witness(goal)
        return _prove(goal, max_boxes) if witness is None else _refuted(goal, witness, 0)


def _refuted(goal: Goal, witness: Mapping[sp.Symbol, Fraction], boxes: int) -> Certificate:
    exact = {goal.names[s]: str(v) for s, v in witness.items()}
    return Certificate("refuted", boxes, "the claim fails in balls at an exact rational point", exact)


def _prove(goal: Goal, max_boxes: int) -> Certificate:
    undefined, spent = _undefined(goal, max_boxes)
    if undefined is not None:
        return Certificate("undecided", spent, f"not shown to be defined: {undefined} on the whole domain")
    if goal.claim.op == "==":
        return _identity(goal, spent)
    total = Cover(True, spent)
    for expr, part in cases_of(goal.claim.expr, goal.piece):
        found = prove_case(expr, part, goal.given, goal.claim.strict, max_boxes - total.boxes)
        total = joined(total, found)
        if not found.complete:
            break
    return _certificate(goal, total)


def _identity(goal: Goal, spent: int) -> Certificate:
    if vanishes(goal.claim.expr):
        return Certificate("proved", spent, "SymPy's algebra reduces the difference of the two sides to zero")
    return Certificate("undecided", spent, "an identity that SymPy's algebra neither reduces to zero nor refutes")


def _certificate(goal: Goal, found: Cover) -> Certificate:
    if found.complete:
        return Certificate("proved", found.boxes, _method(found))
    witness = closer_witness(goal, found.undecided, found.symbols)
    if witness is not None:
        return _refuted(goal, witness, found.boxes)
    names = tuple(sp.Symbol(goal.names[s]) for s in found.symbols)
    sample = describe(found.undecided[0], names) if found.undecided else None
    return Certificate("undecided", found.boxes, "no enclosure decided the remaining boxes", None, sample)


def _method(found: Cover) -> str:
    steps = [f"bisection into {found.boxes} boxes with interval, monotonicity and mean value tests"]
    return "; ".join(steps + sorted(found.reasons))


def _undefined(goal: Goal, max_boxes: int) -> tuple[str | None, int]:
    """A condition for the claim to be defined that could not be proved over the whole domain; boxes spent."""
    spent = 0
    for condition in definedness(goal.claim.expr):
        found = _shows(condition, goal.piece, max_boxes)
        spent += found.boxes
        if not found.complete:
            return f"{condition.expr} {condition.op} 0".replace("_", ""), spent
    return None, spent


def _shows(condition: Condition, piece: Piece, max_boxes: int) -> Cover:
    """Prove a definedness condition; "==" stands for "differs from zero", shown through either sign."""
    signs = (1, -1) if condition.op == "==" else (1,)
    spent = 0
    found = Cover(False, 0)
    for sign in signs:
        strict = condition.op != ">="
        found = cover(forms_of(sign * condition.expr, piece, strict), piece, (), strict, min(max_boxes, 2000))
        spent += found.boxes
        if found.complete:
            break
    return replace(found, boxes=spent)


def definedness(expr: sp.Expr) -> list[Condition]:
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
    from verify.balls.goals import sign_at

    sign = sign_at(condition.expr, {})
    fine = {"==": sign in (1, -1), ">": sign == 1, ">=": sign in (0, 1)}[condition.op]
    if not fine:
        raise UnknownNode(node)
