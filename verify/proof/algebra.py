"""What counts as algebra: equality after expansion, and signs."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from functools import lru_cache

import sympy as sp

from verify.proof import terms
from verify.proof.sampling import letters_of, negative_somewhere
from verify.proof.terms import Index, Inner, Norm, Vec, bound_in
from verify.proof.terms.families import Member
from verify.relations import Relation, free_symbols, replaced
from verify.statement import Quantity


@lru_cache(maxsize=50_000)
def unfold(expr: sp.Expr) -> sp.Expr:
    """The expression with every measured symbol replaced by its definition."""
    defined = [s for s in free_symbols(expr) if isinstance(s, Quantity) and s.definition is not None]
    return expr.subs({s: unfold(s.definition) for s in defined}) if defined else expr


@lru_cache(maxsize=20_000)
def normal_form(expr: sp.Expr) -> sp.Expr:
    """Expanded; sums split term by term with constant factors in front; absolute values factor by factor.

    Equal normal forms are equal expressions.
    """
    scaled = [term.as_coeff_Mul() for term in sp.Add.make_args(unfold(sp.sympify(expr)))]
    return sp.Add(*[number * _expanded(rest) for number, rest in scaled])


def same_form(left: sp.Expr, right: sp.Expr) -> bool:
    """Whether both have one normal form. Equal forms have equal symbols, which hardly ever holds and is seen first."""
    return free_symbols(normal_form(right)) <= free_symbols(unfold(left)) and normal_form(left) == normal_form(right)


@lru_cache(maxsize=50_000)  # differences share most of their terms, up to a sign
def _expanded(term: sp.Expr) -> sp.Expr:
    return multiplied_out(_split(term))


@lru_cache(maxsize=50_000)
def multiplied_out(expr: sp.Expr) -> sp.Expr:
    """Equal to what sp.expand gives, which would walk through each letter again for every expression that contains it.

    The form is the same too, but that SymPy may have made a product of what is the exponential of a sum here.
    """
    opened = {letter: _opened(letter) for letter in letters_of(expr) if letter.args}
    outer = expr.xreplace({letter: new for letter, new in opened.items() if new is not letter})
    return outer if _is_monomial(outer) or _is_flat_sum(outer) else sp.expand(outer)


def _is_flat_sum(expr: sp.Expr) -> bool:
    return isinstance(expr, sp.Add) and all(_is_monomial(term) for term in expr.args)


def _is_monomial(expr: sp.Expr) -> bool:
    """Whether the expression is visibly a product of letters, their powers and exponentials, nothing to take apart."""
    if isinstance(expr, sp.Mul):
        return all(_is_monomial(factor) for factor in expr.args)
    if isinstance(expr, sp.Pow):
        return bool(_is_letter(expr.base) and expr.exp.is_Number)
    if isinstance(expr, sp.exp):
        return _is_monomial(expr.args[0]) and not isinstance(expr.args[0], sp.Sum)  # which SymPy makes a product
    return bool(expr.is_Number) or _is_letter(expr)


def _is_letter(expr: sp.Expr) -> bool:
    if isinstance(expr, (sp.Sum, sp.Integral)):
        return not isinstance(expr.function, sp.Add)
    return not isinstance(expr, (sp.Add, sp.Mul, sp.Pow, sp.exp, sp.log, sp.Number))


def _opened(part: sp.Basic) -> sp.Basic:
    """The part with what stands in it multiplied out."""
    inner = [multiplied_out(a) if isinstance(a, sp.Expr) else _opened(a) for a in part.args]
    if all(new is old for new, old in zip(inner, part.args, strict=True)):
        return part
    return part.func(*inner)


@lru_cache(maxsize=50_000)
def _not_multiplied_out(expr: sp.Expr) -> sp.Expr:
    """What expands to the normal form: in its letters, which are as they are there, only products of sums are left."""
    split = _split(unfold(expr))
    return split.xreplace({letter: normal_form(letter) for letter in letters_of(split)})


@lru_cache(maxsize=50_000)
def _split(expr: sp.Basic) -> sp.Basic:
    """Sums split term by term, absolute values factor by factor."""
    if isinstance(expr, sp.Sum):
        return _split_sum(expr)
    if isinstance(expr, sp.Abs):
        return _split_abs(expr)
    if isinstance(expr, sp.Lambda):
        return sp.Lambda(expr.signature, normal_form(expr.expr))
    if not expr.args or isinstance(expr, (Inner, Norm, Vec)):
        return expr
    parts = [_split(a) for a in expr.args]
    return expr if all(new is old for new, old in zip(parts, expr.args, strict=True)) else expr.func(*parts)


def _split_abs(absolute: sp.Abs) -> sp.Expr:
    """|a b| as |a| |b|, each factor with a fixed sign."""
    factors = sp.Mul.make_args(sp.factor(normal_form(absolute.args[0])))
    return sp.Mul(*[sp.Abs(-f if f.could_extract_minus_sign() else f) for f in factors])


def _split_sum(total: sp.Sum) -> sp.Expr:
    """A sum over one or more indices as a combination of sums whose terms are products that contain every index."""
    variable, lower, upper = total.limits[0]
    if not isinstance(variable, Index) or (lower, upper) != (1, variable.size):
        return total  # which no step accepts
    inner = total.function if len(total.limits) == 1 else sp.Sum(total.function, *total.limits[1:])
    parts = []
    for term in sp.Add.make_args(normal_form(inner)):
        fixed, moving = term.as_independent(variable, as_Add=False)
        parts.append(fixed * (_renamed(moving, (variable, lower, upper)) if moving != 1 else upper - lower + 1))
    return sp.Add(*parts)


def _renamed(summand: sp.Expr, limits: tuple[sp.Expr, ...]) -> sp.Sum:
    """The sum with nested sums merged, their order fixed by the sizes, bound indices named by position and depth."""
    factors = sp.Mul.make_args(summand)
    sums = [f for f in factors if isinstance(f, sp.Sum)]
    inner, body = [], summand
    others = sp.Mul(*[f for f in factors if f not in sums])
    # A product of several sums stays one: their indices could not be told apart. Nor may a sum catch an index outside.
    if len(sums) == 1 and not free_symbols(others) & set(sums[0].variables):
        inner, body = list(sums[0].limits), others * sums[0].function
    every = sorted([sp.Tuple(*limits), *inner], key=lambda limit: str(limit[2]))
    outside = body.atoms(Index) - {limit[0] for limit in every}
    depth = 1 + max([_depth(s) for s in body.atoms(sp.Sum)] + [_level(i) for i in outside], default=0)
    names = {limit[0]: Index(f"#{depth}.{place}", limit[2]) for place, limit in enumerate(every)}
    return sp.Sum(body.xreplace(names), *[(names[v], low, high) for v, low, high in every])


def _level(index: Index) -> int:
    """The depth in a name like those given here, else 0: what was renamed before may stand inside and not be caught."""
    head, _, place = str(index.name).partition(".")
    return int(head[1:]) if head[:1] == "#" and head[1:].isdecimal() and place.isdecimal() else 0


def _depth(total: sp.Sum) -> int:
    return 1 + max((_depth(s) for s in total.function.atoms(sp.Sum)), default=0)


_FAR = 1e-6


@lru_cache(maxsize=100_000)  # planted faults run a proof again and again, with one step changed
def equal(left: sp.Expr, right: sp.Expr) -> bool:
    """Whether SymPy proves the two equal, cheapest way first."""
    if left == right:
        return True
    difference = normal_form(left - right)
    if difference == 0:
        return True
    letters = _atomless(difference)
    return not _differs_somewhere(letters) and simplified(letters) == 0


def simplified(expr: sp.Expr) -> sp.Expr:
    """SymPy's simplification; integrals are evaluated only if it takes care of every value of their parameters."""
    return sp.simplify(expr, doit=all(map(_is_plain, expr.atoms(sp.Integral))))


