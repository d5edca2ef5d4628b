"""Certificates of scalar inequalities over whole domains: proved, refuted by a rational point, or undecided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import sympy as sp
from flint import ctx

from verify.balls.boxes import describe
from verify.balls.cases import cases_of
from verify.balls.defined import undefined, unproved
from verify.balls.exact import to_sympy
from verify.balls.forms import Form
from verify.balls.goals import Condition, Goal, definedness, goal_of, vanishes
from verify.balls.hypotheses import without_equations
from verify.balls.prover import Cover, cover, joined
from verify.balls.search import closer_witness, find_witness
from verify.balls.strategy import prove_case
from verify.relations import Relation
from verify.statement import Domain

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
        goal = without_equations(goal_of(claim, domains, given))
        witness = find_witness(goal)
        return _prove(goal, max_boxes) if witness is None else _refuted(goal, witness, 0)


def _refuted(goal: Goal, witness: Mapping[sp.Symbol, Fraction], boxes: int) -> Certificate:
    values = {s: to_sympy(v) for s, v in witness.items()}
    for symbol, expr in goal.solved:
        values[symbol] = expr.subs(values)
    exact = {goal.names[s]: str(v) for s, v in sorted(values.items(), key=lambda item: str(item[0]))}
    return Certificate("refuted", boxes, "the claim fails in balls at an exact rational point", exact)


def _prove(goal: Goal, max_boxes: int) -> Certificate:
    expr, strict = goal.claim.expr, goal.claim.strict
    own = definedness(expr)
    failed, spent = unproved(dict.fromkeys([*own, *goal.needs]), goal.piece)
    for condition in failed:
        found = _under_hypotheses(condition, goal, max_boxes - spent)
        spent += found.boxes
        if not found.complete:
            text = f"{condition.expr} {'!=' if condition.op == '==' else condition.op} 0".replace("_", "")
            return Certificate("undecided", spent, f"not shown to be defined on the whole domain: {text}")
    if goal.claim.op == "==":
        return _identity(goal, spent)
    if not set(failed).isdisjoint(own):
        # Outside the hypotheses the claim is not defined, so nothing but plain enclosures may be used.
        plain = [Form(expr, goal.piece, smooth=False)]
        return _certificate(goal, cover(plain, goal.piece, goal.given, strict, max_boxes))
    total = Cover(True, spent)
    for case, part in cases_of(expr, goal.piece):
        found = prove_case(case, part, goal.given, strict, max_boxes - total.boxes)
        total = joined(total, found)
        if not found.complete:
            break
    return _certificate(goal, total)


def _under_hypotheses(condition: Condition, goal: Goal, max_boxes: int) -> Cover:
    """Prove a condition for definedness from the hypotheses; "==" stands for "differs from zero"."""
    if not goal.given or undefined(condition.expr, goal.piece)[0]:
        return Cover(False, 0)
    strict = condition.op != ">="
    found = prove_case(condition.expr, goal.piece, goal.given, strict, max_boxes)
    if not found.complete and condition.op == "==":
        found = prove_case(-condition.expr, goal.piece, goal.given, strict, max_boxes)
    return found


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
    boxes = "one box" if found.boxes == 1 else f"bisection into {found.boxes} boxes"
    steps = [f"{boxes} with interval, monotonicity and mean value tests"]
    return "; ".join(steps + sorted(found.reasons))
