"""Statements about numbers alone, decided over their whole domain in ball arithmetic, and their sharp constants."""

from __future__ import annotations

from typing import Any

from verify.balls.certify import certify
from verify.balls.compile import UnknownNode
from verify.checks import vacuity
from verify.checks.base import Context
from verify.lemma import Lemma
from verify.verdict import Evidence, Verdict

name = "interval"

BITS = 128


def applies(lemma: Lemma) -> bool:
    return lemma.is_scalar


def run(lemma: Lemma, context: Context) -> Evidence:
    """`certified` over the whole domain, `refuted` at an exact point, or `inconclusive`, with a box left undecided."""
    given = tuple(lemma.spelled_out(relation) for relation in lemma.given.values())
    domains = {symbol: symbol.domain for symbol in lemma.symbols - set(lemma.where)}
    try:
        found = certify(lemma.spelled_out(lemma.claim), domains, given, max_boxes=context.budget.boxes, prec=BITS)
    except UnknownNode as problem:
        return Evidence(name, Verdict.INCONCLUSIVE, f"cannot be enclosed: {problem}")
    data: dict[str, Any] = {"boxes": found.boxes, "method": found.method}
    if found.status == "refuted":
        at = ", ".join(f"{k} = {v}" for k, v in sorted((found.witness or {}).items()))
        return Evidence(name, Verdict.REFUTED, f"false at {at or 'every point'}", {**data, "witness": found.witness})
    if found.status == "proved" and lemma.given and vacuity.run(lemma, context).verdict is not Verdict.CERTIFIED:
        return Evidence(name, Verdict.INCONCLUSIVE, "true, but no point was found that meets the hypotheses", data)
    if found.status == "proved":
        return Evidence(name, Verdict.CERTIFIED, f"{found.boxes} boxes: {found.method}", data)
    left = f"; undecided for {found.remaining}" if found.remaining else ""
    return Evidence(name, Verdict.INCONCLUSIVE, f"{found.method}{left}", {**data, "remaining": found.remaining})
