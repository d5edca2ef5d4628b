"""Does the displayed LaTeX say what is checked? Both are evaluated at a few points, where the LaTeX can be read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import sympy as sp

from verify.balls.compile import UnknownNode, float_function
from verify.checks.base import Context
from verify.display import Unreadable, read, read_level
from verify.lemma import Lemma
from verify.relations import Relation
from verify.statement import Quantity
from verify.stats.streams import stream
from verify.verdict import Evidence, Verdict

name = "display"

POINTS = 12  # tried; where both formulas have a number they are compared
CLOSE = 1e-9  # relative, of the larger side


def applies(lemma: Lemma) -> bool:
    return bool(lemma.latex)


def run(lemma: Lemma, context: Context) -> Evidence:
    """`error` if the two forms differ at a point; else `inconclusive`: they agree, or why they were not compared."""
    names = {str(s.name): s for s in lemma.symbols} | dict(lemma.letters)
    try:
        pairs, what = _pairs(lemma, names)
        compared, different = _compare(lemma, pairs)
    except (Unreadable, UnknownNode) as problem:
        return Evidence(name, Verdict.INCONCLUSIVE, f"LaTeX not compared with the checked form: {problem}")
    if different:
        return Evidence(name, Verdict.ERROR, f"the displayed {what} is not the checked one: {different}")
    if not compared:
        return Evidence(name, Verdict.INCONCLUSIVE, "LaTeX not compared: no point at which both forms have a number")
    return Evidence(
        name, Verdict.INCONCLUSIVE, f"the displayed {what} agrees with the checked one at {compared} points"
    )


Pair = tuple[sp.Expr, sp.Expr]  # displayed, checked


def _pairs(lemma: Lemma, names: dict[str, Quantity]) -> tuple[list[Pair], str]:
    """What is to be equal, and what it is: the claim, or the bound on the probability of failure."""
    latex = lemma.displayed()
    if lemma.fails_with is not None and latex.lstrip().startswith(r"\Pr"):
        level = Relation(sp.S.Zero, "<", sp.sympify(lemma.fails_with))
        shown = Relation(sp.S.Zero, "<", read_level(latex, names))
        return [(lemma.spelled_out(shown).right, lemma.spelled_out(level).right)], "level"
    shown, claim = (lemma.spelled_out(r) for r in (read(latex, names), lemma.claim))
    if (shown.op == "==") != (claim.op == "==") or shown.strict != claim.strict:
        return [(sp.S.Zero, sp.S.One)], f"relation '{shown.op}'"  # which no point makes equal
    return [(shown.low, claim.low), (shown.high, claim.high)], "claim"


def _compare(lemma: Lemma, pairs: list[Pair]) -> tuple[int, str]:
    """At how many points both forms agree, and where they do not."""
    symbols = sorted({s for pair in pairs for e in pair for s in e.free_symbols}, key=lambda s: str(s.name))
    functions = [tuple(float_function(e, symbols) for e in pair) for pair in pairs]
    compared = 0
    for point in _points(lemma, symbols):
        values = np.array([[_number(f, point) for f in pair] for pair in functions])
        if not np.isfinite(values).all():
            continue
        compared += 1
        room = CLOSE * np.abs(values).max()
        if (np.abs(values[:, 0] - values[:, 1]) > room).any():
            at = ", ".join(f"{s.name} = {x:.4g}" for s, x in zip(symbols, point, strict=True))
            return compared, f"{values[:, 0].tolist()} against {values[:, 1].tolist()} at {at}"
    return compared, ""


def _number(function: Any, point: list[float]) -> float:
    with np.errstate(all="ignore"):
        return float(function(*point))


def _points(lemma: Lemma, symbols: list[Quantity]) -> Iterator[list[float]]:
    """Random numbers of the domains, between -3 and 3 where they are that large."""
    for trial in range(POINTS):
        rng = stream(0, f"{lemma.id or 'lemma'}.{name}", "any", trial)
        yield [_drawn(rng, symbol) for symbol in symbols]


def _drawn(rng: np.random.Generator, symbol: Quantity) -> float:
    lower, upper = float(symbol.domain.lower), float(symbol.domain.upper)
    lower = max(lower, -3.0) if upper > -3.0 else upper - 3
    upper = min(upper, max(3.0, lower + 3))
    value = float(rng.uniform(lower, upper))
    return float(np.ceil(value)) if symbol.domain.integer else value
