"""Rules of one-variable calculus."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sympy as sp

from verify.proof.algebra import equal, nonnegative, unfold
from verify.proof.facts import Fact, free_indices
from verify.proof.formulas import hidden
from verify.proof.rules.norms import RUDIN
from verify.proof.rules.registry import Concluded, need, need_letter, need_variable, rule
from verify.proof.steps import algebra, require
from verify.proof.terms import Index, Mat, put, total
from verify.proof.terms.families import Member
from verify.proof.wellformed import spoken
from verify.relations import Relation, eq, le
from verify.statement import Quantity


@rule(f"{RUDIN}, Theorem 6.21 (fundamental theorem of calculus)")
def antiderivative(primitive: sp.Expr, derivative: Fact, z: sp.Symbol, lower: sp.Expr, upper: sp.Expr) -> Relation:
    """From F' = f on the line: the integral of f from a to b is F(b) - F(a), limits at infinity included."""
    slope = sp.diff(primitive, z)
    need_letter(z, "antiderivative")
    need(_smooth(primitive, z), "antiderivative", "{} is not visibly differentiable", primitive)
    assumed = {s for r in derivative.assumptions for side in (r.left, r.right) for s in unfold(side).free_symbols}
    need(z not in assumed, "antiderivative", "the derivative rests on an assumption about the variable")
    need(derivative.relation.op == "==", "antiderivative", "{} is no equation", derivative.relation)
    need(equal(derivative.left, slope), "antiderivative", "{} is not the derivative of {}", derivative.left, primitive)
    ends = [_limit(primitive, z, e) if e in (sp.oo, -sp.oo) else put(primitive, {z: e}) for e in (lower, upper)]
    need(all(e.is_finite is not False for e in ends), "antiderivative", "{} has no finite limit", primitive)
    return eq(sp.Integral(derivative.right, (z, lower, upper)), ends[1] - ends[0])


def _limit(expr: sp.Expr, z: sp.Symbol, end: sp.Expr) -> sp.Expr:
    """The limit as z tends to oo or -oo. SymPy takes parameters, if there are any, for none that would change it."""
    if expr.atoms(sp.Symbol, Member, Mat) <= {z}:
        return sp.limit(expr, z, end)
    if not expr.has(z):
        return expr
    if isinstance(expr, (sp.Add, sp.Mul)):
        return expr.func(*[_limit(part, z, end) for part in expr.args])
    inner = expr.args[0].as_poly(z) if isinstance(expr, (sp.exp, sp.erf, sp.erfc)) else None
    leading = sp.S.Zero if inner is None else inner.LC() * sp.sign(end) ** inner.degree()
    known = bool(leading.is_positive or leading.is_negative)
    need(known, "antiderivative", "the limit of {} may depend on its parameters", expr)
    return expr.func(sp.oo if leading.is_positive else -sp.oo)


@rule(f"{RUDIN}, Theorem 5.11 (monotonicity from the derivative)")
def increasing(function: sp.Expr, slope: Fact, z: Quantity, order: Fact, *inside: Fact) -> Relation:
    """From f' >= 0 on the domain of z, and a <= b both in it (shown by ``inside``): f(a) <= f(b)."""
    need(slope.low == 0 and equal(slope.high, sp.diff(function, z)), "increasing", "{} is not 0 <= f'", slope.relation)
    _need_smooth(function, z, "increasing")
    assumed = {s for r in slope.assumptions for side in (r.left, r.right) for s in spoken(side)}
    need(z not in assumed, "increasing", "the sign of the derivative rests on an assumption about the variable")
    need(order.relation.op != "==", "increasing", "{} is no inequality", order.relation)
    below, above = unfold(order.low), unfold(order.high)
    ends = [r for end in (below, above) for r in z.domain.bounds(end).values()]
    require(ends, (*inside, order), "increasing")
    return le(put(function, {z: below}), put(function, {z: above}))


@rule(f"{RUDIN}, Definition 8.25 (the exponential series, term by term)")
def exp_series_remainder(z: sp.Expr, terms: int) -> Relation:
    """|e^z - sum_{k<K} z^k/k!| <= e^|z| - sum_{k<K} |z|^k/k!."""
    need(terms >= 0, "exp-series-remainder", "{} terms", terms)
    head, size = (sum((v**k / sp.factorial(k) for k in range(terms)), sp.S.Zero) for v in (z, sp.Abs(z)))
    return le(sp.Abs(sp.exp(z) - head), sp.exp(sp.Abs(z)) - size)


def derivative_of(function: sp.Expr, z: sp.Symbol, form: sp.Expr, name: str = "") -> Fact:
    """d function / dz == form, by SymPy's differentiation and algebra."""
    return algebra(sp.diff(function, z), form, name)


@rule(f"{RUDIN}, Definition 8.25 (the exponential series, term by term)")
def exp_tail(size: Fact, z: sp.Expr, k: Index) -> Relation:
    """From |z| <= c: |e^z - sum over k <= K of z^(k-1)/(k-1)!| <= e^c - sum over k <= K of c^(k-1)/(k-1)!."""
    name, c = "exp-tail", size.high
    need(size.relation.op != "==", name, "{} is no inequality", size.relation)
    need(equal(unfold(size.low), unfold(sp.Abs(z))), name, "{} does not bound |{}|", size.relation, z)
    need(k not in unfold(z).free_symbols | unfold(c).free_symbols, name, "{} or {} speaks of {}", z, c, k)
    whole, head = (sp.exp(v) - total(v ** (k - 1) / sp.factorial(k - 1), k) for v in (z, c))
    return le(sp.Abs(whole), head)


