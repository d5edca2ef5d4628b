"""Several ways of writing one expression, of which interval arithmetic may understand one better than another.

Written as a product, a derivative shows a sign that its terms hide. Divided by the highest power of x, a quotient of
polynomials keeps its limit as x grows. And x^a e^{-c x^p}, 0 times oo to interval arithmetic, is
(a/(pc))^{a/p} h(y)^{a/p} with y = (pc/a) x^p and h(y) = y e^{-y}, whose range over an interval is known exactly.
Every rewriting is an identity where the original is defined, so each enclosure is valid, and so is their intersection.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import Any

import sympy as sp

from verify.balls.compile import UnknownNode, erfcx, interval_function, xexp
from verify.balls.intervals import Interval, is_bounded

_LARGEST = 40  # operations in an expression that is still rewritten
_DEGREE = 10**4  # numbers in the exponents of one that is still factored, which lists every power up to the highest


class Views:
    """An expression as a function of intervals, in several writings, each compiled when first needed."""

    def __init__(self, expr: sp.Expr, symbols: tuple[sp.Symbol, ...]) -> None:
        """Raises UnknownNode if the expression itself cannot be compiled."""
        self.expr = expr
        self.symbols = symbols
        self._plain: Callable[..., Interval] = interval_function(expr, symbols)

    def __call__(self, *box: Interval) -> Interval:
        """The enclosure from the expression as it stands."""
        return self._plain(*box)

    def all(self, *box: Interval) -> Iterator[Interval]:
        """One enclosure after another: the expression as it stands, as a product, then those meant for infinity."""
        yield self._plain(*box)
        yield from (f(*box) for f in self._products)
        if not all(is_bounded(side) for side in box):
            yield from (f(*box) for f in self._tails)

    @cached_property
    def _products(self) -> list[Callable[..., Interval]]:
        product = as_product(self.expr)
        return self._compiled([product] if product.count_ops() <= 1.2 * self.expr.count_ops() else [])

    @cached_property
    def _tails(self) -> list[Callable[..., Interval]]:
        return self._compiled(tail_writings(self.expr, self.symbols))

    def _compiled(self, writings: Iterable[sp.Expr]) -> list[Callable[..., Interval]]:
        found = []
        for expr in writings:
            try:
                found.append(interval_function(expr, self.symbols))
            except UnknownNode:
                continue
        return found


def tail_writings(expr: sp.Expr, symbols: tuple[sp.Symbol, ...]) -> list[sp.Expr]:
    """Other writings of the same function that keep their value as a symbol grows, without repetition."""
    if expr.count_ops() > _LARGEST:
        return []
    tail = sp.expand(scaled(expr))
    for symbol in symbols:
        tail = sp.Add(*[towards_infinity(t, symbol) for t in sp.Add.make_args(tail)])
    product = as_product(scaled(expr))
    found = dict.fromkeys([product, tail, *(damped(e, s) for e in (tail, product) for s in symbols)])
    return [e for e in found if e != expr]


def as_product(expr: sp.Expr) -> sp.Expr:
    """The expression over one denominator, factored; unchanged if it is too large or no such form is found."""
    if expr.count_ops() > _LARGEST or of_high_degree(expr):
        return expr
    try:
        return sp.factor(sp.together(expr))
    except (sp.PolynomialError, NotImplementedError):
        return sp.factor_terms(expr)


def of_high_degree(expr: sp.Expr) -> bool:
    """Whether an exponent has numbers so large that SymPy might never write out the power."""
    exponents = [power.as_base_exp()[1] for power in expr.atoms(sp.exp, sp.Pow)]
    return any(max(abs(r.p), r.q) > _DEGREE for e in exponents for r in e.atoms(sp.Rational))


def scaled(expr: sp.Expr) -> sp.Expr:
    """Ratios that tend to oo/oo or 0/0 in bounded functions: sinh = tanh cosh, erfc(u) = erfcx(u) e^{-u^2}."""
    ratios = {sp.sinh(c.args[0]): sp.tanh(c.args[0]) * c for c in expr.atoms(sp.cosh)}
    tails = {e: erfcx(e.args[0]) * sp.exp(-sp.expand(e.args[0] ** 2)) for e in expr.atoms(sp.erfc) if e.free_symbols}
    return sp.powsimp(expr.xreplace(ratios | tails), combine="exp")


def towards_infinity(term: sp.Expr, symbol: sp.Symbol) -> sp.Expr:
    """The term with quotients of polynomials in ``symbol`` written in its reciprocal."""
    if not term.has(symbol):
        return term
    # Only of these: sign(x)^2 written in 1/x, which is never 0, would be 1.
    rational, rest = sp.sift(sp.Mul.make_args(term), lambda f: bool(f.is_rational_function(symbol)), binary=True)
    reciprocal = sp.Dummy("u", real=True)
    quotient = sp.cancel(sp.together(sp.Mul(*rational).subs(symbol, 1 / reciprocal)))
    return sp.Mul(*rest) * quotient.subs(reciprocal, 1 / symbol)


def damped(expr: sp.Expr, symbol: sp.Symbol) -> sp.Expr:
    """Products x^a e^{-c x^p} in one symbol x >= 0 written with h(y) = y e^{-y}."""
    if not symbol.is_nonnegative:
        return expr
    return expr.replace(lambda e: isinstance(e, sp.Mul) and e.has(sp.exp), lambda e: _damped_product(e, symbol))


def _damped_product(product: sp.Expr, symbol: sp.Symbol) -> sp.Expr:
    product = sp.powsimp(product, combine="exp")
    exponentials = [f for f in product.args if isinstance(f, sp.exp)]
    power = sp.Add(*[f.as_base_exp()[1] for f in product.args if f.as_base_exp()[0] == symbol])
    decay = _decay(exponentials[0].args[0], symbol) if len(exponentials) == 1 else None
    if decay is None or not power.is_Rational or power <= 0:
        return product
    c, p = decay
    ratio = power / p
    h = xexp(c * symbol**p / ratio) ** ratio * (ratio / c) ** ratio
    return product / exponentials[0] / symbol**power * h


def _decay(exponent: sp.Expr, symbol: sp.Symbol) -> tuple[sp.Expr, Any] | None:
    """(c, p) if the exponent is -c symbol^p with c >= 0 free of the symbol and p > 0."""
    k, rest = exponent.as_independent(symbol, as_Add=False)
    base, p = rest.as_base_exp()
    return (-k, p) if base == symbol and p.is_Rational and p > 0 and k.is_nonpositive else None
