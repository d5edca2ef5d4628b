"""Statements about numbers alone, decided over their whole domain in ball arithmetic, and their sharp constants."""

from __future__ import annotations

from typing import Any

import sympy as sp

from verify.balls.certify import certify
from verify.balls.compile import UnknownNode
from verify.checks import vacuity
from verify.checks.base import Context
from verify.checks.sharp import Sharp, sharp
from verify.lemma import Lemma
from verify.statement import Constant
from verify.verdict import Evidence, Verdict

name = "interval"

BITS = 128
SHARE = 100  # of the boxes, for a lemma that has a proof


def applies(lemma: Lemma) -> bool:
    return lemma.is_scalar


def run(lemma: Lemma, context: Context) -> Evidence:
    """`certified` over the whole domain, `refuted` at an exact point, or `inconclusive`, with a box left undecided."""
    given = tuple(lemma.spelled_out(relation) for relation in lemma.given.values())
    domains = {symbol: symbol.domain for symbol in lemma.symbols - set(lemma.where)}
    # Where a proof decides, balls are a second look: they need not bisect a space of many dimensions for long.
    boxes = context.budget.boxes // (SHARE if lemma.proof is not None else 1)
    try:
        found = certify(lemma.spelled_out(lemma.claim), domains, given, max_boxes=boxes, prec=BITS)
    except UnknownNode as problem:
        return Evidence(name, Verdict.INCONCLUSIVE, f"cannot be enclosed: {problem}")
    data: dict[str, Any] = {"boxes": found.boxes, "method": found.method}
    if found.status == "refuted":
        at = ", ".join(f"{k} = {v}" for k, v in sorted((found.witness or {}).items()))
        return Evidence(name, Verdict.REFUTED, f"false at {at or 'every point'}", {**data, "witness": found.witness})
    data |= _sharpness(lemma)
    vacuous = bool(lemma.given) and vacuity.admitted_point(lemma, context).verdict is not Verdict.CERTIFIED
    if found.status == "proved" and vacuous:
        return Evidence(name, Verdict.INCONCLUSIVE, "true, but no point was found that meets the hypotheses", data)
    if found.status == "proved":
        return Evidence(name, Verdict.CERTIFIED, f"{found.method}{_loose(data)}", data)
    left = f"; undecided for {found.remaining}" if found.remaining else ""
    return Evidence(name, Verdict.INCONCLUSIVE, f"{found.method}{left}", {**data, "remaining": found.remaining})


def _sharpness(lemma: Lemma) -> dict[str, Any]:
    """The sharp value of every constant that has one, the smallest margin, and the points that attain them."""
    own = {name: c for name, c in lemma.constants.items() if c in lemma.claim.symbols | _abbreviated(lemma)}
    found = {name: best for name, c in own.items() if (best := sharp(lemma, c)) is not None}
    if not found:
        return {}
    points = [best.point for best in found.values() if best.point is not None]
    data: dict[str, Any] = {"sharp": {name: best.as_json() for name, best in found.items()}, "attained": points}
    tight = {name: best.better_than(own[name].value) for name, best in found.items() if own[name].tightness == "tight"}
    data["not_tight"] = {name: better for name, better in tight.items() if better is not None}
    margins = [m for name, best in found.items() if (m := _margin(name, best, own[name])) is not None]
    return {**data, "margin": min(margins, key=lambda m: float(m["factor"]))} if margins else data


def _loose(data: dict[str, Any]) -> str:
    """What to say of constants that their author calls tight and that are not; x < T fails at the sharp T itself."""
    better = data.get("not_tight", {})
    return "".join(
        f"; {name} is declared tight, but any value towards {value} suffices" for name, value in better.items()
    )


def _abbreviated(lemma: Lemma) -> frozenset[sp.Symbol]:
    return frozenset().union(*(sp.sympify(e).free_symbols for e in lemma.where.values()))


def _margin(name: str, best: Sharp, constant: Constant) -> dict[str, Any] | None:
    factor = best.factor(constant.value)
    meaning = f"stated value of {name} against its sharp value"
    return None if factor is None else {"factor": factor, "meaning": meaning, "at": dict(best.at)}
