"""A cheap no: at a few points that respect the signs algebra knows of, a difference that is negative is not >= 0."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence

import sympy as sp

POINTS = 12
SURE = 1e-6  # of the sum of the sizes of the terms: far beyond rounding

Letters = Mapping[sp.Expr, float]


def negative_somewhere(expr: sp.Expr, given: Sequence[sp.Expr], nonnegative: Callable[[sp.Expr], bool]) -> bool:
    """Whether the expression is clearly negative at one of the points where none of those ``given`` is negative.

    Whatever is no sum, product, power, exponential or logarithm counts as a letter, positive if ``nonnegative`` says
    so. False where no point can be evaluated: the answer saves time and decides nothing else.
    """
    return any(
        _sign(expr, at) < 0 and all(_sign(g, at) > 0 for g in given) for at in _points((expr, *given), nonnegative)
    )


def _sign(expr: sp.Expr, at: Letters) -> int:
    """-1 or 1 where the sign is beyond rounding, else 0."""
    try:
        value, size = _value(expr, at)
    except (ValueError, OverflowError, ZeroDivisionError, TypeError):
        return 0
    return (value > SURE * size) - (value < -SURE * size)


def _points(exprs: Sequence[sp.Expr], nonnegative: Callable[[sp.Expr], bool]) -> Iterator[dict[sp.Expr, float]]:
    letters = list(dict.fromkeys(letter for expr in exprs for letter in letters_of(expr)))
    signed = [not nonnegative(letter) for letter in letters]
    for turn in range(POINTS):
        yield {a: _number(a, place, turn, free) for place, (a, free) in enumerate(zip(letters, signed, strict=True))}


def _number(letter: sp.Expr, place: int, turn: int, signed: bool) -> float:
    """A number for the letter in a place of the order; sizes and signs vary from turn to turn."""
    scatter = math.modf((place + 1) * (turn + 1) * 0.6180339887498949 + 0.37 * turn)[0]
    whole = not isinstance(letter, (sp.Sum, sp.Integral)) and letter.is_integer  # of these SymPy would think for long
    spread = 6 if turn % 2 else 2  # letters of one size, and others that dwarf each other
    size = 2.0 * round(1 + 8 * scatter) if whole else 4.0 ** (spread * (2 * scatter - 1))
    return -size if signed and (place + turn) % 2 else size


def letters_of(expr: sp.Expr) -> Iterator[sp.Expr]:
    """What counts as a letter in the expression, in a fixed order, perhaps repeatedly."""
    todo = [expr]
    while todo:
        node = todo.pop()
        if node.is_Number or isinstance(node, sp.NumberSymbol) or node is sp.I:
            continue
        if isinstance(node, (sp.Add, sp.Mul, sp.Pow, sp.exp, sp.log)):
            todo.extend(node.args)
        else:
            yield node


def _value(expr: sp.Expr, at: Letters) -> tuple[float, float]:
    """The value, and the size to which its rounding error is relative, however much cancels on the way to it."""
    if expr in at:
        return at[expr], abs(at[expr])
    if not expr.args:
        return float(expr), abs(float(expr))
    parts = [_value(a, at) for a in expr.args]
    if isinstance(expr, sp.Add):
        return sum(v for v, _ in parts), sum(s for _, s in parts)
    if isinstance(expr, sp.Mul):
        return math.prod(v for v, _ in parts), math.prod(s for _, s in parts)
    value, size = parts[0]
    if isinstance(expr, sp.exp):
        found = math.exp(value)
        return found, found * max(1.0, size)
    if isinstance(expr, sp.log):
        found = math.log(value)
        return found, max(abs(found), size / value)
    exponent, exponent_size = parts[1]
    found = math.pow(value, exponent)
    spread = max(1.0, abs(exponent) * size / abs(value), abs(math.log(abs(value))) * exponent_size)
    return found, abs(found) * spread