def _is_plain(integral: sp.Integral) -> bool:
    """Whether it has no parameters, or is one of a polynomial: elsewhere SymPy may miss that a parameter can be 0."""
    whole = integral.function.is_polynomial(*integral.variables) and not integral.has(sp.oo, -sp.oo)
    return bool(whole or not integral.free_symbols)


def _differs_somewhere(expr: sp.Expr) -> bool:
    """Whether the expression is far from 0 at one of two points: then it is not worth the time to simplify it.

    In floats, which fold on the way: a rounding error may only lead to a needless no.
    """
    symbols = _by_name(expr)
    for scale in (11, 1100):  # the logarithm of 1/x is positive for small x only
        values = [place + 2 if s.is_integer else sp.Float((7 + 3 * place) / scale) for place, s in enumerate(symbols)]
        with contextlib.suppress(ValueError, TypeError):  # SymPy compares no maximum of things that are no numbers
            value = replaced(expr, dict(zip(symbols, values, strict=True))).evalf(15)
            if value.is_Float and abs(value) > _FAR:
                return True
    return False


def _by_name(expr: sp.Expr) -> list[sp.Symbol]:
    """The free symbols in the order of their names; those of one name as they come in the expression, not in a set."""
    free = expr.free_symbols - bound_in(expr)
    return sorted(dict.fromkeys(s for s in sp.preorder_traversal(expr) if s in free), key=str)