@rule(f"{RUDIN}, Theorem 5.10 (mean value theorem)")
def mean_value(function: sp.Expr, slope: Fact, z: Quantity, a: sp.Expr, b: sp.Expr, *inside: Fact) -> Concluded:
    """From |f'| <= L on an interval (the assumptions about z) with a and b inside: |f(a) - f(b)| <= L |a - b|."""
    about = _on_interval(function, sp.diff(function, z), slope, z, (a, b), inside, "mean-value")
    moved = sp.Abs(put(function, {z: a}) - put(function, {z: b}))
    return Concluded(le(moved, slope.high * sp.Abs(a - b)), about, (slope,))


@rule(f"{RUDIN}, Theorem 5.15 (Taylor's theorem, to second order)")
def taylor(function: sp.Expr, curvature: Fact, z: Quantity, a: sp.Expr, b: sp.Expr, *inside: Fact) -> Concluded:
    """From |f''| <= L on an interval with a and b inside: |f(b) - f(a) - f'(a) (b - a)| <= L (b - a)^2 / 2."""
    slope = sp.diff(function, z)
    about = _on_interval(function, sp.diff(slope, z), curvature, z, (a, b), inside, "taylor")
    line = put(function, {z: a}) + put(slope, {z: a}) * (b - a)
    return Concluded(le(sp.Abs(put(function, {z: b}) - line), curvature.high * (b - a) ** 2 / 2), about, (curvature,))


def _on_interval(
    function: sp.Expr, derivative: sp.Expr, size: Fact, z: Quantity, ends: tuple[sp.Expr, ...], inside: Any, name: str
) -> tuple[Relation, ...]:
    """The assumptions of |derivative| <= L about z, seen to say that z lies in an interval with the ends inside."""
    _need_smooth(function, z, name)
    need(equal(size.low, sp.Abs(derivative)), name, "{} is not |{}|", size.low, derivative)
    need(z not in spoken(size.high), name, "the bound {} depends on the variable", size.high)
    about = [r for r in size.assumptions if z in spoken(r.left) | spoken(r.right)]
    for r in about:
        other = unfold(r.high if r.low == z else r.low)
        plain = r.op != "==" and z in (r.low, r.high) and z not in spoken(other)
        need(plain, name, "{} does not say that {} lies in an interval", r, z)
    needed = [r for end in ends for r in (*z.domain.bounds(end).values(), *(s.subs({z: end}) for s in about))]
    require(needed, inside, name)
    return tuple(about)


def _need_smooth(function: sp.Expr, z: Quantity, name: str) -> None:
    """Raise StepFailed unless z may be any number, and the function is visibly differentiable and shows where z is."""
    need_variable(z, name)
    need(_smooth(function, z), name, "{} is not visibly differentiable", function)
    need(z not in hidden(function), name, "a definition in {} speaks of {}", function, z)


def _smooth(function: sp.Expr, z: sp.Symbol) -> bool:
    """Whether the function is visibly differentiable: no pole, and no root of what may vanish, wherever z occurs."""
    if not function.has(z) or function == z:
        return True
    if isinstance(function, sp.Pow):
        whole = bool(function.exp.is_integer and function.exp.is_nonnegative)
        safe = whole or bool(function.base.is_positive)
    else:
        safe = isinstance(function, (sp.Add, sp.Mul, sp.exp, sp.erf, sp.erfc))
        safe = safe or (isinstance(function, sp.log) and bool(function.args[0].is_positive))
    return safe and all(_smooth(a, z) for a in function.args)


@rule(f"{RUDIN}, Theorem 8.6 (the exponential function is strictly increasing)")
def exponents_compare(fact: Fact, low: sp.Expr, high: sp.Expr) -> Relation:
    """From e^a <= e^b: a <= b."""
    same = fact.relation.op != "==" and equal(fact.low, sp.exp(low)) and equal(fact.high, sp.exp(high))
    need(same, "exponents-compare", "{} is not e^({}) <= e^({})", fact.relation, low, high)
    need(bool(low.is_real and high.is_real), "exponents-compare", "{} or {} may not be real", low, high)
    return le(low, high)


@rule("Rudin, Real and Complex Analysis (3rd ed., McGraw-Hill 1987), Theorem 3.3 (Jensen's inequality), for exp")
def exp_jensen(
    weights: Sequence[sp.Expr],
    exponents: Sequence[sp.Expr],
    ranges: Sequence[tuple[Index, ...]],
    whole: Fact,
    signs: Sequence[Fact],
) -> Relation:
    """From c_k >= 0 with sum 1: exp(sum c_k t_k) <= sum c_k e^(t_k), k over ranges."""
    name, known = "exp-jensen", [Relation(unfold(s.left), s.relation.op, unfold(s.right)) for s in signs]
    need(len(weights) == len(exponents) == len(ranges) > 0, name, "it needs an exponent and a range for each weight")
    parts = list(zip(weights, exponents, ranges, strict=True))
    for weight, exponent, over in parts:
        need(nonnegative(unfold(weight), known), name, "{} is not known to be >= 0", weight)
        need(bool(exponent.is_real), name, "{} is not known to be real", exponent)
        blocked = set(over) & {k for s in signs for k in free_indices(s)}
        need(not blocked, name, "an assumption speaks of {}", blocked)
    summed, mean, high = (
        sp.Add(*[total(term, *over) if over else term for term, over in terms])
        for terms in (
            [(c, over) for c, _, over in parts],
            [(c * t, over) for c, t, over in parts],
            [(c * sp.exp(t), over) for c, t, over in parts],
        )
    )
    one = whole.relation.op == "==" and equal(unfold(whole.left), unfold(summed)) and whole.right == 1
    need(one, name, "{} does not say that the weights add up to 1", whole.relation)
    return le(sp.exp(mean), high)
