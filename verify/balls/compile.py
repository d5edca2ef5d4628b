"""SymPy expressions compiled to a tape that runs over balls, over intervals with ball ends, and over floats.

One tape, four arithmetics: balls (fast, rigorous), intervals (rigorous, keep signs, allow infinite ends), complex balls
(rigorous, for integrals) and NumPy floats (not rigorous; only to search). Equal subexpressions are computed once. A
SymPy node without a rigorous arithmetic raises UnknownNode: nothing falls back to floats.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import sympy as sp
from flint import arb, ctx

from verify.balls import arithmetic
from verify.balls.exact import exact
from verify.balls.intervals import Interval

Step = tuple[str, tuple[int, ...], tuple[Any, ...]]
_UNARY: dict[Any, str] = {
    sp.exp: "exp",
    sp.log: "log",
    sp.Abs: "abs",
    sp.erf: "erf",
    sp.erfc: "erfc",
    sp.sinh: "sinh",
    sp.cosh: "cosh",
    sp.tanh: "tanh",
    sp.sin: "sin",
    sp.cos: "cos",
    sp.atan: "atan",
    sp.gamma: "gamma",
    sp.loggamma: "loggamma",
    sp.floor: "floor",
    sp.ceiling: "ceil",
    sp.sign: "sign",
    sp.Heaviside: "heaviside",
}
_CONSTANTS: dict[Any, Callable[[], arb]] = {sp.pi: arb.pi, sp.E: arb.const_e, sp.EulerGamma: arb.const_euler}


class UnknownNode(NotImplementedError):
    """A SymPy node that has no rigorous arithmetic here; ``node`` is its name."""

    def __init__(self, expr: Any) -> None:
        self.node = expr if isinstance(expr, str) else type(expr).__name__
        super().__init__(f"no rigorous arithmetic for {self.node} in {expr}")


class erfcx(sp.Function):  # type: ignore[misc]  # named as in the literature; SymPy ships no types
    """exp(x^2) erfc(x): positive, decreasing, with derivative 2 x erfcx(x) - 2/sqrt(pi)."""

    nargs = 1

    @classmethod
    def eval(cls, x: Any) -> Any:
        return sp.S.One if x.is_zero else None

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        x = self.args[0]
        return 2 * x * erfcx(x) - 2 / sp.sqrt(sp.pi)

    def _eval_is_positive(self) -> bool | None:
        return True if self.args[0].is_extended_real else None

    def _eval_evalf(self, prec: int) -> sp.Expr:
        return (sp.exp(self.args[0] ** 2) * sp.erfc(self.args[0]))._eval_evalf(prec)


class xexp(sp.Function):  # type: ignore[misc]
    """y e^{-y}: increasing up to y = 1, decreasing from there to 0."""

    nargs = 1

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        return (1 - self.args[0]) * sp.exp(-self.args[0])


@dataclass(frozen=True)
class Tape:
    """A straight-line program: slot i holds input i, then a constant, then the result of a step; the last is the value.

    ``constants`` and ``steps`` are in order of evaluation; a step names an operation, its slots and its parameters.
    """

    symbols: tuple[sp.Symbol, ...]
    constants: tuple[sp.Expr, ...]
    steps: tuple[Step, ...]
    result: int

    def bind(self, kind: Literal["ball", "interval", "complex", "float"]) -> Callable[..., Any]:
        """The function of the inputs, in one arithmetic, with constants at the current precision.

        Raises UnknownNode for an operation that the arithmetic lacks (complex balls have only analytic ones).
        """
        table = arithmetic.TABLES[kind]
        missing = next((op for op, _, _ in self.steps if op not in table), None)
        if missing is not None:
            raise UnknownNode(missing)
        lift = arithmetic.LIFT[kind]
        first = len(self.symbols)
        slots: list[Any] = [None] * first + [lift(constant_ball(c)) for c in self.constants]
        program = [(table[op](*params), args) for op, args, params in self.steps]
        known = set(range(first, len(slots)))
        todo = []
        for position, (function, args) in enumerate(program, start=len(slots)):
            slots.append(function(*(slots[i] for i in args)) if known.issuperset(args) else None)
            if known.issuperset(args):
                known.add(position)
            else:
                todo.append((position, function, args))
        return _runner(slots, todo, first, self.result)


def _runner(slots: list[Any], todo: list[Any], first: int, result: int) -> Callable[..., Any]:
    if result < first:
        return lambda *inputs: inputs[result]
    if not todo:
        return lambda *inputs: slots[result]

    def run(*inputs: Any) -> Any:
        work = slots.copy()
        work[:first] = inputs
        for position, function, args in todo:
            if len(args) == 1:
                work[position] = function(work[args[0]])
            else:
                work[position] = function(work[args[0]], work[args[1]])
        return work[result]

    return run


def constant_ball(expr: sp.Expr) -> arb:
    """A ball around an atomic constant (a rational, pi, E or EulerGamma), at the current precision."""
    if isinstance(expr, sp.Rational):
        return arb(exact(expr))
    if expr in _CONSTANTS:
        return _CONSTANTS[expr]()
    raise UnknownNode(expr)


class _Builder:
    def __init__(self, symbols: Sequence[sp.Symbol]) -> None:
        self.symbols = tuple(symbols)
        self.constants: list[sp.Expr] = []
        self.steps: list[tuple[str, tuple[Any, ...], tuple[Any, ...]]] = []
        self.known: dict[Any, Any] = {s: ("in", i) for i, s in enumerate(self.symbols)}

    def visit(self, expr: sp.Expr) -> Any:
        """The slot of a subexpression, as ("in" | "const" | "step", number)."""
        if expr not in self.known:
            self.known[expr] = self._make(expr)
        return self.known[expr]

    def _make(self, expr: sp.Expr) -> Any:
        if isinstance(expr, sp.Rational) or expr in _CONSTANTS:
            self.constants.append(expr)
            return ("const", len(self.constants) - 1)
        if isinstance(expr, sp.Add | sp.Mul | sp.Max | sp.Min):
            return self._fold(expr)
        if isinstance(expr, sp.Pow):
            return self._power(expr)
        return self._function(expr)

    def _step(self, op: str, *args: Any, params: tuple[Any, ...] = ()) -> Any:
        key = (op, args, params)
        if key not in self.known:
            self.steps.append(key)
            self.known[key] = ("step", len(self.steps) - 1)
        return self.known[key]

    def _fold(self, expr: sp.Expr) -> Any:
        op = {sp.Add: "add", sp.Mul: "mul", sp.Max: "max", sp.Min: "min"}[expr.func]
        args = list(expr.args)
        if op == "mul" and args[0] == -1:
            return self._step("neg", self.visit(sp.Mul(*args[1:])))
        slots = [self.visit(a) for a in args]
        total = slots[0]
        for slot in slots[1:]:
            total = self._step(op, total, slot)
        return total

    def _power(self, expr: sp.Expr) -> Any:
        base, exponent = expr.args
        if exponent.is_Rational and exponent < 0:
            return self._step("inv", self.visit(sp.Pow(base, -exponent)))
        if exponent.is_Integer:
            return self._step("power", self.visit(base), params=(int(exponent),))
        if exponent.is_Rational:
            return self._step("root", self.visit(base), params=(int(exponent.p), int(exponent.q)))
        # base^exponent = exp(exponent log base), for base > 0 only: see undefined points in certify.py
        return self._step("exp", self._step("mul", self.visit(exponent), self._step("log", self.visit(base))))

    def _function(self, expr: sp.Expr) -> Any:
        if isinstance(expr, erfcx | xexp):
            return self._step(type(expr).__name__, self.visit(expr.args[0]))
        if isinstance(expr, sp.factorial):
            return self._step("gamma", self.visit(expr.args[0] + 1))
        if isinstance(expr, sp.polygamma) and expr.args[0] == 0:
            return self._step("digamma", self.visit(expr.args[1]))
        if expr.func not in _UNARY or (isinstance(expr, sp.Heaviside) and expr.args[1] != sp.S.Half):
            raise UnknownNode(expr)  # a step may be given any value at 0
        return self._step(_UNARY[expr.func], self.visit(expr.args[0]))

    def slot(self, name: Any) -> int:
        kind, number = name
        offset = {"in": 0, "const": len(self.symbols), "step": len(self.symbols) + len(self.constants)}
        return int(offset[kind] + number)


def compile_expr(expr: Any, symbols: Sequence[sp.Symbol]) -> Tape:
    """The tape of ``expr`` as a function of ``symbols``, in that order.

    Raises UnknownNode, naming the node, for anything without a rigorous arithmetic, undeclared symbols included.
    """
    builder = _Builder(symbols)
    result = builder.visit(sp.sympify(expr))
    steps = tuple((op, tuple(builder.slot(a) for a in args), params) for op, args, params in builder.steps)
    return Tape(builder.symbols, tuple(builder.constants), steps, builder.slot(result))


@lru_cache(maxsize=2048)
def _cached(expr: sp.Expr, symbols: tuple[sp.Symbol, ...], kind: Any, prec: int) -> Callable[..., Any]:
    return compile_expr(expr, symbols).bind(kind)


def ball_function(expr: Any, symbols: Sequence[sp.Symbol]) -> Callable[..., arb]:
    """The expression as a function of balls, at the current precision. A value it cannot bound is NaN."""
    return _cached(sp.sympify(expr), tuple(symbols), "ball", ctx.prec)


def interval_function(expr: Any, symbols: Sequence[sp.Symbol]) -> Callable[..., Interval]:
    """The expression as a function of intervals with ball ends, at the current precision."""
    return _cached(sp.sympify(expr), tuple(symbols), "interval", ctx.prec)


def complex_function(expr: Any, symbols: Sequence[sp.Symbol]) -> Callable[..., Any]:
    """The expression as an analytic function of complex balls, at the current precision.

    A value is NaN where a ball meets a branch cut. Raises UnknownNode for a node that is not analytic, such as Abs.
    """
    return compile_expr(expr, symbols).bind("complex")


def float_function(expr: Any, symbols: Sequence[sp.Symbol]) -> Callable[..., Any]:
    """The expression as a function of NumPy arrays: no rigour, for searching only."""
    return compile_expr(expr, symbols).bind("float")


def evaluate(expr: Any, values: dict[sp.Symbol, Any] | None = None) -> arb:
    """A ball around the value of ``expr`` at exact numbers or balls; NaN where it is undefined or not bounded."""
    given = values or {}
    inputs = [v if isinstance(v, arb) else arb(exact(v)) for v in given.values()]
    value: arb = compile_expr(expr, tuple(given)).bind("ball")(*inputs)
    return value
