"""Boxes: products of intervals with ball ends, possibly unbounded, some of integers; cutting them in two."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import sympy as sp
from flint import arb

from verify.balls.compile import UnknownNode, evaluate
from verify.balls.intervals import INF, NEG, Interval
from verify.statement import Domain


@dataclass(frozen=True)
class Piece:
    """A product of domains, one for each symbol: what a claim is to be proved on."""

    symbols: tuple[sp.Symbol, ...]
    domains: tuple[Domain, ...]

    def cut(self, index: int, value: sp.Expr) -> tuple[Piece, Piece]:
        """The two parts below and above ``value`` in one coordinate, both containing it."""
        domain = self.domains[index]
        below = replace(domain, upper=value, open_upper=False)
        above = replace(domain, lower=value, open_lower=False)
        return self.with_domain(index, below), self.with_domain(index, above)

    def with_domain(self, index: int, domain: Domain) -> Piece:
        """The piece with another domain in one coordinate."""
        return Piece(self.symbols, (*self.domains[:index], domain, *self.domains[index + 1 :]))

    def renamed(self, index: int, symbol: sp.Symbol) -> Piece:
        """The piece with another symbol in one coordinate."""
        return Piece((*self.symbols[:index], symbol, *self.symbols[index + 1 :]), self.domains)

    def end(self, index: int, upper: bool) -> sp.Expr:
        return self.domains[index].upper if upper else self.domains[index].lower

    def excludes_end(self, index: int, upper: bool) -> bool:
        domain = self.domains[index]
        return not self.end(index, upper).is_finite or (domain.open_upper if upper else domain.open_lower)

    def only(self, symbol: sp.Symbol) -> Piece:
        """The piece in one coordinate."""
        return Piece((symbol,), (self.domains[self.symbols.index(symbol)],))

    def without(self, index: int) -> Piece:
        """The piece in the other coordinates."""
        symbols, domains = self.symbols, self.domains
        return Piece((*symbols[:index], *symbols[index + 1 :]), (*domains[:index], *domains[index + 1 :]))


_FAR = 2.0**40  # an unbounded side that begins beyond this is not cut again


@dataclass(frozen=True)
class Side:
    """One side of a box: from ``lo`` to ``hi``; the flags say whether that end is the piece's own."""

    lo: arb
    hi: arb
    at_lower: bool
    at_upper: bool
    integer: bool = False

    @property
    def interval(self) -> Interval:
        return (self.lo, self.hi)

    @property
    def is_bounded(self) -> bool:
        return bool(self.lo.is_finite() and self.hi.is_finite())

    @property
    def is_point(self) -> bool:
        return self.lo is self.hi

    def is_small(self, limit: float) -> bool:
        """Whether there is no use in cutting: narrower than ``limit``, or so far out that nothing changes any more."""
        if self.is_bounded:
            return self.width() <= limit
        return bool(self.lo > _FAR or self.hi < -_FAR)

    def width(self) -> float:
        """The width relative to the larger of 1 and the midpoint; infinite for an unbounded side; no rigour."""
        if self.is_point:
            return 0.0
        lo, hi = float(self.lo), float(self.hi)
        return (hi - lo) / max(1.0, abs(lo + hi) / 2) if math.isfinite(hi - lo) else math.inf

    def middle(self) -> arb:
        """An exact point inside a bounded side."""
        return ((self.lo + self.hi) / 2).mid()

    def fix(self, upper: bool) -> Side:
        """The side shrunk to one of its ends."""
        end = self.hi if upper else self.lo
        return Side(end, end, self.at_lower and not upper, self.at_upper and upper, self.integer)

    def stretched(self, root: Side, upper: bool) -> Side:
        """The side prolonged to one end of ``root``."""
        if upper:
            return Side(self.lo, root.hi, self.at_lower, True, self.integer)
        return Side(root.lo, self.hi, True, self.at_upper, self.integer)

    def split(self) -> tuple[Side, Side]:
        """Two sides that cover this one."""
        at = self._cut_point()
        if self.integer:
            low = Side(self.lo, at, self.at_lower, False, True)
            high = Side(at + 1, self.hi, False, self.at_upper, True)
            return _merge_point(low), _merge_point(high)
        return Side(self.lo, at, self.at_lower, False), Side(at, self.hi, False, self.at_upper)

    def _cut_point(self) -> arb:
        lo, hi = self.lo, self.hi
        if lo == NEG and hi == INF:
            return arb(0)
        if hi == INF:
            at = 2 * lo.mid() if lo >= 1 else arb(1)
        elif lo == NEG:
            at = 2 * hi.mid() if hi <= -1 else arb(-1)
        else:
            at = self._geometric() or self.middle()
        return at.floor().mid() if self.integer else at

    def _geometric(self) -> arb | None:
        """A power of two between two ends of one sign whose ratio is large."""
        lo, hi = self.lo, self.hi
        if not lo > 0 or not hi > 16 * lo:
            return None
        at = arb(2) ** round(float((lo.log() + hi.log()) / (2 * math.log(2))))
        return at if lo < at and at < hi else None


def _merge_point(side: Side) -> Side:
    return replace(side, hi=side.lo) if side.lo == side.hi else side


Box = tuple[Side, ...]


def box_of(piece: Piece) -> Box:
    """The piece as one box, at the current precision."""
    return tuple(_side_of(d) for d in piece.domains)


def _side_of(domain: Domain) -> Side:
    lower, upper = end_ball(domain.lower), end_ball(domain.upper)
    if domain.lower == domain.upper:
        return Side(lower, lower, True, True, domain.integer)
    return Side(lower, upper, True, True, domain.integer)


def end_ball(end: sp.Expr) -> arb:
    """A ball around an end of a domain, or an exact infinity."""
    if end == sp.oo:
        return INF
    return NEG if end == -sp.oo else evaluate(end)


def widest(box: Box, limits: Sequence[float]) -> int | None:
    """The index of the side that is widest relative to its magnitude; None if every side is too small to cut."""
    wide = [i for i, limit in enumerate(limits) if not box[i].is_small(limit)]
    return max(wide, key=lambda i: box[i].width()) if wide else None


def halves(box: Box, index: int) -> tuple[Box, Box]:
    """Two boxes that cover this one, cut across one side."""
    low, high = box[index].split()
    return replaced(box, index, low), replaced(box, index, high)


def cut_at(piece: Piece, index: int, value: sp.Expr) -> list[Piece]:
    """The piece cut in two at ``value``, or unchanged if that does not certainly lie inside."""
    lower, upper = piece.end(index, False), piece.end(index, True)
    try:
        above = lower == -sp.oo or evaluate(value - lower) > 0
        below = upper == sp.oo or evaluate(upper - value) > 0
    except UnknownNode:
        return [piece]
    if not (above and below) or piece.domains[index].integer:
        return [piece]
    return list(piece.cut(index, value))


def replaced(box: Box, index: int, side: Side) -> Box:
    return (*box[:index], side, *box[index + 1 :])


def describe(box: Box, symbols: tuple[sp.Symbol, ...]) -> dict[str, str]:
    """A box for people: the name of each symbol with its interval to six digits."""
    return {str(s): f"[{float(side.lo):.6g}, {float(side.hi):.6g}]" for s, side in zip(symbols, box, strict=True)}
