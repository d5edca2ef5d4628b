"""Formulas changed in one place, and points at which to see whether that matters."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from typing import Any

import sympy as sp

from verify.lemma import Lemma
from verify.statement import Domain

Point = Mapping[str, Any]  # numbers for the free quantities of a lemma, by name


def alterations(expr: sp.Expr) -> Iterator[tuple[str, sp.Expr, sp.Expr]]:
    """(what is done, a subexpression, what replaces it), at the first subexpression of each kind."""
    nodes = [node for node in sp.preorder_traversal(expr, keys=True) if isinstance(node, sp.Expr) and node.free_symbols]
    done: set[str] = set()
    for node in nodes:
        for label, new in _changes(node):
            if label not in done and new != node:
                done.add(label)
                yield f"{label} {node}", node, new


def _changes(node: sp.Expr) -> Iterator[tuple[str, sp.Expr]]:
    if isinstance(node, sp.exp):
        yield "sign flipped in", sp.exp(-node.args[0])
    elif isinstance(node, sp.Pow) and node.exp.is_Rational:
        yield "power raised in", node.base ** (node.exp + 1)
        yield "power lowered in", node.base ** (node.exp - 1)
    elif isinstance(node, sp.Max | sp.Min):
        yield "max and min swapped in", (sp.Min if isinstance(node, sp.Max) else sp.Max)(*node.args)
    elif isinstance(node, sp.Add):
        last = sp.ordered(node.args)
        yield "sign of a term flipped in", node - 2 * list(last)[-1]


def grid(lemma: Lemma, most: int = 200) -> Iterator[Point]:
    """A few points of the domain of a statement about numbers, near its ends, inside, and far out."""
    symbols = sorted(lemma.symbols - set(lemma.where), key=lambda s: str(s.name))
    axes = [[(str(s.name), x) for x in _axis(s.domain)] for s in symbols]
    yield from (dict(point) for point in itertools.islice(itertools.product(*axes), most))


def _axis(domain: Domain) -> list[Any]:
    lower, upper = float(domain.lower), float(domain.upper)
    if math.isfinite(lower) and math.isfinite(upper):
        found = [lower + (upper - lower) * share for share in (0.05, 0.5, 0.95)]
    elif math.isfinite(lower):
        found = [lower + distance for distance in (0.1, 1.0, 3.0)]
    elif math.isfinite(upper):
        found = [upper - distance for distance in (0.1, 1.0, 3.0)]
    else:
        found = [-2.0, -0.5, 0.5, 2.0]
    return sorted({max(lower, min(upper, float(round(x)))) for x in found}) if domain.integer else found
