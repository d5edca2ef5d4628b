"""Rules about expectations, and about sums of independent bounded variables."""

from __future__ import annotations

import sympy as sp

from verify.proof.algebra import equal, nonnegative, unfold
from verify.proof.facts import Fact, free_indices, sure
from verify.proof.formulas import formulas
from verify.proof.rules.norms import HORN
from verify.proof.rules.probability import BLM, FELLER, VERSHYNIN
from verify.proof.rules.registry import need, need_letter, rule
from verify.proof.steps import require
from verify.proof.terms import (
    Datum,
    Exceeds,
    Expect,
    Gaussian,
    Index,
    Indicator,
    Inner,
    Norm,
    Prob,
    Rademacher,
    Vec,
    bound_in,
    is_fixed,
    is_gaussian,
    mean,
    normal_tail,
    put,
    total,
)
from verify.proof.terms.families import Member
from verify.proof.wellformed import opaque
from verify.relations import Relation, eq, le, lt


@rule(f"{FELLER}, section IX.2 (Theorem 1: linearity)")
def expectation_linear(value: sp.Expr) -> Relation:
    """E sum c_k f_k = sum c_k E f_k, for fixed c_k and f_k whose moments visibly exist."""
    return eq(Expect(value), integrable(value, "expectation-linear"))


def integrable(value: sp.Expr, name: str) -> sp.Expr:
    """E of the value, term by term. Raises StepFailed for a term whose expectation does not visibly exist."""
    return _linear(sp.expand(unfold(value), power_exp=False), name)


def _linear(value: sp.Expr, name: str) -> sp.Expr:
    if isinstance(value, sp.Add):
        return sp.Add(*[_linear(term, name) for term in value.args])
    fixed = [f for f in sp.Mul.make_args(value) if is_fixed(f)]
    moving = [f for f in sp.Mul.make_args(value) if not is_fixed(f)]
    if not moving:
        return value
    if len(moving) == 1 and isinstance(moving[0], sp.Sum):
        need(_is_finite(moving[0]), name, "{} runs over no finite range", moving[0])
        return sp.Mul(*fixed) * sp.Sum(_linear(sp.expand(moving[0].function, power_exp=False), name), *moving[0].limits)
    for factor in moving:
        need(_has_moments(factor), name, "{} may have no expectation", factor)
    return sp.Mul(*fixed) * Expect(sp.Mul(*moving))


def _is_finite(found: sp.Sum) -> bool:
    return all(isinstance(v, Index) and not high.has(sp.oo) for v, _, high in found.limits)


def _has_moments(factor: sp.Expr) -> bool:
    """Whether all moments of a random factor visibly exist, so that any product of such factors is integrable."""
    if isinstance(factor, (Indicator, Rademacher)) or is_fixed(factor):
        return True
    if isinstance(factor, Inner):
        return any(is_gaussian(u) and is_fixed(v) for u, v in (factor.args, factor.args[::-1]))
    if isinstance(factor, sp.Pow):
        return bool(factor.exp.is_integer and factor.exp.is_positive) and _has_moments(factor.base)
    if isinstance(factor, sp.Sum):
        return _is_finite(factor) and _has_moments(factor.function)
    if isinstance(factor, sp.exp):
        return all(_is_gaussian_number(term) for term in sp.Add.make_args(sp.expand(factor.args[0])))
    return isinstance(factor, (sp.Add, sp.Mul, sp.Abs)) and all(_has_moments(a) for a in factor.args)


def _is_gaussian_number(term: sp.Expr) -> bool:
    """Whether a term is fixed, a fixed multiple of <g, v> with g Gaussian and v fixed, or minus a square of such."""
    moving = [f for f in sp.Mul.make_args(term) if not is_fixed(f)]
    if len(moving) == 1 and isinstance(moving[0], sp.Pow) and moving[0].exp == 2:
        return bool((-term / moving[0]).is_nonnegative) and _is_gaussian_number(moving[0].base)
    return not moving or (len(moving) == 1 and isinstance(moving[0], Inner) and _has_moments(moving[0]))


@rule(f"{FELLER}, section IX.2 (monotonicity)")
def expectation_monotone(fact: Fact) -> Relation:
    """From f <= g surely: E f <= E g. The moments of g must visibly exist, and those of f too, unless 0 <= f."""
    name = "expectation-monotone"
    sure(fact, name)
    integrable(fact.high, name)
    if not nonnegative(unfold(fact.low)):
        integrable(fact.low, name)
    sides = [side if is_fixed(unfold(side)) else Expect(side) for side in (fact.low, fact.high)]
    return Relation(sides[0], "==" if fact.relation.op == "==" else "<=", sides[1])


@rule(f"{HORN}, Definition 5.1.1 (positivity)")
def zero_vector(u: sp.Expr, zero: Fact) -> Relation:
    """From ||v|| <= 0: <u, v> = 0."""
    need(isinstance(unfold(zero.low), Norm) and zero.high == 0, "zero-vector", "{} is not ||v|| <= 0", zero.relation)
    return eq(Inner(u, unfold(zero.low).args[0]), 0)


