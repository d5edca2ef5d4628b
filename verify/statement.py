"""What a statement speaks of: quantities with their domains, sizes, and named constants."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, Literal, Self

import sympy as sp
from sympy.core.symbol import Str

from verify.relations import Relation

Instance = Mapping[str, Any]
Kind = Literal["tight", "upper"]


class StatementError(ValueError):
    """A statement that means nothing: an undeclared symbol, an unknown constant, a value that is no number."""


@dataclass(frozen=True)
class Domain:
    """An interval of the reals (or of the integers) with exact ends; a float stands for the decimal as written."""

    lower: sp.Expr = -sp.oo
    upper: sp.Expr = sp.oo
    open_lower: bool = False
    open_upper: bool = False
    integer: bool = False

    def __post_init__(self) -> None:
        """Raises StatementError unless a number certainly lies between the ends: of none everything would be true.

        Nor may an end be a letter, which takes another value while the symbol keeps its domain.
        """
        for end in ("lower", "upper"):
            value = getattr(self, end)
            if not value.is_number:
                raise StatementError(f"the end {value} of a domain is no number: state it as a hypothesis")
            object.__setattr__(self, end, sp.nsimplify(value, rational=True) if value.has(sp.Float) else value)
        object.__setattr__(self, "open_lower", self.open_lower and self.lower != -sp.oo)
        object.__setattr__(self, "open_upper", self.open_upper and self.upper != sp.oo)
        if not self._has_a_number():
            raise StatementError(f"no number lies in {self}, or none can be told to")

    def _has_a_number(self) -> bool:
        if self.lower == sp.oo or self.upper == -sp.oo:
            return False
        if self.integer:
            first, last = self.integer_ends()
            return bool((last - first).is_extended_nonnegative)
        room = self.upper - self.lower
        room = room if room.is_extended_positive else sp.simplify(room)
        return bool(room.is_extended_positive or (room.is_zero and not (self.open_lower or self.open_upper)))

    def integer_ends(self) -> tuple[sp.Expr, sp.Expr]:
        """The least and the largest integer in it, or the infinity that takes their place."""
        first = sp.floor(self.lower) + 1 if self.open_lower else sp.ceiling(self.lower)
        last = sp.ceiling(self.upper) - 1 if self.open_upper else sp.floor(self.upper)
        return first, last

    def bounds(self, value: sp.Expr) -> dict[str, Relation]:
        """That a value lies between its finite ends: "lower" <= value and value <= "upper", strict where open."""
        found = {}
        if self.lower != -sp.oo:
            found["lower"] = Relation(self.lower, "<" if self.open_lower else "<=", value)
        if self.upper != sp.oo:
            found["upper"] = Relation(value, "<" if self.open_upper else "<=", self.upper)
        return found

    def __str__(self) -> str:
        left = "(" if self.open_lower or self.lower == -sp.oo else "["
        right = ")" if self.open_upper or self.upper == sp.oo else "]"
        return f"{'integers in ' if self.integer else ''}{left}{self.lower}, {self.upper}{right}"


def real(lower: Any = -sp.oo, upper: Any = sp.oo, *, open_lower: bool = False, open_upper: bool = False) -> Domain:
    """The real interval from ``lower`` to ``upper``, closed unless said otherwise."""
    return Domain(sp.sympify(lower), sp.sympify(upper), open_lower, open_upper)


def positive(upper: Any = sp.oo, *, open_upper: bool = False) -> Domain:
    """(0, upper]."""
    return real(0, upper, open_lower=True, open_upper=open_upper)


def integer(lower: Any = 1, upper: Any = sp.oo) -> Domain:
    """The integers from ``lower`` to ``upper``."""
    return Domain(sp.sympify(lower), sp.sympify(upper), integer=True)


class Quantity(sp.Symbol):  # type: ignore[misc]  # SymPy ships no types
    """A declared symbol: a name with a domain, and, if measured, the function that computes it from an instance.

    ``definition`` says in the terms of verify.proof what is measured, so that proofs can unfold it; ``measure`` takes
    an instance of floats or of balls.
    """

    domain: Domain
    meaning: str
    measure: Callable[[Instance], Any] | None
    definition: sp.Expr | None

    def __new__(
        cls,
        name: str,
        domain: Domain,
        meaning: str = "",
        measure: Callable[[Instance], Any] | None = None,
        definition: sp.Expr | None = None,
    ) -> Self:
        obj: Self = sp.Symbol.__xnew__(cls, name, **_assumptions(domain))
        obj.domain, obj.meaning, obj.measure, obj.definition = domain, meaning, measure, definition
        return obj

    def _hashable_content(self) -> tuple[Any, ...]:
        return self._content

    @cached_property  # SymPy asks for it whenever two symbols are compared
    def _content(self) -> tuple[Any, ...]:
        # Names alone would let SymPy's cache swap two symbols of the same name and different domains.
        source = _source(self.measure) if self.measure else ""
        # SymPy compares these entry by entry, with < where they are no terms of its own: None would not do.
        definition = Str("") if self.definition is None else self.definition
        return (*sp.Symbol._hashable_content(self), str(self.domain), source, definition)

    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        return (self.name, self.domain, self.meaning, self.measure, self.definition), {}

    def __setstate__(self, state: Any) -> None:
        """Nothing to restore: ``__new__`` has set everything."""

    def __getstate__(self) -> None:
        return None


def _source(measure: Callable[..., Any]) -> str:
    """What tells one measure from another: its code and what it was made with, for a factory makes many of one code."""
    code = getattr(measure, "__code__", None)
    if code is None:
        return _held(measure)
    cells = [_content_of(cell) for cell in getattr(measure, "__closure__", None) or ()]
    defaults = [*(measure.__defaults__ or ()), *(measure.__kwdefaults__ or {}).values()]
    made_with = map(_held, [getattr(measure, "__self__", None), *defaults, *cells])
    return f"{measure.__module__}.{measure.__qualname__} {id(code)} ({', '.join(made_with)})"


def _content_of(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # of a function that speaks of itself, say, while it is made
        return None


def _held(value: Any) -> str:
    plain = type(value) in (bool, int, float, str, Fraction, type(None))
    return f"{type(value).__qualname__} {repr(value) if plain else id(value)}"


class Size(Quantity):
    """A size of the instance: the number of rows of one of its arrays, less a fixed number; no chance enters it.

    An instance may give it as a number under its own name instead, if ``given``. Any other integer that is measured may
    be picked after the draw, so no proof takes it for fixed.
    """

    array: str
    less: int
    given: bool

    def __new__(cls, name: str, array: str, meaning: str = "", less: int = 0, given: bool = False) -> Self:
        def measure(at: Instance) -> int:
            return int(at[name]) if given and name in at else len(at[array]) - less

        obj: Self = super().__new__(cls, name, integer(1), meaning, measure)
        obj.array, obj.less, obj.given = array, less, given
        return obj

    def _hashable_content(self) -> tuple[Any, ...]:
        return (*super()._hashable_content(), self.array, self.less, self.given)

    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        return (self.name, self.array, self.meaning, self.less, self.given), {}


def _assumptions(domain: Domain) -> dict[str, bool]:
    if domain.integer:
        known: dict[str, bool] = {"integer": True}
    else:
        known = {"real": True}
    if domain.lower > 0 or (domain.lower == 0 and domain.open_lower):
        known["positive"] = True
    elif domain.lower == 0:
        known["nonnegative"] = True
    return known


class Constant(sp.Symbol):  # type: ignore[misc]  # SymPy ships no types
    """A named numeric constant of one statement, kept symbolic until a number is needed."""

    value: sp.Rational
    tightness: Kind

    def __new__(cls, name: str, value: Any, kind: Kind = "upper") -> Self:
        exact = sp.nsimplify(value, rational=True) if isinstance(value, float) else sp.sympify(value, rational=True)
        if not exact.is_number or exact.is_finite is not True or exact.is_real is not True:
            raise StatementError(f"constant {name} is {value!r}, which is not a finite real number")
        obj: Self = sp.Symbol.__xnew__(cls, name, real=True, **({"positive": True} if exact > 0 else {}))
        obj.value, obj.tightness = exact, kind
        return obj

    def _hashable_content(self) -> tuple[Any, ...]:
        return (*super()._hashable_content(), str(self.value), self.tightness)

    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        return (self.name, self.value, self.tightness), {}

    def __setstate__(self, state: Any) -> None:
        """Nothing to restore: ``__new__`` has set everything."""

    def __getstate__(self) -> None:
        return None


def const(name: str, value: Any, kind: Kind = "upper") -> Constant:
    """A named constant; ``tight`` claims that no better value is true, ``upper`` only that this one is.

    Raises StatementError for NaN, infinities and anything that is not a real number.
    """
    return Constant(name, value, kind)
