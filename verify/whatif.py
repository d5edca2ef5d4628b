"""A chain as data for a page: its requirements with the constants left open, for a reader to move them.

The page solves it in floats exactly as ``verify.chain`` searches; the certificate in balls is left to ``verify audit``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import sympy as sp

from verify.chain import Chain, Library, floats, isolated, requirements
from verify.lemma import Lemma
from verify.statement import Constant, Quantity, positive, real

Json = dict[str, Any]

FUNCTIONS = {sp.exp: "exp", sp.log: "log", sp.Max: "max", sp.Min: "min", sp.Abs: "abs", sp.Add: "+", sp.Mul: "*"}


def program(chain: Chain, library: Library) -> Json:
    """What the page needs to solve the chain for any values of its constants; ``cases`` are for the caller to add.

    Expressions are numbers, names, or lists of a function's name and its arguments. Raises NotImplementedError for a
    function that the page does not know.
    """
    opened = {link.lemma: _opened(link.lemma, library(link.lemma)) for link in chain.links}
    needed = requirements(chain, lambda name: opened[name] if name in opened else library(name))
    return {
        "width": chain.width.name,
        "multiple": chain.multiple,
        "constants": {k: v for name in opened for k, v in _values(name, library(name)).items()},
        "unknowns": [
            {"name": u.name, "side": side, "bounds": [tree(b) for b in isolated(u, side, needed)]}
            for u, side in chain.unknowns
        ],
        "tuned": {s.name: list(ends) for s, ends in chain.tuned.items()},
        "requirements": [
            {"lemma": r.lemma, "name": r.name, "low": tree(r.relation.low), "high": tree(r.relation.high)}
            for r in needed
        ],
    }


def known(case: Mapping[Quantity, Any]) -> dict[str, float]:
    """What a case provides, as the float search sees it."""
    return {s.name: value for s, value in floats(case).items()}


def _values(name: str, lemma: Lemma) -> dict[str, float]:
    return {f"{name}.{c.name}": float(c.value) for c in lemma.constants.values()}


def _opened(name: str, lemma: Lemma) -> Lemma:
    """The lemma with a quantity in the place of each constant."""
    plain = replace(lemma, latex="", also={k: replace(part, latex="") for k, part in lemma.also.items()})
    return plain._mapped({c: _free(name, c) for c in lemma.constants.values()})


def _free(name: str, constant: Constant) -> Quantity:
    return Quantity(f"{name}.{constant.name}", positive() if constant.value > 0 else real())


def tree(expr: Any) -> Any:
    """An expression as nested lists. Raises NotImplementedError for what the page cannot compute."""
    if expr.is_number:
        return float(expr)
    if isinstance(expr, sp.Symbol):
        return expr.name
    if isinstance(expr, sp.Pow):
        return ["pow", tree(expr.base), tree(expr.exp)]
    name = FUNCTIONS.get(expr.func)
    if name is None:
        raise NotImplementedError(f"{expr.func} has no counterpart in the page")
    return [name, *(tree(arg) for arg in expr.args)]
