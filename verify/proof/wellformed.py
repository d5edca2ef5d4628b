"""What a relation must look like to mean something."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

import sympy as sp
from sympy.core.symbol import Str

from verify.proof import terms
from verify.proof.algebra import nonnegative, unfold
from verify.proof.declared import promises_more
from verify.proof.formulas import formulas, in_the_open
from verify.proof.terms import Index, Mat, Sign, bound_in, is_fixed
from verify.proof.terms.families import Member
from verify.proof.visible import positive, unreal_parts
from verify.relations import Relation, free_symbols
from verify.statement import Quantity, Size


class StepFailed(Exception):
    """A proof step that does not follow; the message names the step."""


@lru_cache(maxsize=50_000)
def indices_in(expr: sp.Basic) -> frozenset[Index]:
    """Every generic index of the expression, those that sums and suprema range over among them."""
    return frozenset(s for s in free_symbols(expr) | bound_in(expr) if isinstance(s, Index))


@lru_cache(maxsize=50_000)
def spoken(expr: sp.Expr) -> frozenset[sp.Symbol]:
    """Every symbol that the value of the expression may depend on: the free ones, and those in sizes of ranges.

    Also behind the families that formulas give.
    """
    unfolded = unfold(sp.sympify(expr))
    return in_the_open(unfolded).union(*map(in_the_open, formulas(unfolded)))


def opaque(expr: sp.Expr) -> Quantity | None:
    """A quantity in it that is measured in a way proofs cannot see, so that it may depend on anything; or None."""
    return min(filter(is_opaque, spoken(expr)), key=str, default=None)


def is_opaque(symbol: sp.Symbol) -> bool:
    """Whether it is measured, but neither defined nor a size of the instance."""
    return (
        isinstance(symbol, Quantity)
        and bool(symbol.measure)
        and symbol.definition is None
        and not isinstance(symbol, Size)
    )


def in_range(value: sp.Expr, size: sp.Expr) -> bool:
    """Whether the value is generic over the range 1..size, or its first or last value."""
    ends = value in (1, size) and bool(size.is_positive)
    return bool(getattr(value, "size", None) == size or ends)


def problem(relation: Relation, because: Iterable[Relation] = ()) -> str | None:
    """Why the relation may mean nothing, or None. What stands in ``because`` is known to be defined.

    Sums must run over the whole range of an index; denominators must not vanish and logarithms be of positive numbers,
    visibly or as ``because`` says.
    """
    return _problem(relation, tuple(dict.fromkeys(because)))


@lru_cache(maxsize=50_000)  # planted faults run a proof again and again, with one step changed
def _problem(relation: Relation, because: tuple[Relation, ...]) -> str | None:
    if relation.op not in ("<=", ">=", "<", ">", "=="):
        return f"{relation.op} is no relation"
    double = of_two_kinds((relation, *because))
    if double is not None:
        return f"{double} is the name of families of different kinds or definitions"
    vague = min((s for s in relation.symbols if promises_more(s)), key=str, default=None)
    if vague is not None:
        return f"{vague} is in {vague.domain} by declaration, but not visibly by its definition: declare it real()"
    known = [Relation(unfold(r.left), r.op, unfold(r.right)) for r in because]
    sides = [unfold(relation.left), unfold(relation.right)]
    wrong = next(filter(None, map(_meaningless, sides)), None)
    if wrong is not None:
        return wrong
    shown = {p for r in known for side in (r.left, r.right) for p in _partial(side)}
    found = {p for side in sides for p in _partial(side)}
    # An assumption may hold by SymPy's own values where its identities do not.
    partial = {p for p in found if p not in shown or isinstance(p, _OF_NONNEGATIVE)}
    undefined = min((p for p in partial if not _defined(p, known)), key=str, default=None)
    return None if undefined is None else f"{undefined} may be undefined"


def perhaps_unreal(order: Relation, because: Iterable[Relation] = ()) -> sp.Expr | None:
    """A part of an inequality that may not be real, or None. What stands in the inequalities in ``because`` is known.

    Of numbers that are not real, most steps would be false: exp, for one, does not keep their order. An equation only
    has to be true of complex numbers.
    """
    sides = [unfold(order.left), unfold(order.right)]
    if order.op == "==" or not any(map(unreal_parts, sides)):
        return None
    known = tuple(dict.fromkeys(Relation(unfold(r.left), r.op, unfold(r.right)) for r in because))
    exact = {r.left: r.right for r in known if r.op == "=="}
    shown = _unreal_parts((side for r in known if r.op != "==" for side in (r.left, r.right)), exact)
    return min(_unreal_parts(sides, exact, known) - shown, key=str, default=None)


def _unreal_parts(
    exprs: Iterable[sp.Expr], exact: Mapping[sp.Expr, sp.Expr], known: tuple[Relation, ...] = ()
) -> frozenset[sp.Expr]:
    """What may not be real, equals being put for equals."""
    return frozenset(part.xreplace(exact) for expr in exprs for part in unreal_parts(expr, known))


# What else SymPy has may bind symbols in ways of its own (derivatives, limits, products), which no step looks out for,
# or be called positive or whole where it is not (trigamma, divisor_sigma).
_FUNCTIONS = (
    sp.exp, sp.log, sp.Abs, sp.Max, sp.Min, sp.erf, sp.erfc, sp.sinh, sp.cosh, sp.tanh, sp.sin, sp.cos, sp.tan, sp.cot,
    sp.asin, sp.acos, sp.atan, sp.asinh, sp.acosh, sp.atanh, sp.coth, sp.gamma, sp.loggamma, sp.factorial, sp.binomial,
    sp.floor, sp.ceiling, sp.sign, sp.Heaviside, sp.KroneckerDelta,
)  # fmt: skip
_SPOKEN_OF = (sp.Atom, sp.Add, sp.Mul, sp.Pow, *_FUNCTIONS, sp.Lambda, sp.Tuple, sp.Sum, sp.Integral, Member, Mat)


def _is_spoken_of(part: sp.Basic) -> bool:
    return isinstance(part, _SPOKEN_OF) or str(type(part).__module__).startswith(terms.__name__)


@lru_cache(maxsize=50_000)
def _meaningless(side: sp.Expr) -> str | None:
    """Why an unfolded side of a relation means nothing, wherever it stands, or None."""
    if side.has(sp.I, sp.nan, sp.zoo):
        return f"{side} is not real"
    if _infinite(side):
        return f"{side} is not finite"
    if side.has(sp.Float):
        return f"{side} has a float in it, which rounds"
    loose = next((i for i in indices_in(side) if not _one_size(i)), None)
    if loose is not None:
        return f"{loose} runs to {loose.size}, which may be random or another for each index, or is not written out"
    strange = next((part for part in sp.preorder_traversal(side) if not _is_spoken_of(part)), None)
    if strange is not None:
        return f"{strange} is a {type(strange).__name__}, of which proofs do not speak"
    for found in side.atoms(sp.Sum):
        if any(not isinstance(i, Index) or low != 1 or high != i.size for i, low, high in found.limits):
            return f"{found} does not run over the range of an index"
    integrated = (z for found in side.atoms(sp.Integral) for z in found.variables)
    tied = next((z for z in integrated if not is_letter(z)), None)
    return None if tied is None else f"{tied}, over which {side} integrates, is not a letter for any real number"


@lru_cache(maxsize=50_000)  # for each part: the steps of a proof share most of theirs
def _infinite(part: sp.Basic) -> bool:
    """Whether infinity stands in it elsewhere than as an end of an integral."""
    if isinstance(part, sp.Integral):
        return _infinite(part.function) or any(_infinite(e) for _, *ends in part.limits for e in ends if e.args)
    return part in (sp.oo, -sp.oo) or any(map(_infinite, part.args))


def is_letter(z: sp.Basic) -> bool:
    """Whether z stands for any real number, so that an integral may range over it."""
    if not isinstance(z, sp.Symbol) or isinstance(z, (Quantity, Index)) or not z.is_real:
        return False
    return all(
        known is None for known in (z.is_nonnegative, z.is_nonpositive, z.is_rational, z.is_irrational, z.is_zero)
    )


@lru_cache(maxsize=50_000)
def _one_size(index: Index) -> bool:
    """Whether its size is written out, so that what is put for a letter reaches it, and is one number."""
    size = index.size
    return size == unfold(size) and is_fixed(size) and not any(isinstance(s, Index) for s in spoken(size))


def of_two_kinds(relations: Iterable[Relation]) -> str | None:
    """A name that stands for families of different kinds (data and Gaussian vectors, say) or definitions, or None.

    An instance has one array of that name. Fair signs are signs: these two kinds go together.
    """
    found = frozenset[tuple[Str, type]]().union(*(_kinds(side) for r in relations for side in (r.left, r.right)))
    names = [name.name for name, _ in found]
    return min((name for name in names if names.count(name) > 1), default=None)


def _kinds(expr: sp.Expr) -> frozenset[tuple[Str, type]]:
    """The names of the families in an expression, which tell definitions apart, each with its kind."""
    return _kinds_in(unfold(sp.sympify(expr)))


@lru_cache(maxsize=50_000)  # for each part: the steps of a proof share most of theirs
def _kinds_in(part: sp.Basic) -> frozenset[tuple[Str, type]]:
    own = {(part.args[0], Sign if isinstance(part, Sign) else type(part))} if isinstance(part, Member) else ()
    return frozenset(own).union(*map(_kinds_in, part.args))


_OF_POSITIVE = (sp.log, sp.gamma, sp.loggamma)
_OF_NONNEGATIVE = (sp.factorial, sp.binomial)  # of negative numbers SymPy's values and identities disagree


@lru_cache(maxsize=50_000)
def _partial(expr: sp.Basic) -> frozenset[sp.Expr]:
    """The parts that are not defined everywhere."""
    power = isinstance(expr, sp.Pow) and not (expr.exp.is_integer and expr.exp.is_nonnegative)
    own = {expr} if power or isinstance(expr, (*_OF_POSITIVE, *_OF_NONNEGATIVE)) else ()
    return frozenset(own).union(*map(_partial, expr.args))


def _defined(part: sp.Expr, known: list[Relation]) -> bool:
    if isinstance(part, _OF_POSITIVE):
        return positive(part.args[0], known)
    if isinstance(part, _OF_NONNEGATIVE):
        return nonnegative(part.args[0], known)
    if part.exp.is_nonnegative:
        return True  # a root whose sign is not known is nowhere taken to be real
    if part.exp.is_integer:
        return bool(part.base.is_nonzero) or positive(part.base, known) or positive(-part.base, known)
    return positive(part.base, known)
