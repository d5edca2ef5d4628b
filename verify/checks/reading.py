"""What a lemma says at one instance: which hypotheses are met there, and how the two sides of its claim compare.

The formulas are evaluated in balls, whether the measured quantities come as floats or as balls. Floats carry a rounding
error nobody has bounded, so their comparisons have a third answer, `close`, within a relative CLOSE.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Literal, NamedTuple

import numpy as np
import sympy as sp
from flint import arb, ctx

from verify.balls.compile import ball_function
from verify.balls.exact import ball
from verify.lemma import Lemma, value_at, values_at
from verify.relations import Op, Relation
from verify.statement import Instance, Quantity, StatementError

State = Literal["holds", "violated", "close", "undefined"]
Values = Mapping[sp.Symbol, Any]
BallFunction = Callable[..., arb]

CLOSE = 1e-9  # relative rounding error granted to quantities measured in floats
PRECISION = 128  # bits for formulas in values measured in floats


def compare(low: arb, op: Op, high: arb, tolerance: float) -> State:
    """Whether low <= high (or <, ==) for certain, up to a relative ``tolerance`` of the larger side.

    With tolerance 0 this is exact: `holds` and `violated` are certain, and `close` says that the balls overlap.
    """
    if not (low.is_finite() and high.is_finite()):
        return "undefined"
    slack = high - low
    room = tolerance * max(low.abs_upper(), high.abs_upper())
    if op == "==":
        return "violated" if abs(slack).lower() > room else "holds" if slack.is_zero() or tolerance else "close"
    if slack > room or (slack >= room and not (op in ("<", ">") and room == 0)):
        return "holds"
    if slack < -room or (op in ("<", ">") and slack <= -room):
        return "violated"
    return "close"


def ratio(low: arb, high: arb) -> float:
    """A number that is at most 1 exactly if low <= high, namely low/high where both are positive; infinite at worst."""
    small, large = float(low.mid()), float(high.mid())
    if large > 0:
        return small / large
    if small < 0:
        return large / small
    return 1.0 if small == large else math.inf


class Side(NamedTuple):
    """Both sides of one relation, low <= high, and how they compare."""

    low: arb
    high: arb
    op: Op
    state: State

    @property
    def ratio(self) -> float:
        """low/high; for an equation 1 plus the relative difference; infinite where a side is undefined."""
        if self.state == "undefined":
            return math.inf
        if self.op != "==":
            return ratio(self.low, self.high)
        scale = float(max(self.low.abs_upper(), self.high.abs_upper()))
        return 1.0 + abs(float((self.high - self.low).mid())) / scale if scale else 1.0


Key = Hashable  # of a quantity: the function that measures it, or its name in the instance
Input = tuple[Quantity, Key]
Balls = dict[Key, arb]


@dataclass(frozen=True)
class Reading:
    """The hypotheses (those of the domains included) and the claim of a lemma at one instance."""

    values: Values
    given: Mapping[str, Side]
    claim: Side

    @property
    def missed(self) -> tuple[str, ...]:
        """Hypotheses that fail, by more than rounding."""
        return tuple(k for k, side in self.given.items() if side.state == "violated")

    @property
    def undefined(self) -> bool:
        """Whether a side of the claim or of a hypothesis is no finite number here."""
        return any(side.state == "undefined" for side in (self.claim, *self.given.values()))

    @property
    def unsure(self) -> tuple[str, ...]:
        """Hypotheses that are not certain to hold."""
        return tuple(k for k, side in self.given.items() if side.state != "holds")

    @property
    def admitted(self) -> bool:
        """Whether no hypothesis fails for sure; one that is met up to rounding, or is undefined, has not failed."""
        return not self.missed


class Point:
    """An instance, with what was measured and what was evaluated there, each once; readers of variants share it."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.values: dict[Key, Any] = {}
        self.balls: Balls = {}
        self.sides: dict[_Compiled, Side] = {}

    def side(self, compiled: _Compiled, tolerance: float) -> Side:
        """Both sides of a relation here; the tolerance is the same each time."""
        found = self.sides.get(compiled)
        if found is None:
            found = self.sides[compiled] = compiled(self.balls, tolerance)
        return found


