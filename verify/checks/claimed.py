"""What a whole lemma says at the point that its author gives: its claim, and what its quantities are declared to be.

What cannot be computed there (large arrays are given by their sizes) is passed over. So is, in floats, what is no
further apart than APART.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import sympy as sp
from flint import arb

from verify.balls.compile import ball_function
from verify.checks.reading import Reader, as_ball, compare
from verify.checks.witness import Witness, as_balls, exact_instance, in_balls
from verify.lemma import Lemma, value_at
from verify.proof.algebra import unfold
from verify.proof.evaluate import Numbers, evaluate
from verify.proof.terms import Index, bound_in
from verify.relations import Relation, free_symbols
from verify.statement import Instance, Quantity
from verify.verdict import Evidence, Verdict

APART = 1e-6  # of two numbers in floats, relative to the larger one, or to 1 if both are smaller: no rounding error
TERMS = 10**5  # of the sums and suprema in one formula, all ranges multiplied
REFUSED = (LookupError, TypeError, AttributeError, ValueError, ArithmeticError, NotImplementedError)


def objection(lemma: Lemma, point: Instance, surely_met: bool, name: str) -> Evidence | None:
    """What the point shows against the lemma, as evidence of the check of this name; None if it shows nothing.

    `refuted`: every hypothesis holds in balls, and the claim does not. `error`: a quantity leaves its domain there, or
    its definition differs from its measure. `inconclusive`, with ``data["suspected"]``: the claim fails in floats.
    surely_met: whether no hypothesis was taken to hold by construction.
    """
    wrong = next(_misdeclared(lemma, point), None)
    if wrong is not None:
        return Evidence(name, Verdict.ERROR, f"at the point given, {wrong}")
    if lemma.fails_with is not None or not surely_met:
        return None
    return _refuted(lemma, point, name) or _suspected(lemma, point, name)


# --- what quantities are declared to be -------------------------------------------------------------------------------


def _misdeclared(lemma: Lemma, point: Instance) -> Iterator[str]:
    """What does not fit of the quantities in the lemma and in their definitions, in words."""
    in_floats, exactly = _with_what_is_measured(lemma, point), as_balls(exact_instance(point))
    for symbol in _quantities(lemma):
        value = _try(lambda s: value_at(lemma, s, exactly), symbol)
        ball = _try(as_ball, value if value is not None else _try(lambda s: value_at(lemma, s, point), symbol))
        if ball is None or not ball.is_finite():
            continue
        exact = value is not None and not isinstance(value, (float, np.floating))
        if symbol.measure is not None and _outside(symbol, ball, 0.0 if exact else APART):
            yield f"{symbol} is {ball.str(8, radius=False)}, which is not in its domain {symbol.domain}"
        defined = None if symbol.definition is None else _value(symbol.definition, in_floats)
        if defined is not None and _apart(float(ball), defined):
            yield f"{symbol} is measured to be {ball.str(8, radius=False)}, and its definition is {defined:.8g}"


def _quantities(lemma: Lemma) -> list[Quantity]:
    """The quantities of the lemma but its abbreviations, and those that definitions speak of, by name."""
    found: set[Quantity] = set()
    ahead = set(lemma.symbols - set(lemma.where))
    while ahead:
        found |= ahead
        inside = (free_symbols(s.definition) for s in ahead if s.definition is not None)
        ahead = {s for symbols in inside for s in symbols if isinstance(s, Quantity)} - found
    return sorted(found, key=lambda s: str(s.name))


def _outside(symbol: Quantity, ball: arb, tolerance: float) -> bool:
    """Whether the number is certainly not in the domain; with a tolerance, far from it."""
    if symbol.domain.integer and not ball.contains_integer():
        return True
    for end in symbol.domain.bounds(symbol).values():
        low, high = (ball_function(side, [symbol])(ball) for side in (end.low, end.high))
        if tolerance and low > high and _apart(float(low), float(high)):
            return True
        if not tolerance and compare(low, "<" if end.strict else "<=", high, 0.0) == "violated":
            return True
    return False


# --- the claim --------------------------------------------------------------------------------------------------------


def _refuted(lemma: Lemma, point: Instance, name: str) -> Evidence | None:
    exact = exact_instance(point)
    found = _try(lambda at: in_balls(Reader(lemma), at), exact)
    if found is None or found.reading is None or not found.refutes:
        return None
    claim = found.reading.claim
    relation = {"==": "differs from", "<=": "exceeds", "<": "is not below"}[claim.op]
    summary = f"at the point given, {claim.low.str(8)} {relation} {claim.high.str(8)}, with every hypothesis met"
    return Evidence(name, Verdict.REFUTED, summary, {"witness": Witness(exact, None, found.reading).data()})


def _suspected(lemma: Lemma, point: Instance, name: str) -> Evidence | None:
    claim = lemma.spelled_out(lemma.claim)
    in_floats = _with_what_is_measured(lemma, point)
    low, high = (_value(side, in_floats) for side in (claim.low, claim.high))
    if low is None or high is None or not _apart(low, high) or not _fails(claim, low, high):
        return None
    summary = f"at the point given, the claim fails in floats: {low:.8g} against {high:.8g}"
    return Evidence(name, Verdict.INCONCLUSIVE, summary, {"suspected": True})


def _fails(claim: Relation, low: complex, high: complex) -> bool:
    real = not isinstance(low, complex) and not isinstance(high, complex)
    return claim.op == "==" or not real or float(low.real) > float(high.real)


# --- numbers ----------------------------------------------------------------------------------------------------------


def _with_what_is_measured(lemma: Lemma, point: Instance) -> Numbers:
    """The point with what is measured and has no definition, for ``evaluate``."""
    measured = [s for s in _quantities(lemma) if s.measure is not None and s.definition is None]
    values = {s.name: _try(lambda s: value_at(lemma, s, point), s) for s in measured}
    return Numbers({**point, **{name: value for name, value in values.items() if value is not None}})


def _value(expr: sp.Expr, at: Numbers) -> float | complex | None:
    """A term in floats, if it is a finite number there and takes no more than TERMS terms."""
    unfolded = unfold(expr)
    indices = [i for i in bound_in(unfolded) if isinstance(i, Index)]
    sizes = [_try(lambda size: float(evaluate(size, at)), i.size) for i in indices]
    if any(size is None for size in sizes) or math.prod(size or 0.0 for size in sizes) > TERMS:
        return None
    with np.errstate(all="ignore"):
        found = _try(lambda e: evaluate(e, at), unfolded)
    value: complex | None = _try(complex, found) if np.ndim(found) == 0 else None
    if value is None or not np.isfinite(value):
        return None
    return value if value.imag else value.real


def _apart(one: complex, other: complex) -> bool:
    """Whether two numbers differ by more than rounding."""
    return abs(one - other) > APART * max(1.0, abs(one), abs(other))


def _try(compute: Callable[[Any], Any], argument: Any) -> Any:
    """What is computed of the argument, or None where it cannot be."""
    try:
        return compute(argument)
    except REFUSED:
        return None
