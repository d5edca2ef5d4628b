"""Sharp constants of statements about numbers: the best value at which the claim still holds, enclosed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy as sp

from verify.balls.compile import UnknownNode
from verify.balls.optimise import NoExtremum, sharp_constant
from verify.lemma import Lemma
from verify.relations import Relation
from verify.statement import Constant, Quantity

DIGITS = 15  # of the decimals that enclose the sharp value


@dataclass(frozen=True)
class Sharp:
    """The enclosure of one constant's sharp value, as decimals.

    exact: the closed form, if it was proved to be that. at: symbol -> "1" where the value is attained, "-> 0" where it
    is approached, "1.25 (about)" where a search left off.
    """

    lower: str
    upper: str
    exact: str | None
    at: Mapping[str, str]

    def as_json(self) -> dict[str, Any]:
        return {"lower": self.lower, "upper": self.upper, "exact": self.exact}

    def better_than(self, stated: sp.Expr) -> str | None:
        """A value up to which the certainly weaker stated one may be moved; None if the stated one may be sharp.

        At that value itself a strict claim may fail.
        """
        if stated > sp.Rational(self.upper):
            return self.upper
        return self.lower if stated < sp.Rational(self.lower) else None

    def factor(self, stated: sp.Expr) -> float | None:
        """By what factor the stated value is weaker than the sharp one, at least; None unless both are positive."""
        if not (stated > 0 and sp.Rational(self.lower) > 0):
            return None
        better = self.better_than(stated)
        return 1.0 if better is None else float(max(stated / sp.Rational(better), sp.Rational(better) / stated))

    @property
    def point(self) -> dict[str, float] | None:
        """The place in floats; None if a coordinate is infinite."""
        bare = {name: text.removeprefix("-> ").removesuffix(" (about)") for name, text in self.at.items()}
        try:
            return {name: float(Fraction(text)) for name, text in bare.items()}
        except ValueError:
            return None


def sharp(lemma: Lemma, constant: Constant) -> Sharp | None:
    """The sharp value of a constant in the claim, the others fixed.

    None if the claim is an equation, is not linear in the constant with a coefficient of certain sign, has more than
    one quantity without an upper end (where the search takes minutes and seldom ends in a proof), or if no value was
    enclosed.
    """
    if lemma.claim.op == "==":
        return None
    claim = _without_others(lemma, constant)
    endless = [s for s in claim.symbols if isinstance(s, Quantity) and s.domain.upper == sp.oo]
    if len(endless) > 1:
        return None
    given = [lemma.spelled_out(relation) for relation in lemma.given.values()]
    try:
        found = sharp_constant(claim, constant, {}, given, DIGITS)
    except (NoExtremum, UnknownNode, ValueError):
        return None
    return Sharp(found.lower, found.upper, None if found.exact is None else str(found.exact), _places(found.at))


def _without_others(lemma: Lemma, constant: Constant) -> Relation:
    """The claim in the constant and the free quantities alone."""
    values = {c: c.value for c in lemma.constants.values() if c != constant}
    return lemma.claim.subs(values).subs(lemma.where).subs(values)


def _places(at: str) -> dict[str, str]:
    """Read "z = 1, x -> 0" as {"z": "1", "x": "-> 0"}."""
    found = {}
    for part in filter(None, at.split(", ")):
        name, sign, value = part.split(" ", 2)
        found[name] = value if sign == "=" else f"-> {value}"
    return found