class Reader:
    """The formulas of one lemma, compiled once."""

    def __init__(self, lemma: Lemma) -> None:
        self.lemma = lemma
        # Sorted by name, as values_at is: the order of arguments must not depend on the process's hash seed.
        self.symbols = sorted(lemma.symbols - set(lemma.where), key=lambda s: str(s.name))
        self._keys = {symbol: _key(symbol) for symbol in self.symbols}

    @cached_property
    def _claim(self) -> _Compiled:
        return self._compile(self.lemma.claim)

    @cached_property
    def _given(self) -> dict[str, _Compiled]:
        return {name: self._compile(relation) for name, relation in self.lemma.given.items()}

    @cached_property
    def _domains(self) -> dict[str, _Compiled]:
        ends = {s: s.domain.bounds(s) for s in self.symbols}
        named = {f"{s.name} in its domain ({side})": end for s, both in ends.items() for side, end in both.items()}
        return {name: self._compile(end) for name, end in named.items()}

    @cached_property
    def _level(self) -> _Compiled:
        return self._compile(Relation(sp.S.Zero, "<", sp.sympify(self.lemma.fails_with)))

    def _compile(self, relation: Relation) -> _Compiled:
        spelled = self.lemma.spelled_out(relation)
        inside = spelled.symbols
        return _compiled(spelled, tuple((s, key) for s, key in self._keys.items() if s in inside))

    def measure(self, instance: Instance) -> Values:
        """The free quantities at an instance; StatementError if it lacks one. Overflow gives infinities, no warning."""
        with np.errstate(all="ignore"):
            return values_at(self.lemma, instance)

    def look(self, point: Point) -> Reading:
        """The lemma at an instance of floats; what was measured and evaluated there before is taken as it is.

        Raises StatementError if the instance lacks a value.
        """
        self._measure(self._keys.items(), point)
        return self._read({symbol: point.values[key] for symbol, key in self._keys.items()}, point, CLOSE)

    def holds(self, point: Point) -> bool:
        """Whether the claim holds at an instance of floats, beyond rounding; its hypotheses are not looked at."""
        if self._claim not in point.sides:
            self._measure(self._claim.inputs, point)
            with ctx.workprec(max(PRECISION, ctx.prec)):
                self._convert(self._claim.inputs, point)
                point.side(self._claim, CLOSE)
        return point.sides[self._claim].state == "holds"

    def _measure(self, inputs: Iterable[Input], point: Point) -> None:
        with np.errstate(all="ignore"):  # overflow gives infinities, which the reading calls undefined
            for symbol, key in inputs:
                if key not in point.values:
                    point.values[key] = value_at(self.lemma, symbol, point.instance)

    def _convert(self, inputs: Iterable[Input], point: Point) -> None:
        for symbol, key in inputs:
            if key not in point.balls:
                value = point.values[key]
                if symbol.domain.integer and value != int(value):
                    raise StatementError(f"{self.lemma.id}: {symbol.name} = {value} is no integer")
                point.balls[key] = as_ball(value)

    def read(self, values: Values, tolerance: float = CLOSE) -> Reading:
        """The lemma at these values of its free quantities; give tolerance 0 for balls."""
        point = Point({})
        point.values = {key: values[symbol] for symbol, key in self._keys.items()}
        return self._read(values, point, tolerance)

    def _read(self, values: Values, point: Point, tolerance: float) -> Reading:
        """The lemma at these values, which are those of the point; what is evaluated is added to it.

        An end of a domain that a *measured* quantity touches counts as met: its domain is a property of the measure
        (a norm is not negative), though balls around an exact 0 cannot show it.
        """

        with ctx.workprec(max(PRECISION, ctx.prec)):
            self._convert(self._keys.items(), point)
            given = {name: point.side(compiled, tolerance) for name, compiled in self._given.items()}
            for name, compiled in self._domains.items():
                side = point.side(compiled, tolerance)
                touches = side.state == "close" and side.op != "<" and compiled.only_measured
                given[name] = side._replace(state="holds") if touches else side
            return Reading(values, given, point.side(self._claim, tolerance))

    def claim_along(self, values: Values, moved: Quantity) -> Callable[[float], Side]:
        """The claim alone as a function of one quantity in it, the others being as they are."""
        with ctx.workprec(PRECISION):
            balls = self._claim.balls(values)

        def claim(value: float) -> Side:
            with ctx.workprec(PRECISION):
                return self._claim({**balls, _key(moved): as_ball(value)}, CLOSE)

        return claim

    def free(self, hypothesis: str) -> frozenset[sp.Symbol]:
        """The free quantities in a hypothesis, abbreviations spelled out."""
        return self.lemma.spelled_out(self.lemma.given[hypothesis]).symbols

    def level(self, values: Values) -> arb:
        """The probability of failure that the lemma allows, at these values."""
        with ctx.workprec(PRECISION):
            return self._level(self._level.balls(values), 0.0).high


