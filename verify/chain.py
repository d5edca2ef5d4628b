"""Chains: lemma instances composed, and solved together for the smallest width that meets every hypothesis.

What must be met comes from `verify.composition`. Floats search; the answer is verified in ball arithmetic.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache, reduce
from typing import Any

import numpy as np
import numpy.typing as npt
import sympy as sp

from verify.composition import (
    Chain,
    ChainError,
    Library,
    Link,
    Requirement,
    Side,
    hypotheses,
    isolated,
    requirements,
    verify,
)
from verify.statement import Quantity, StatementError

DIGITS = 12  # of the rational that an unknown is rounded to
GROWTH = 1.3  # step of the search from below: a window of good widths narrower than this could be missed
LARGEST = 1e60
ROUGHLY = (3.0, 1e-5)  # step and precision while parameters are tuned
PRECISION = 1e-13  # relative, of the width where a requirement starts to hold, in floats
TOGETHER = 64  # widths tried at once: one call of NumPy takes as long for as many
ROUNDING = 1e-11  # relative, of a side of a requirement in floats


class SearchError(ChainError):
    """The search in floats gave up, which says nothing about whether a width exists."""


@dataclass(frozen=True)
class Solution:
    """The smallest width found, the parameters (exact rationals), and what fails just below it.

    failing: a width just below at which, with the same choice of the unknowns, a requirement certainly fails.
    """

    chain: str
    width: int
    failing: int
    values: Mapping[str, Fraction]
    binding: str
    checks: tuple[Mapping[str, str], ...]


Floats = npt.NDArray[np.float64]
Held = npt.NDArray[np.bool_]
Case = Mapping[Quantity, Any]  # quantity -> exact number, or ball that encloses it
_INFINITE = np.errstate(all="ignore")  # infinities are answers of the search: the certificate is in balls


def solve(chain: Chain, case: Case, library: Library) -> Solution:
    """The smallest width at which every requirement holds, certified.

    Floats search from below; then every unknown is rounded to a rational on the safe side and each requirement is
    verified strictly in balls (or exactly, where both sides are the same). Raises ChainError if none is found: a
    SearchError where floats end before a width is found.
    """
    needed = requirements(chain, library)
    case = {**case, **_tuned(chain, needed, case)}
    system = _System(chain, needed, floats(case))
    start = system.smallest()
    checks: tuple[Mapping[str, str], ...] = ()
    for nudge in range(40):
        width = _rounded_up(start * (1 + 1e-9 * (2**nudge - 1)), chain.multiple)
        try:
            values = system.rational(width)
        except SearchError:  # rounding may move an unknown out of its range; a larger width leaves it more room
            continue
        checks = verify(needed, {**case, **values, chain.width: sp.Integer(width)})
        if all(c["holds"] == "yes" for c in checks):
            chosen = {**{s: case[s] for s in chain.tuned}, **values}
            named = {str(s): Fraction(int(v.p), int(v.q)) for s, v in chosen.items()}
            return Solution(chain.id, width, system.failing(start, case), named, system.binding(start), checks)
    failing = next((c for c in checks if c["holds"] != "yes"), None)
    if failing is None:
        raise SearchError(f"chain {chain.id}: the search in floats gave up: rounding leaves no room at m = {width:.3g}")
    raise ChainError(f"chain {chain.id}: {failing['lemma']} ({failing['name']}) is not verified at width {width}")


def least_width(chain: Chain, needed: tuple[Requirement, ...], known: Mapping[Quantity, float]) -> float:
    """The smallest width at which some of a chain's requirements hold, in floats and without a certificate.

    An unknown that none of them bounds may take any value: those in which it occurs are left out. Raises ChainError.
    """
    free = {u for u, side in chain.unknowns if not isolated(u, side, needed)}
    if free:
        needed = tuple(r for r in needed if not r.relation.symbols & free)
        chain = replace(chain, unknowns=tuple(u for u in chain.unknowns if u[0] not in free))
        return least_width(chain, needed, known)
    return _System(chain, needed, known).smallest()


def floats(case: Case) -> dict[Quantity, float]:
    """What a case provides, in floats."""
    return {s: float(_middle(v)) for s, v in case.items()}


def _tuned(chain: Chain, needed: tuple[Requirement, ...], case: Case) -> dict[Quantity, sp.Rational]:
    """The tuned parameters, rounded to four digits, at which the float search finds the least width."""
    if not chain.tuned:
        return {}
    from scipy.optimize import minimize

    names, ends = list(chain.tuned), list(chain.tuned.values())

    def values(u: Any) -> dict[Quantity, sp.Rational]:
        shares = [low + (high - low) / (1 + math.exp(-x)) for x, (low, high) in zip(u, ends, strict=True)]
        return {s: sp.Rational(f"{share:.4g}") for s, share in zip(names, shares, strict=True)}

    system = _System(chain, needed, floats(case))

    def log_width(u: Any) -> float:
        system.known = floats({**case, **values(u)})
        try:
            return math.log(system.smallest(*ROUGHLY))
        except (ChainError, ValueError, OverflowError):
            return math.log(LARGEST)

    simplex = np.vstack([np.zeros(len(names)), np.eye(len(names))])  # its own start is too small a step from zero
    options = {"maxfev": 60 * len(names), "xatol": 1e-3, "initial_simplex": simplex}
    return values(minimize(log_width, simplex[0], method="Nelder-Mead", options=options).x)


class _System:
    """The requirements as float functions of the width alone, the unknowns being set as each allows."""

    def __init__(self, chain: Chain, needed: tuple[Requirement, ...], known: Mapping[Quantity, float]) -> None:
        self.chain, self.needed, self.known = chain, needed, known
        self.suspects = list(needed)  # the one that failed last is looked at first
        self.bounds = {u: isolated(u, side, needed) for u, side in chain.unknowns}
        for unknown, bounds in self.bounds.items():
            if not bounds:
                raise ChainError(f"chain {chain.id}: no requirement bounds {unknown}")

    @_INFINITE
    def unknowns(self, width: Any, rounded: Callable[[Any, Side], Any] = lambda v, _: v) -> dict[Quantity, Any]:
        """Each unknown at the least or greatest value allowed at this width, given the (rounded) ones before it.

        For an array of widths, an array of values each.
        """
        values: dict[Quantity, Any] = {**self.known, self.chain.width: width}
        for unknown, side in self.chain.unknowns:
            usable = [b for b in self.bounds[unknown] if values.keys() >= set(_compiled(b)[0])]
            if not usable:
                raise ChainError(f"chain {self.chain.id}: {unknown} depends on what is not set yet")
            best = reduce(np.maximum if side == "least" else np.minimum, (_floats(b, values) for b in usable))
            values[unknown] = rounded(best, side)
        return {u: values[u] for u, _ in self.chain.unknowns}

    @_INFINITE
    def slack(self, width: float) -> list[tuple[float, Requirement]]:
        """log(high / low) of every requirement at this width: negative where one fails."""
        values = {**self.known, **self.unknowns(width), self.chain.width: width}
        return [(float(_log_ratio(*_sides(requirement, values))), requirement) for requirement in self.needed]

    @_INFINITE
    def holds(self, widths: Floats) -> Held:
        """At which of these widths all requirements hold: many cost hardly more than one."""
        values, held = {**self.known, **self.unknowns(widths), self.chain.width: widths}, np.full(len(widths), True)
        for place, requirement in enumerate(self.suspects):
            low, high = _sides(requirement, values)
            held &= (high >= np.maximum(low, 0) * (1 - ROUNDING)) & (low < np.inf)
            if not held.any():
                self.suspects.insert(0, self.suspects.pop(place))
                break
        return held

    def smallest(self, growth: float = GROWTH, precision: float = PRECISION) -> float:
        """The smallest width that meets all requirements: geometric steps from below, then bisection."""
        below, at = self._bracket(growth)
        while below and at - below > precision * at:  # there is no width below the first step
            below, at = self._bisected(below, at, precision)
        return at

    def _bracket(self, growth: float) -> tuple[float, float]:
        """The first of the geometric steps at which all requirements hold, and the one before it (0 if none)."""
        below, at = 0.0, float(self.chain.multiple)
        while at <= LARGEST:
            steps = np.multiply.accumulate([at, *[growth] * (TOGETHER - 1)])
            held = self.holds(steps) & (steps <= LARGEST)
            if held.any():
                first = int(held.argmax())
                return (float(steps[first - 1]) if first else below), float(steps[first])
            below, at = float(steps[-1]), float(steps[-1]) * growth
        worst = min(self.slack(LARGEST), key=lambda pair: pair[0])[1]
        where = f"{worst.lemma} ({worst.name}) still fails at m = {LARGEST:g}"
        raise SearchError(f"chain {self.chain.id}: the search in floats gave up: {where}")

    def _bisected(self, below: float, at: float, precision: float) -> tuple[float, float]:
        """Several bisections of (below, at], all midpoints that they may ask for being tried together."""
        points = np.array([below, at])
        while len(points) <= TOGETHER:
            points = np.insert(points, range(1, len(points)), (points[:-1] + points[1:]) / 2)
        held, low, high = self.holds(points), 0, len(points) - 1
        while high - low > 1 and points[high] - points[low] > precision * points[high]:
            middle = (low + high) // 2
            low, high = (low, middle) if held[middle] else (middle, high)
        return float(points[low]), float(points[high])

    def binding(self, width: float) -> str:
        """The lemma whose requirement fails first just below the width."""
        return min(self.slack(width * 0.999), key=lambda pair: pair[0])[1].lemma

    def failing(self, width: float, case: Case) -> int:
        """The largest of a few widths below this one at which a requirement certainly fails; 0 if none does."""
        for share in (1e-6, 1e-4, 1e-2, 0.1):
            below = int(width * (1 - share)) // self.chain.multiple * self.chain.multiple
            if below < 1:
                break
            try:
                values = {**case, **self.rational(below), self.chain.width: sp.Integer(below)}
            except SearchError:  # some unknown has no value there, which is no certificate
                continue
            if any(c["holds"] == "certainly not" for c in verify(self.needed, values)):
                return below
        return 0

    def rational(self, width: int) -> dict[Quantity, sp.Rational]:
        """The unknowns at this width, rounded to the safe side of what bounds them. Raises SearchError without one."""
        return self.unknowns(float(width), _safe)


def _sides(requirement: Requirement, values: Mapping[Any, Any]) -> tuple[Floats, Floats]:
    return _floats(requirement.relation.low, values), _floats(requirement.relation.high, values)


def _log_ratio(low: Floats, high: Floats) -> Floats:
    """log(high / low), negative where low > high; infinite where a side has no usable sign or size."""
    signed = np.where((high > 0) & np.isfinite(low), np.log(high / low), -np.inf)
    return np.where((low <= 0) & (high >= 0), np.inf, signed)


def _floats(expr: sp.Expr, values: Mapping[Any, Any]) -> Floats:
    symbols, function = _compiled(expr)
    try:
        return np.asarray(function(*(np.asarray(values[s], dtype=float) for s in symbols)), dtype=float)
    except KeyError as missing:
        raise StatementError(f"the case gives no value for {missing.args[0]}") from None


@lru_cache(maxsize=4096)
def _compiled(expr: sp.Expr) -> tuple[tuple[sp.Symbol, ...], Callable[..., Any]]:
    from verify.balls.compile import float_function

    symbols = tuple(sorted(expr.free_symbols, key=str))
    return symbols, float_function(expr, symbols)


def _safe(found: Any, side: Side) -> sp.Rational:
    value = float(found)
    if not math.isfinite(value):
        raise SearchError("an unknown has no value in floats")
    exact = Fraction(value)
    digits = DIGITS - (math.floor(math.log10(abs(value))) + 1 if value else 0)
    scale = Fraction(10) ** digits
    nudged = exact * (1 + Fraction(1, 10**10)) if side == "least" else exact * (1 - Fraction(1, 10**10))
    rounded = Fraction(math.ceil(nudged * scale) if side == "least" else math.floor(nudged * scale)) / scale
    return sp.Rational(rounded.numerator, rounded.denominator)


def _rounded_up(value: float, multiple: int) -> int:
    return -(-math.ceil(value) // multiple) * multiple


def _middle(value: Any) -> Any:
    return value.mid() if hasattr(value, "mid") else value


__all__ = [
    "Chain",
    "ChainError",
    "Library",
    "Link",
    "Requirement",
    "SearchError",
    "Side",
    "Solution",
    "floats",
    "hypotheses",
    "isolated",
    "least_width",
    "requirements",
    "solve",
    "verify",
]
