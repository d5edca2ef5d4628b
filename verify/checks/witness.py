"""Exact counterexamples: rational numbers at which balls show every hypothesis met and the claim violated.

What a search finds in floats is only a suspicion. Here its floats are rounded to one decimal digit, then two, ..., at
last taken as the exact binary fractions they are, and everything is evaluated anew in balls; the first that verifies is
the witness. Integers, strings and arrays of integers are left alone.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from flint import ctx

from verify.balls.exact import NotExact
from verify.checks.reading import Reader, Reading, as_ball
from verify.statement import Instance, StatementError

DIGITS = (1, 2, 3, 4, 6, 9, 12, 16, None)  # None: the floats themselves
FEW_DIGITS = (4, 9, None)  # where any witness will do, not the shortest
BITS = (128, 512, 2048)
TIED = 2.0**-200  # relative difference at which two sides are called equal rather than enclosed more finely
LOOSENED = 3  # at most so many named bounds are moved at once
SMALL = 4096  # floats in an instance that is worth recomputing in balls as a matter of course

Array = np.ndarray[Any, Any]
Exact = Mapping[str, Any]  # like an instance, with Fractions for floats


@dataclass(frozen=True)
class InBalls:
    """What a lemma certainly says at an instance, or why that cannot be computed."""

    reading: Reading | None
    reason: str = ""

    @property
    def decided(self) -> bool:
        """Whether no comparison is left open."""
        reading = self.reading
        return reading is not None and not reading.unsure and reading.claim.state in ("holds", "violated")

    @property
    def tied(self) -> bool:
        """Whether the two sides of the claim agree so closely that more bits would hardly tell them apart."""
        if self.reading is None or self.reading.claim.state != "close":
            return False
        low, high = self.reading.claim.low, self.reading.claim.high
        return bool((high - low).abs_upper() <= TIED * max(low.abs_upper(), high.abs_upper()))

    @property
    def refutes(self) -> bool:
        """Whether every hypothesis holds and the claim fails, for certain."""
        return self.reading is not None and not self.reading.unsure and self.reading.claim.state == "violated"


@dataclass(frozen=True)
class Witness:
    """A rational counterexample."""

    exact: Exact
    digits: int | None
    reading: Reading

    def data(self) -> dict[str, Any]:
        """As JSON values: exact numbers as decimals or fractions, both sides of the claim as enclosures."""
        low, high = self.reading.claim.low, self.reading.claim.high
        return {
            "instance": {k: written(v) for k, v in sorted(self.exact.items())},
            "rounded_to": "exact floats" if self.digits is None else f"{self.digits} decimals",
            "claimed_smaller": low.str(12),
            "claimed_larger": high.str(12),
        }


def is_small(instance: Instance) -> bool:
    """Whether recomputing the instance in balls is cheap."""
    return sum(v.size for v in instance.values() if isinstance(v, np.ndarray)) <= SMALL


def exact_instance(instance: Instance, digits: int | None = None) -> dict[str, Any]:
    """The instance with floats as Fractions, rounded to so many decimals. Raises NotExact for NaN and infinities."""
    return {name: _exact(value, digits) for name, value in instance.items()}


def as_balls(instance: Instance) -> dict[str, Any]:
    """The instance with every number that is not an integer as a ball; floats stand for themselves."""
    return {name: _balls(value) for name, value in instance.items()}


def in_balls(reader: Reader, exact: Instance) -> InBalls:
    """The lemma at the exact numbers of an instance (floats stand for themselves), to the precision that decides it."""
    found = InBalls(None, "not evaluated")
    for bits in BITS:
        with ctx.workprec(bits):
            found = _evaluate(reader, exact)
        if found.reading is None or found.reading.missed or found.decided or found.tied:
            break
    return found


def _evaluate(reader: Reader, exact: Instance) -> InBalls:
    try:
        values = reader.measure(as_balls(exact))
        rounded = [s.name for s, v in values.items() if s.measure is not None and isinstance(v, (float, np.floating))]
        if rounded:
            return InBalls(None, f"cannot be evaluated in balls ({rounded[0]} is measured in floats)")
        return InBalls(reader.read(values, tolerance=0.0))
    except (TypeError, AttributeError, ValueError, ArithmeticError, NotImplementedError) as problem:
        if isinstance(problem, StatementError):
            raise
        return InBalls(None, f"cannot be evaluated in balls ({type(problem).__name__}: {problem})")


def find(reader: Reader, instance: Instance, digits: Sequence[int | None] = DIGITS) -> Witness | str:
    """A rational counterexample near an instance that violates the claim in floats, or why none was verified.

    digits: the roundings to try, the one wanted most first.
    """
    reason = ""
    try:
        itself = in_balls(reader, exact_instance(instance))
        if itself.reading is not None and itself.reading.claim.state == "holds":
            return f"at the exact floats, {_why_not(itself)}"  # and no rounding is tried in vain
        for candidate in nearby(reader, instance, digits, violating=True):
            if candidate.found.refutes and candidate.found.reading is not None:
                return Witness(candidate.exact, candidate.digits, candidate.found.reading)
            reason = reason if candidate.moved else _why_not(candidate.found)
    except NotExact as problem:
        return str(problem)
    return f"at the exact floats, {reason}"


def _why_not(result: InBalls) -> str:
    if result.reading is None:
        return f"it {result.reason}"
    if result.reading.claim.state != "violated":
        return {
            "holds": "the claim holds",
            "close": "the two sides cannot be told apart",
            "undefined": "a side is undefined",
        }[result.reading.claim.state]
    return f"hypothesis '{result.reading.unsure[0]}' is not certain"


@dataclass(frozen=True)
class Nearby:
    """A rounding of an instance, perhaps with named bounds moved, and what the lemma certainly says there."""

    exact: Exact
    digits: int | None
    moved: bool
    found: InBalls

    @property
    def admitted(self) -> bool:
        """Whether every hypothesis holds for certain."""
        return self.found.reading is not None and not self.found.reading.unsure


def nearby(
    reader: Reader, instance: Instance, roundings: Sequence[int | None] = DIGITS, violating: bool = False
) -> Iterator[Nearby]:
    """Ever finer roundings of an instance, each followed by those with bounds moved if it misses a hypothesis.

    With ``violating``, bounds are moved only where the claim does not hold. Raises NotExact for NaN and infinities.
    """
    for digits in roundings:
        exact = exact_instance(instance, digits)
        found = in_balls(reader, exact)
        yield Nearby(exact, digits, False, found)
        wanted = found.reading is not None and not (violating and found.reading.claim.state == "holds")
        if wanted and found.reading is not None and found.reading.unsure:
            for moved in _moved(reader, exact, digits, found.reading):
                if not reader.read(reader.measure(_as_floats(moved))).missed:  # most are, and balls take longer
                    yield Nearby(moved, digits, True, in_balls(reader, moved))


def _moved(reader: Reader, exact: Exact, digits: int | None, reading: Reading) -> Iterator[Exact]:
    """The instance with the named bounds of the hypotheses it misses moved a little, each up or down.

    Rounding an array breaks a bound that was measured from it (M <= B); which way to move the bound is tried out.
    """
    names = sorted({s.name for k in reading.unsure if k in reader.lemma.given for s in reader.free(k)})
    names = [n for n in names if isinstance(exact.get(n), Fraction)][:LOOSENED]
    step = Fraction(1, 10**digits) if digits is not None else Fraction(1, 2**50)
    for moves in itertools.product((0, 1, -1), repeat=len(names)):
        if any(moves):
            yield {**exact, **{n: exact[n] * (1 + step * move) for n, move in zip(names, moves, strict=True)}}


# --- numbers ----------------------------------------------------------------------------------------------------------


def _exact(value: Any, digits: int | None) -> Any:
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        return _each(value, lambda x: _exact(float(x), digits))
    if isinstance(value, (float, np.floating)):
        if not np.isfinite(value):
            raise NotExact(f"it contains {value}")
        return Fraction(float(value)) if digits is None else round(Fraction(float(value)), digits)
    return value


def _as_floats(exact: Exact) -> Instance:
    """The numbers of an exact instance to the nearest float."""
    arrays = {k: v.astype(float) for k, v in exact.items() if isinstance(v, np.ndarray) and v.dtype == object}
    return {k: float(v) if isinstance(v, Fraction) else arrays.get(k, v) for k, v in exact.items()}


_converted: dict[tuple[int, int], tuple[Array, Array]] = {}  # by identity and precision, the array kept alive
_KEPT = 64


def _balls(value: Any) -> Any:
    if isinstance(value, np.ndarray) and value.dtype.kind in "fO":
        key = (id(value), ctx.prec)  # bounds are moved beside the same arrays again and again
        if key not in _converted:
            if len(_converted) >= _KEPT:
                _converted.clear()
            _converted[key] = (value, _each(value, _balls))
        return _converted[key][1].copy()
    return as_ball(value) if isinstance(value, (float, np.floating, Fraction)) else value


def _each(array: Array, function: Callable[[Any], Any]) -> Array:
    """The object array of the same shape with a function applied to every entry."""
    found = np.empty(array.shape, dtype=object)
    for place, entry in np.ndenumerate(array):
        found[place] = function(entry)
    return found


def written(value: Any) -> Any:
    """An exact value as JSON: decimals where they are short, else fractions."""
    if isinstance(value, np.ndarray):
        return [written(x) for x in value] if value.ndim else written(value.item())
    if isinstance(value, Fraction):
        decimal = repr(float(value))
        return decimal if Fraction(decimal) == value else str(value)
    if isinstance(value, np.generic):
        return value.item()
    return value if isinstance(value, (bool, int, str)) else str(value)
