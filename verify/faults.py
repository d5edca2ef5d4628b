"""Planted faults: false variants of a lemma that its checks must notice, or those checks mean nothing.

They are derived from the statement and sized by what the evidence contradicts: a constant is moved past its sharp
value, or, where that is not known, until the claim fails at the worst instance found; a formula is altered only where
the result is false at a point in hand. Dropping a hypothesis may leave the claim true: then somebody has to show it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Literal

import sympy as sp

from verify.alterations import Point, alterations, grid
from verify.balls.compile import UnknownNode
from verify.checks import interval, montecarlo, symbolic, worstcase
from verify.checks.base import Budget, Check, Context
from verify.checks.instances import Instances
from verify.checks.reading import Reader, Side
from verify.lemma import Lemma
from verify.relations import Op, Relation
from verify.statement import Constant, Quantity, real
from verify.verdict import Evidence, Verdict

Outcome = Literal["refuted", "underivable", "true", "out-of-reach", "survived"]

BEYOND = sp.Rational(1, 20)  # how far past the contradicted value a constant is moved
DOUBLINGS = 64  # the largest move of a constant that is tried, as a power of two
HALVINGS = 12  # of the bracket around the value at which the claim starts to fail
LEVEL_DIVISOR = 100
BUDGET = Budget(
    "planted", boxes=20_000, trials=montecarlo.PLANTED_TRIALS, draws=200, searches=100, digits=30, first=True
)
REVERSED: dict[Op, Op] = {"<=": ">=", ">=": "<=", "<": ">", ">": "<"}


@dataclass(frozen=True)
class Fault:
    """A variant of a lemma; ``size`` is by how much a constant was moved, relative to its value.

    dropped: the hypothesis that the variant lacks; the proof needs no second run to tell whether it needs it.
    """

    name: str
    lemma: Lemma
    kind: Literal["constant", "hypothesis", "formula", "level", "relation", "by hand"]
    size: float | None = None
    dropped: str = ""


@dataclass(frozen=True)
class Planted:
    """What became of a fault: `refuted` or `underivable` is as it should be, `true` is no fault after all.

    witness: the exact instance, or the keys of the draws, that refuted it; proof: the steps that show it true.
    """

    fault: Fault
    outcome: Outcome
    reason: str
    witness: Mapping[str, Any] = field(default_factory=dict)
    proof: Sequence[Mapping[str, Any]] = ()

    def as_json(self) -> dict[str, Any]:
        found: dict[str, Any] = {"fault": self.fault.name, "outcome": self.outcome, "reason": self.reason}
        found |= {"witness": dict(self.witness)} if self.witness else {}
        return found | ({"proof": [dict(step) for step in self.proof]} if self.proof else {})


def plant(lemma: Lemma, evidence: Sequence[Evidence], context: Context) -> tuple[Planted, ...]:
    """Every fault derived from a lemma, and what its checks made of it."""
    shared = replace(context, instances=Instances(remember=True))
    proof = next((e for e in evidence if e.check == symbolic.name), None)
    return tuple(outcome(fault, lemma, shared, proof) for fault in derive(lemma, evidence))


# --- what is planted --------------------------------------------------------------------------------------------------


def derive(lemma: Lemma, evidence: Sequence[Evidence]) -> tuple[Fault, ...]:
    """The faults of one statement, in a fixed order; its parts have their own."""
    lemma = replace(lemma, latex="")  # which may show a constant that a fault removes
    points = list(_points(lemma, evidence))
    found = [*_constants(lemma, evidence, points), *_dropped(lemma), *_altered(lemma, points)]
    found += [*_level(lemma), *_reversed(lemma, points)]
    found += [Fault(f"by hand: {name}", variant, "by hand") for name, variant in sorted(lemma.faults.items())]
    # Another id than the lemma's gives the faults draws of their own: none is tested on the draws that sized it.
    return tuple(replace(f, lemma=replace(f.lemma, id=f"{lemma.id}~planted")) for f in found)


def _points(lemma: Lemma, evidence: Sequence[Evidence]) -> Iterator[Point]:
    """Where checks found the claim closest to failing, and elsewhere; for a statement about numbers also a grid."""
    yield from (point for e in evidence for point in e.data.get("attained", ()))
    if lemma.is_scalar:
        yield from grid(lemma)


def _side(reader: Reader, point: Point) -> Side | None:
    """The claim at a point; None where a quantity is missing, a hypothesis fails, or a side has no number."""
    if any(s.name not in point for s in reader.symbols):
        return None
    try:
        reading = reader.read({s: point[s.name] for s in reader.symbols})
    except UnknownNode:
        return None
    return None if reading.missed or reading.undefined else reading.claim


def _fails(lemma: Lemma, points: Sequence[Point]) -> bool:
    """Whether the claim is violated at one of the points, beyond rounding."""
    return _violated(Reader(lemma), points)


def _violated(reader: Reader, points: Sequence[Point]) -> bool:
    sides = (_side(reader, point) for point in points)
    return any(side is not None and side.state == "violated" for side in sides)


def _constants(lemma: Lemma, evidence: Sequence[Evidence], points: Sequence[Point]) -> Iterator[Fault]:
    sharp = {name: value for e in evidence for name, value in e.data.get("sharp", {}).items()}
    for constant in _own_constants(lemma):
        name = str(constant.name)
        known = sharp.get(name)
        moved = _past_sharp(lemma, constant, known, points) if known else _past_points(lemma, constant, points)
        if moved is not None:
            size = abs(float(moved / constant.value) - 1) if constant.value else None
            yield Fault(f"{name} = {moved} instead of {constant.value}", lemma.set(**{name: moved}), "constant", size)


def _own_constants(lemma: Lemma) -> list[Constant]:
    own = {s for relation in lemma.relations for s in relation.symbols if isinstance(s, Constant)}
    return sorted(own, key=lambda c: str(c.name))


def _past_sharp(lemma: Lemma, constant: Constant, sharp: Mapping[str, Any], points: Sequence[Point]) -> sp.Rational:
    """5 % past the enclosure of the sharp value, away from the stated one; for a tight one, on the side that fails."""
    lower, upper = (sp.Rational(str(sharp[end])) for end in ("lower", "upper"))
    below, above = _short(lower - BEYOND * abs(lower)), _short(upper + BEYOND * abs(upper))
    if lower <= constant.value <= upper:
        moved = _past_points(lemma, constant, points)
        return above if moved is not None and moved > constant.value else below
    return below if constant.value > upper else above


def _past_points(lemma: Lemma, constant: Constant, points: Sequence[Point]) -> sp.Rational | None:
    """5 % past the value at which the claim starts to fail at a point, in the direction where it does so sooner."""
    stated, found = float(constant.value), []
    letter = Quantity(f"value of {constant.name}", real())
    reader = Reader(lemma.freed(constant, letter))
    for direction in (-1, 1):

        def fails(exponent: float, direction: int = direction) -> bool:
            value = stated * 2.0 ** (direction * exponent)
            return _violated(reader, [{**point, str(letter.name): value} for point in points])

        exponent = _first(fails)
        if exponent is not None:
            beyond = 1 + direction * float(BEYOND)
            found.append((exponent, stated * 2.0 ** (direction * exponent) * beyond))
    return _short(sp.Rational(str(min(found)[1]))) if found else None


def _first(fails: Callable[[float], bool]) -> float | None:
    """About the smallest move in 0.01, 0.02, 0.04, ..., DOUBLINGS at which something fails, bisected."""
    low, high = 0.0, 0.01
    while not fails(high):
        low, high = high, 2 * high
        if high > DOUBLINGS:
            return None
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if fails(middle) else (middle, high)
    return high


def _short(value: sp.Rational) -> sp.Rational:
    """Three significant digits: less than the 5 % by which it lies past a true value."""
    return sp.Rational(f"{float(value):.3g}")


def _dropped(lemma: Lemma) -> Iterator[Fault]:
    for name in sorted(lemma.given):
        yield Fault(f"without hypothesis {name}", lemma.drop(name), "hypothesis", dropped=name)


def _level(lemma: Lemma) -> Iterator[Fault]:
    if lemma.fails_with is not None:
        level = sp.sympify(lemma.fails_with) / LEVEL_DIVISOR
        yield Fault(f"probability of failure {level}", replace(lemma, fails_with=level), "level")


def _reversed(lemma: Lemma, points: Sequence[Point]) -> Iterator[Fault]:
    claim = lemma.claim
    if claim.op == "==":
        variant, label = Relation(claim.left, "==", claim.right * (1 + BEYOND)), "right side 5 % larger"
    else:
        variant, label = Relation(claim.left, REVERSED[claim.op], claim.right), f"{REVERSED[claim.op]} for {claim.op}"
    if _fails(replace(lemma, claim=variant), points):
        yield Fault(label, replace(lemma, claim=variant), "relation")


def _altered(lemma: Lemma, points: Sequence[Point]) -> Iterator[Fault]:
    """Formulas altered in one place, where that makes the claim false at a point."""
    for place, expr, put in _places(lemma):
        for label, node, new in alterations(expr):
            variant = put(expr.xreplace({node: new}))
            if _fails(variant, points):
                yield Fault(f"{label} in {place}", variant, "formula")


def _places(lemma: Lemma) -> Iterator[tuple[str, sp.Expr, Callable[[sp.Expr], Lemma]]]:
    """Where a formula can be altered: its name, the formula, and the lemma with another one put there."""
    claim = lemma.claim
    yield "the left side", claim.left, lambda e: replace(lemma, claim=Relation(e, claim.op, claim.right))
    yield "the right side", claim.right, lambda e: replace(lemma, claim=Relation(claim.left, claim.op, e))
    for symbol in sorted(lemma.where, key=lambda s: str(s.name)):
        yield str(symbol.name), sp.sympify(lemma.where[symbol]), partial(_define, lemma, symbol)


def _define(lemma: Lemma, symbol: Quantity, expr: sp.Expr) -> Lemma:
    return replace(lemma, where={**lemma.where, symbol: expr})


# --- what becomes of it -----------------------------------------------------------------------------------------------


def outcome(fault: Fault, original: Lemma, context: Context, proof: Evidence | None = None) -> Planted:
    """Put a fault before every check that applies; ``proof`` is what the symbolic check found of the original.

    A check that shows what another one refutes has overlooked the fault, whoever is right: it `survived`.
    """
    context = replace(context, budget=BUDGET)
    numeric: tuple[Check, ...] = (interval, worstcase, montecarlo)
    found = [_attempt(check, fault.lemma, context) for check in numeric if check.applies(fault.lemma)]
    if fault.lemma.proof is not None:
        found.append(_needed(fault.dropped, proof) if fault.dropped else _reprove(fault, original, context))
    refuting = [e for e in found if e.verdict is Verdict.REFUTED]
    showing = [e for e in found if e.verdict in (Verdict.PROVED, Verdict.CERTIFIED)]
    if refuting and showing:
        return Planted(fault, "survived", f"{refuting[0].check} refutes it, but {showing[0].check} accepts it")
    if refuting:
        return Planted(fault, "refuted", f"{refuting[0].check}: {refuting[0].summary}", _witness(refuting[0]))
    if showing:
        return Planted(fault, "true", _holds(fault, showing[0]), proof=showing[0].data.get("steps", ()))
    return _not_decided(fault, found)


def _holds(fault: Fault, evidence: Evidence) -> str:
    """Which check shows a variant true, and before it the words with which its author says why, if there are any."""
    why = fault.lemma.source if fault.kind == "by hand" else ""
    if why:
        return f"it still holds, since {why}; {evidence.check}: {evidence.summary}"
    return f"{evidence.check} shows that it still holds: {evidence.summary}"


def _witness(evidence: Evidence) -> dict[str, Any]:
    """The exact instance that refutes, or of sampling the keys of the draws."""
    key = "keys" if evidence.check == montecarlo.name else "witness"
    return {key: evidence.data[key]} if evidence.data.get(key) else {}


def _attempt(check: Check, lemma: Lemma, context: Context) -> Evidence:
    try:
        return check.run(lemma, context)
    except Exception as problem:  # a false variant may mean nothing; whatever happens, it was not refuted
        return Evidence(check.name, Verdict.ERROR, f"{type(problem).__name__}: {problem}")


def _needed(hypothesis: str, proof: Evidence | None) -> Evidence:
    """What the proof of the original says of a hypothesis: the step that needs it, or that it stands without."""
    if proof is None or proof.verdict is not Verdict.PROVED:
        return Evidence(symbolic.name, Verdict.NOT_RUN, "the lemma itself is not proved")
    needs = proof.data["needs"]
    if hypothesis in needs:
        return Evidence(symbolic.name, Verdict.INCONCLUSIVE, needs[hypothesis], {"failed": needs[hypothesis]})
    return Evidence(symbolic.name, Verdict.PROVED, "no step of the proof needs the hypothesis")


def _reprove(fault: Fault, original: Lemma, context: Context) -> Evidence:
    """Run the proof on the variant, which may cite what the original may."""
    return _attempt(symbolic, replace(fault.lemma, id=original.id), context)


def _not_decided(fault: Fault, found: Sequence[Evidence]) -> Planted:
    failed = [e for e in found if e.check == "symbolic" and e.data.get("failed")]
    if failed:
        return Planted(fault, "underivable", failed[0].summary)
    told = "; ".join(f"{e.check}: {e.summary}" for e in found) or "no check applies to it"
    sampled = [e for e in found if e.check == "montecarlo" and e.verdict is not Verdict.ERROR]
    if sampled:
        return Planted(fault, "out-of-reach", f"draws did not refute it ({sampled[0].summary})")
    return Planted(fault, "survived", told)


__all__ = ["Fault", "Outcome", "Planted", "alterations", "derive", "grid", "outcome", "plant"]
