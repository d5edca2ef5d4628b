"""Second opinions on statements about numbers: SymPy and, where it is installed, z3 beside ball arithmetic.

SymPy computes both sides of the claim at a few points, to be compared with the balls there, and decides rational
functions of one number; z3 decides rational functions of several. These engines can only contradict: the verdict stays
with the designated check, and two engines that disagree are an `error`.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import islice
from typing import Any

import sympy as sp
from flint import arb, ctx

from verify.alterations import grid
from verify.balls.compile import UnknownNode, ball_function
from verify.balls.exact import NotExact, ball, to_sympy
from verify.checks import smt, sturm
from verify.checks.base import Context
from verify.checks.reading import Reader
from verify.checks.sturm import Answer
from verify.lemma import Lemma
from verify.relations import Relation
from verify.statement import StatementError
from verify.verdict import Evidence, Verdict

name = "engines"

POINTS = 4  # at which both sides are computed twice
DIGITS, BITS = 30, 192
CLOSE = arb(10) ** (8 - DIGITS)  # relative error granted to SymPy's digits
SLOW = (sp.Integral, sp.Sum)  # SymPy evaluates these by quadrature, whose error estimate is no bound


def applies(lemma: Lemma) -> bool:
    return lemma.is_scalar


def run(lemma: Lemma, context: Context) -> Evidence:
    """`error` if two engines disagree; else `certified` or `refuted` as SymPy or z3 decide, or `inconclusive`."""
    compared, differing = compare_values(lemma)
    if differing is not None:
        return Evidence(name, Verdict.ERROR, f"SymPy and balls differ: {differing}")
    answers = opinions(lemma)
    data: dict[str, Any] = {"points": compared, "answers": {engine: _said(a) for engine, a in answers.items()}}
    summary = "; ".join(f"{engine}: {said}" for engine, said in data["answers"].items())
    summary = f"both sides agree with SymPy's values at {compared} points; {summary}"
    statuses = {a.status for a in answers.values()} - {"unknown"}
    if len(statuses) == 2:
        return Evidence(name, Verdict.ERROR, f"two engines disagree: {summary}", data)
    if "false" in statuses:
        return _refuted(lemma, answers, summary, data)
    return Evidence(name, Verdict.CERTIFIED if statuses else Verdict.INCONCLUSIVE, summary, data)


def _said(answer: Answer) -> str:
    return answer.status + (f" ({answer.reason})" if answer.reason else "")


def opinions(lemma: Lemma) -> dict[str, Answer]:
    """What SymPy and z3 say of the claim."""
    claim = lemma.spelled_out(lemma.claim)
    given = [lemma.spelled_out(relation) for relation in lemma.given.values()]
    domains = {symbol: symbol.domain for symbol in lemma.symbols - set(lemma.where)}
    return {"SymPy": _by_sympy(claim, given, domains), "z3": _by_z3(claim, given, domains)}


def _by_sympy(claim: Relation, given: list[Relation], domains: dict[Any, Any]) -> Answer:
    if given or len(domains) != 1 or any(domain.integer for domain in domains.values()):
        return Answer("unknown", "decides claims about one real number only")
    ((symbol, domain),) = domains.items()
    return sturm.decide(claim, symbol, domain)


def _by_z3(claim: Relation, given: list[Relation], domains: dict[Any, Any]) -> Answer:
    if not smt.installed():
        return Answer("unknown", "not installed")
    try:
        return smt.decide(claim, domains, given)
    except UnknownNode as problem:
        return Answer("unknown", f"cannot read {problem.node}")


def _refuted(lemma: Lemma, answers: dict[str, Answer], summary: str, data: dict[str, Any]) -> Evidence:
    """`refuted` where balls, or exact algebra, confirm a witness; `error` where balls contradict it."""
    for engine, answer in answers.items():
        if answer.status != "false":
            continue
        witness = {str(symbol.name): str(value) for symbol, value in answer.witness.items()}
        state = _in_balls(lemma, answer)
        if state == "holds":
            told = f"{engine} finds the claim false at {witness}, where it holds in balls"
            return Evidence(name, Verdict.ERROR, told, {**data, "witness": witness})
        if state == "violated" or engine == "SymPy":  # Sturm's theorem needs no rounding
            at = ", ".join(f"{k} = {v}" for k, v in witness.items())
            return Evidence(name, Verdict.REFUTED, f"{engine}: false at {at}", {**data, "witness": witness})
    return Evidence(name, Verdict.INCONCLUSIVE, f"{summary}; the solution found is not confirmed", data)


def _in_balls(lemma: Lemma, answer: Answer) -> str:
    """`holds` or `violated` where balls are certain of hypotheses and claim at the witness, else `open`."""
    if not all(value.is_Rational for value in answer.witness.values()):
        return "open"
    reader = Reader(lemma)
    try:
        reading = reader.read({s: Fraction(str(v)) for s, v in answer.witness.items()}, tolerance=0.0)
    except StatementError:  # no integer where one is asked for
        return "open"
    return "open" if reading.unsure else reading.claim.state


# --- values -----------------------------------------------------------------------------------------------------------


def compare_values(lemma: Lemma) -> tuple[int, str | None]:
    """At how many points both sides were compared, and where SymPy's value lies outside the ball, if it does."""
    claim, compared = lemma.spelled_out(lemma.claim), 0
    if claim.left.has(*SLOW) or claim.right.has(*SLOW):
        return 0, None
    for point in _points(lemma):
        for side in (claim.left, claim.right):
            different = _differs(side, point)
            if different:
                return compared, different
        compared += 1
    return compared, None


def _points(lemma: Lemma) -> Iterator[dict[Any, sp.Rational]]:
    by_name = {str(s.name): s for s in lemma.symbols - set(lemma.where)}
    for point in islice(grid(lemma), POINTS):
        try:
            yield {by_name[k]: to_sympy(v) for k, v in point.items()}
        except NotExact:
            continue


def _differs(side: sp.Expr, point: dict[Any, sp.Rational]) -> str:
    """A sentence if SymPy's number for one side is not in its ball, up to CLOSE; "" if it is, or has none."""
    value = side.subs(point).evalf(DIGITS, maxn=400)
    if not (value.is_Float or value.is_Rational) or not value.is_finite:
        return ""
    symbols = sorted(point, key=lambda s: str(s.name))
    with ctx.workprec(BITS):
        enclosed = ball_function(side, symbols)(*(ball(point[s]) for s in symbols))
        told = _ball_of(value)
        if not enclosed.is_finite() or abs(told - enclosed).lower() <= CLOSE * abs(enclosed).upper():
            return ""
        return f"{side} is {value} or {enclosed.str(20)} at {point}"


def _ball_of(value: sp.Float | sp.Rational) -> arb:
    """A ball around SymPy's number; a float's exponent may be too large for its fraction to be written out."""
    if value.is_Rational:
        return ball(value)
    sign, mantissa, exponent, _ = value._mpf_
    return arb((-int(mantissa) if sign else int(mantissa), exponent))
