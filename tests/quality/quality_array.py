"""What the statements about vectors and matrices share: how instances are drawn and searched, and the last step."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import sympy as sp
from quality_statement import Statement, around

from verify import Fact, Lemma, Proof, Quantity, Relation, const, le, real
from verify.lemma import Search
from verify.proof import certified, chain, times
from verify.statement import Constant, Instance

GAPS = (1, 3, 6)
Family = tuple[Callable[[Constant], Relation], Callable[[Proof], Fact], str]  # claim in C, its proof, the extreme case


def measured(name: str, measure: Callable[[Instance], Any], definition: sp.Expr, *, signed: bool = False) -> Quantity:
    """A number of the vectors u and v: how it is computed, and what it is in the language of proofs."""
    return Quantity(name, real() if signed else real(0), name, measure, definition)


def with_room(p: Proof, sharp: Fact, size: sp.Expr) -> Fact:
    """The claim left <= C size, from left <= size and from 1 <= C, which ball arithmetic decides."""
    enough = certified(le(1, p.const("C")), {}, name="C is no smaller than the best constant")
    return p.conclude(chain(sharp, times(enough, size), name="the constant"))


def families(table: Mapping[str, Family], category: str) -> Iterator[Statement]:
    """Each claim at each gap above and below its best constant, all with the one proof."""
    for name, (claim, proof, extreme) in table.items():

        def stated(factor: sp.Rational, claim: Any = claim, proof: Any = proof, extreme: str = extreme) -> Lemma:
            search = {"cube": Search(6, _cube)}
            return Lemma(claim(const("C", factor)), proof=proof, draw=_draw, cases=("any", extreme), search=search)

        yield from around(name, category, stated, GAPS)


def _cube(point: np.ndarray[Any, Any]) -> Instance:
    return {"u": 4 * point[:3] - 2, "v": 4 * point[3:] - 2}


def _draw(rng: np.random.Generator, case: str) -> Instance:
    """Random vectors; in the other cases u = v: random, equal entries, or multiples of (1, 0, 0) and (1, 0, 1)."""
    if case == "any":
        return {"u": rng.standard_normal(3), "v": rng.standard_normal(3)}
    size = float(rng.uniform(0.5, 2))
    if case == "equal":
        u = rng.standard_normal(3)
    else:
        u = np.full(3, size) if case == "ones" else size * np.array([1.0, 0.0, rng.integers(2)])
    return {"u": u, "v": u.copy()}