def _key(symbol: Quantity) -> Key:
    """Symbols that are equal may be measured by different functions."""
    return symbol.measure or symbol.name


class _Compiled:
    """One relation as a function of the values of its symbols. Each is its own: readers share it, and compare by it."""

    def __init__(self, relation: Relation, inputs: tuple[Input, ...]) -> None:
        self._op: Op = "<" if relation.strict else "==" if relation.op == "==" else "<="
        self._relation, self.inputs, self._keys = relation, inputs, [key for _, key in inputs]
        self._bound: dict[int, tuple[BallFunction, BallFunction]] = {}  # constants are bound at a precision
        self.only_measured = all(isinstance(s, Quantity) and s.measure is not None for s in relation.symbols)

    def __call__(self, balls: Balls, tolerance: float) -> Side:
        low_of, high_of = self._bound.get(ctx.prec) or self._bind()
        numbers = [balls[key] for key in self._keys]
        low, high = low_of(*numbers), high_of(*numbers)
        return Side(low, high, self._op, compare(low, self._op, high, tolerance))

    def balls(self, values: Values) -> Balls:
        """What it is called with at values of its symbols."""
        return {key: as_ball(values[symbol]) for symbol, key in self.inputs}

    def _bind(self) -> tuple[BallFunction, BallFunction]:
        symbols, relation = [symbol for symbol, _ in self.inputs], self._relation
        bound = ball_function(relation.low, symbols), ball_function(relation.high, symbols)
        self._bound[ctx.prec] = bound
        return bound


@lru_cache(maxsize=4096)
def _compiled(relation: Relation, inputs: tuple[Input, ...]) -> _Compiled:
    return _Compiled(relation, inputs)


def plain(value: Any, digits: int | None = None, limit: int = 400) -> Any:
    """A value of an instance as JSON: floats to so many significant digits, long arrays by shape only."""
    if isinstance(value, np.ndarray):
        return [plain(x, digits) for x in value] if value.size <= limit else {"shape": list(value.shape)}
    if isinstance(value, np.generic):
        return plain(value.item(), digits)
    if isinstance(value, (arb, float)):
        number = float(value)
        if not math.isfinite(number):
            return str(number)
        return number if digits is None else float(f"{number:.{digits}g}")
    if isinstance(value, Mapping):
        return {str(k): plain(v, digits, limit) for k, v in value.items()}
    return value if isinstance(value, (bool, int, str)) or value is None else str(value)


def numbers(reading: Reading, digits: int | None = None) -> dict[str, Any]:
    """The values of the free quantities, by name, as JSON."""
    by_name = {str(s.name): plain(v, digits) for s, v in reading.values.items()}
    return dict(sorted(by_name.items()))


def as_ball(value: Any) -> arb:
    """A number of an instance as a ball: exact, or (for infinities and NaN) not finite."""
    return arb(float(value)) if isinstance(value, (float, np.floating)) else ball(value)