def _atomless(expr: sp.Expr) -> sp.Expr:
    """The expression with each term of the language of proofs replaced by a letter, so that SymPy leaves it alone.

    A term that speaks of what an integral or a sum ranges over is no constant there, and stays.
    """
    found = (t for t in sp.preorder_traversal(expr) if isinstance(t, (sp.Sum, Member, sp.Function)))
    opaque = dict.fromkeys(t for t in found if isinstance(t, sp.Sum) or _is_term(t))
    constant = [t for t in opaque if not free_symbols(t) & bound_in(expr)]
    return expr.xreplace({t: _letter(t, place) for place, t in enumerate(constant)})  # the whole before its parts


def _is_term(part: sp.Basic) -> bool:
    return str(type(part).__module__).startswith(terms.__name__)


@lru_cache(maxsize=50_000)
def _letter(term: sp.Expr, place: int) -> sp.Dummy:
    """A letter that is told by its place alone, so that nothing depends on which terms were met before."""
    real = (term.function if isinstance(term, sp.Sum) else term).is_real
    signs = {"nonnegative": term.is_nonnegative, "positive": term.is_positive}
    return sp.Dummy(f"term{place:04}", dummy_index=place, real=real, integer=term.is_integer, **signs)


def nonnegative(expr: sp.Expr, known: Sequence[Relation] = ()) -> bool:
    """Whether the expression is certainly >= 0, by one of the ``known`` relations, its form, or SymPy's assumptions.

    SymPy comes last, for it asks after every part of the expression.
    """
    if any(expr == r.high and r.low.is_nonnegative for r in known):
        return True
    if isinstance(expr, sp.Sum):
        return nonnegative(expr.function, known)
    if isinstance(expr, (sp.Add, sp.Mul)):
        return all(nonnegative(a, known) for a in expr.args) or (_worth_asking(expr) and bool(expr.is_nonnegative))
    if isinstance(expr, sp.erfc):
        return bool(expr.args[0].is_real)
    if isinstance(expr, sp.Pow):
        even = expr.exp.is_even and expr.base.is_real
        return bool(even or expr.is_nonnegative) or (bool(expr.exp.is_real) and nonnegative(expr.base, known))
    return bool(expr.is_nonnegative) or any(r.low == 0 and same_form(expr, r.high) for r in known)


def _worth_asking(expr: sp.Expr) -> bool:
    """Whether SymPy might see a sign that the parts do not show: in sums of one symbol, or of one term and a number."""
    sums = [part for part in (expr, *expr.args) if isinstance(part, sp.Add)]
    return bool(sums) and all(len(free_symbols(s)) <= 1 or not s.as_coeff_Add()[1].is_Add for s in sums)


@lru_cache(maxsize=50_000)  # a step that fails without a premise is tried in several ways that come to the same
def no_larger(low: sp.Expr, high: sp.Expr, known: tuple[Relation, ...] = ()) -> bool:
    """Whether algebra alone shows low <= high: the difference, expanded or factored, has no negative part."""
    difference = high - low
    sums = [_not_multiplied_out(r.high) for r in known if r.high.is_Add and r.low.is_nonnegative]
    if negative_somewhere(
        _not_multiplied_out(high) - _not_multiplied_out(low), sums, lambda letter: nonnegative(letter, known)
    ):
        return False  # at a fraction of the time of algebra that shows nothing
    if nonnegative(difference, known):  # before expansion hides a square
        return True
    expanded = normal_form(difference)
    return nonnegative(expanded, known) or nonnegative(sp.factor(expanded), known)