@rule(f"{VERSHYNIN}, Proposition 3.3.1 (rotation invariance: <w, v> is Gaussian with deviation ||v||)")
def gaussian_moment_beyond(w: Vec, v: sp.Expr, positive: Fact, c: sp.Expr, z: sp.Symbol) -> Relation:
    """For w ~ N(0, I), ||v|| > 0: E[e^<w, v>; <w, v> > c] is the integral of e^(||v|| z) phi(z) over z > c/||v||."""
    name = "gaussian-moment-beyond"
    need(is_gaussian(unfold(w)), name, "{} is not visibly a standard Gaussian vector", w)
    need(is_fixed(unfold(v)) and is_fixed(unfold(sp.sympify(c))), name, "{} or {} may be random", v, c)
    shown = positive.relation.strict and positive.low == 0 and equal(unfold(positive.high), unfold(Norm(v)))
    need(shown, name, "{} is not 0 < ||{}||", positive.relation, v)
    need_letter(z, name)
    need(not {z} & (unfold(v).free_symbols | unfold(sp.sympify(c)).free_symbols), name, "{} is not a new letter", z)
    density = sp.exp(-(z**2) / 2) / sp.sqrt(2 * sp.pi)
    left = Expect(sp.exp(Inner(w, v)) * Indicator(Exceeds(Inner(w, v), c)))
    return eq(left, sp.Integral(sp.exp(Norm(v) * z) * density, (z, c / Norm(v), sp.oo)))


@rule(f"{VERSHYNIN}, Proposition 3.3.1 (rotation invariance)")
def gaussian_law(w: Vec, v: sp.Expr, positive: Fact, c: sp.Expr) -> Relation:
    """For w ~ N(0, I) and ||v|| > 0: P(<w, v> > c) = Q(c / ||v||)."""
    name = "gaussian-law"
    _gaussian_and_fixed(w, name, v, c)
    shown = positive.relation.strict and positive.low == 0 and equal(unfold(positive.high), unfold(Norm(v)))
    need(shown, name, "{} is not 0 < ||{}||", positive.relation, v)
    sure(positive, name)
    return eq(Prob(Exceeds(Inner(w, v), c)), normal_tail(c / Norm(v)))


@rule("Bogachev, Gaussian Measures (AMS 1998), section 2.4 (Cameron-Martin formula: e^<w, v> shifts w by v)")
def gaussian_tilt(w: Vec, v: sp.Expr, u: sp.Expr, c: sp.Expr) -> Relation:
    """For w ~ N(0, I): E[e^<w, v>; <w, u> > c] = e^(||v||^2/2) P(<w, u> > c - <v, u>)."""
    _gaussian_and_fixed(w, "gaussian-tilt", v, u, c)
    left = Expect(sp.exp(Inner(w, v)) * Indicator(Exceeds(Inner(w, u), c)))
    return eq(left, sp.exp(Norm(v) ** 2 / 2) * Prob(Exceeds(Inner(w, u), c - Inner(v, u))))


def _gaussian_and_fixed(w: sp.Expr, name: str, *terms: sp.Expr) -> None:
    need(is_gaussian(unfold(w)), name, "{} is not visibly a standard Gaussian vector", w)
    for term in terms:
        need(is_fixed(unfold(sp.sympify(term))), name, "{} may be random", term)


def _signs_of(sign: Rademacher, index: Index, rule_name: str) -> None:
    uniform = isinstance(sign, Rademacher) and sign.indices == (index,)
    need(uniform, rule_name, "{} is no uniform sign of index {}", sign, index)


def _speaks_of(value: sp.Expr, sign: Rademacher) -> bool:
    """Whether the value, or a formula behind it, has a fair sign in it, or, under any kind, the family of this one.

    What is measured in a way proofs cannot see may depend on it too.
    """
    return opaque(value) is not None or any(
        part.has(Rademacher) or any(a.family == sign.family for a in part.atoms(Member))
        for part in (value, *formulas(value))
    )


@rule(f"{FELLER}, section IX.5 (variance of a sum of uncorrelated variables)")
def signed_square(sign: Rademacher, value: sp.Expr, index: Index) -> Relation:
    """For independent uniform signs a_s, independent of the f_s: E (sum a_s f_s)^2 = sum E f_s^2."""
    name, found = "signed-square", unfold(value)
    _signs_of(sign, index, name)
    need(not _speaks_of(found, sign), name, "{} may depend on the signs", value)
    need(_has_moments(sp.expand(found, power_exp=False)), name, "{} may have no variance", value)
    return eq(Expect(total(sign * value, index) ** 2), total(Expect(value**2), index))


@rule(f"{VERSHYNIN}, section 6.2 (comparison with a Gaussian chaos; E e^(c |h|^2) for Gaussian h; product inequality)")
def signed_sum_exponential(
    sign: Rademacher, value: sp.Expr, index: Index, i: Index, c: sp.Expr, *inside: Fact
) -> Relation:
    """For uniform signs a_s, independent of the f_si > 0, and 0 <= c < 1/2: E exp(c S/N) <= (1 - 2c)^(-1/2).

    S = sum over i of (sum over s of a_s f_si)^2, N = sum of all f_si^2. Given f, E e^(c |f a|^2 / N) is the expectation
    of prod_s cosh(b <h, f_s>) over a Gaussian h, b^2 = 2c/N; cosh t <= e^(t^2/2); then |f^T h|^2 is diagonalised.
    """
    name, found = "signed-sum-exponential", unfold(value)
    _signs_of(sign, index, name)
    need(i != index and not _speaks_of(found, sign), name, "{} may depend on the signs", value)
    need(bool(found.is_positive), name, "{} is not known to be positive", value)
    fixed = is_fixed(unfold(c)) and not {i, index} & unfold(c).free_symbols
    need(fixed, name, "{} may be random, or moves with an index", c)
    require([le(0, c), lt(c, sp.Rational(1, 2))], inside, name)
    square = total(total(sign * value, index) ** 2, i)
    return le(Expect(sp.exp(c * square / total(value**2, i, index))), 1 / sp.sqrt(1 - 2 * c))


def one_of(summand: sp.Expr, index: Index) -> sp.Expr:
    """The first of the variables f_1, f_2, ...: they have one law."""
    return put(unfold(summand), {index: 1})


def independent_copies(summand: sp.Expr, index: Index, name: str) -> None:
    """Raise StepFailed unless f_s depends on s through the random vectors and signs with that one index alone."""
    found = unfold(summand)
    random = list(found.atoms(Gaussian, Rademacher))
    need(bool(random), name, "{} is not random", summand)
    need(index not in bound_in(found), name, "{} sums over {}", summand, index)
    need(
        all(a.indices == (index,) for a in random), name, "{} takes more than the member {} of a family", summand, index
    )
    rest = found.subs({a: sp.Dummy() if isinstance(a, Rademacher) else Datum("rest") for a in random})
    need(is_fixed(rest), name, "{} depends on something else that may be random", summand)
    need(index not in rest.free_symbols, name, "the law of {} depends on {}", summand, index)


@rule(f"{BLM}, Theorem 2.8 (Hoeffding's inequality, both sides)")
def hoeffding(low: Fact, high: Fact, summand: sp.Expr, index: Index, t: sp.Expr, sign: Fact) -> Relation:
    """For independent copies a <= f_s <= b and t >= 0: P(|mean f - E f| > t) <= 2 exp(-2 q t^2 / (b - a)^2)."""
    name = "hoeffding"
    independent_copies(summand, index, name)
    for fact in (low, high):
        sure(fact, name)
        need(index not in free_indices(fact), name, "an assumption speaks of {}", index)
    need(equal(unfold(low.high), unfold(summand)), name, "{} does not bound {} from below", low.relation, summand)
    need(equal(unfold(high.low), unfold(summand)), name, "{} does not bound {} from above", high.relation, summand)
    width = high.high - low.low
    fixed = all(
        is_fixed(unfold(sp.sympify(e))) and index not in unfold(sp.sympify(e)).free_symbols
        for e in (low.low, high.high, t)
    )
    need(fixed, name, "the bounds or the deviation may be random, or depend on the index")
    need(bool(width.is_positive), name, "{} is not known to be positive", width)
    need(sign.low == 0 and equal(unfold(sign.high), unfold(t)), name, "{} is not 0 <= {}", sign.relation, t)
    deviation = sp.Abs(mean(summand, index) - Expect(one_of(summand, index)))
    return le(Prob(Exceeds(deviation, t)), 2 * sp.exp(-2 * index.size * t**2 / width**2))


@rule(f"{BLM}, Theorem 2.10 (Bernstein's inequality), for bounded variables")
def bernstein(
    low: Fact, high: Fact, square: Fact, summand: sp.Expr, index: Index, ell: sp.Expr, sign: Fact
) -> Relation:
    """For independent copies 0 <= f_s <= b, E f^2 <= v: P(sum (f_s - E f) > sqrt(2qvl) + bl/3) <= e^(-l), l >= 0."""
    name = "bernstein"
    independent_copies(summand, index, name)
    for fact in (low, high, square):
        sure(fact, name)
        need(index not in free_indices(fact), name, "an assumption speaks of {}", index)
    need(low.low == 0 and equal(unfold(low.high), unfold(summand)), name, "{} is not 0 <= {}", low.relation, summand)
    need(equal(unfold(high.low), unfold(summand)), name, "{} does not bound {} from above", high.relation, summand)
    second = Expect(one_of(summand, index) ** 2)
    need(equal(unfold(square.low), unfold(second)), name, "{} does not bound {}", square.relation, second)
    fixed = all(is_fixed(unfold(e)) and index not in unfold(e).free_symbols for e in (high.high, square.high, ell))
    need(fixed, name, "the bounds or the level may be random, or depend on the index")
    need(sign.low == 0 and equal(unfold(sign.high), unfold(ell)), name, "{} is not 0 <= {}", sign.relation, ell)
    excess = total(summand, index) - index.size * Expect(one_of(summand, index))
    deviation = sp.sqrt(2 * index.size * square.high * ell) + high.high * ell / 3
    return le(Prob(Exceeds(excess, deviation)), sp.exp(-ell))
