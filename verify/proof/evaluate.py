"""The terms of proofs as numbers: any fact can be tried on a drawn instance, in floats."""

from __future__ import annotations

import contextlib
import itertools
import math
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import sympy as sp

from verify.proof import terms as t
from verify.proof.algebra import unfold
from verify.relations import Relation, free_symbols
from verify.statement import Constant, Instance, Quantity

Env = Mapping[sp.Symbol, float]


class NoNumber(ValueError):
    """A term that has no value on an instance: a probability, a law, an opaque matrix."""


_ELEMENTARY: dict[type, Callable[..., Any]] = {
    sp.exp: np.exp,
    sp.log: np.log,
    sp.Abs: abs,
    sp.Max: max,
    sp.Min: min,
    sp.erf: math.erf,
    sp.erfc: math.erfc,
    sp.sinh: np.sinh,
    sp.cosh: np.cosh,
    sp.tanh: np.tanh,
    sp.factorial: lambda k: math.gamma(k + 1),
    sp.binomial: lambda above, below: float(math.comb(int(above), int(below))),
    sp.KroneckerDelta: lambda a, b: float(a == b),
    sp.ceiling: math.ceil,
    sp.floor: math.floor,
    t.Fold: lambda r, q: (int(r) - 1) % int(q) + 1,
    sp.LambertW: lambda z: float(sp.LambertW(z)),
}
_MATRIX: dict[type, Callable[[Any], Any]] = {
    t.Frobenius: lambda a: np.linalg.norm(a),
    t.Spectral: lambda a: np.linalg.norm(a, 2),
    t.LambdaMin: lambda a: np.linalg.eigvalsh((a + a.T) / 2)[0],
    t.LambdaMax: lambda a: np.linalg.eigvalsh((a + a.T) / 2)[-1],
    t.Trace: lambda a: np.trace(a),
}


class Numbers(dict[str, Any]):
    """An instance that remembers what has been computed on it; ``evaluate`` makes one of any other mapping."""

    def __init__(self, instance: Instance) -> None:
        super().__init__(instance)
        self.known: dict[Any, Any] = {}


Computed = Callable[[Numbers, Env], Any]


def evaluate(expr: sp.Expr, instance: Instance, env: Env | None = None) -> Any:
    """The value of a term at an instance: a float, or a float array for vectors and matrices.

    env: values of generic indices (from 1). Raises NoNumber for terms without one.
    """
    return _function(sp.sympify(expr))(instance if isinstance(instance, Numbers) else Numbers(instance), env or {})


@lru_cache(maxsize=50_000)
def _function(expr: sp.Expr) -> Computed:
    """The term as a function of an instance and of its generic indices."""
    if isinstance(expr, sp.Symbol):
        return _symbol(expr)
    if isinstance(expr, sp.Number) or not expr.args:
        number = float(expr) if expr.is_number else None
        return lambda at, env: _number(expr, number)
    if isinstance(expr, (t.Vec, t.Scalar)):
        return _member(expr)
    if isinstance(expr, t.Mat):
        return _remembered(expr, _matrix(expr))
    if type(expr) in _MATRIX:
        return _remembered(expr, _of_matrix(_MATRIX[type(expr)], expr.args[0]))
    if isinstance(expr, sp.Sum):
        summand = _function(expr.function)
        return _remembered(expr, lambda at, env: sum((summand(at, e) for e in _ranges(expr.variables, at, env)), 0.0))
    if isinstance(expr, (t.LeastDistance, t.LeastNorm)):
        return _remembered(expr, lambda at, env: _least(expr, at, env))
    if isinstance(expr, t.Sup):
        indices, inner = expr.args[0].signature, _function(expr.args[0].expr)
        return _remembered(expr, lambda at, env: max(inner(at, e) for e in _ranges(indices, at, env)))
    if isinstance(expr, t.SpaceDimension):
        vector, ranges = _function(expr.args[0].expr), expr.args[0].signature
        return lambda at, env: float(len(vector(at, next(iter(_ranges(ranges, at, env))))))
    if isinstance(expr, t.InverseRoot):
        root = _remembered(expr.args[0], _inverse_root(expr.args[0]), "inverse root")
        return lambda at, env: root(at, env)[tuple(int(env.get(i, i)) - 1 for i in expr.args[1:])]
    if isinstance(expr, t.SpectralExcess):
        return _remembered(expr, _spectral_excess(expr))
    if isinstance(expr, t.TracePower):
        base, power = (_function(a) for a in expr.args)
        return _remembered(expr, lambda at, env: _trace_power(base(at, env), power(at, env)))
    if isinstance(expr, t.Indicator):
        left, right = (_function(side) for side in expr.args[0].args)
        return lambda at, env: float(left(at, env) > right(at, env))
    return _compound(expr)


def _number(expr: sp.Expr, number: float | None) -> float:
    if number is None:
        raise NoNumber(f"{expr} has no value on an instance")
    return number


def _remembered(expr: sp.Expr, compute: Computed, what: str = "value") -> Computed:
    """The function, computed once for each instance and each value of the indices that the term speaks of."""
    unfolded = unfold(expr)
    opaque = any(isinstance(s, Quantity) and s.measure is not None for s in unfolded.atoms(sp.Symbol))
    free = sorted(free_symbols(unfolded) | free_symbols(expr), key=str)

    def remembered(at: Numbers, env: Env) -> Any:
        # A measure may read any index by its name; a definition speaks only of the indices in it.
        values = frozenset(env.items()) if opaque else tuple(env.get(s) for s in free)
        key = (what, expr, values)
        if key not in at.known:
            at.known[key] = compute(at, env)
        return at.known[key]

    return remembered


def _symbol(symbol: sp.Symbol) -> Computed:
    otherwise = _outside(symbol)
    return lambda at, env: env[symbol] if symbol in env else otherwise(at, env)


def _outside(symbol: sp.Symbol) -> Computed:
    """The value of a symbol that is no generic index with a value."""
    if isinstance(symbol, Constant):
        constant = float(symbol.value)
        return lambda at, env: constant
    if isinstance(symbol, Quantity):
        if symbol.definition is not None and not (symbol.measure and symbol.definition.has(t.Expect, t.Prob)):
            return _function(symbol.definition)
        if symbol.measure is not None:
            return _remembered(symbol, lambda at, env: _measured(symbol, at, env))
    return lambda at, env: _looked_up(symbol, at)


def _looked_up(symbol: sp.Symbol, at: Numbers) -> Any:
    if symbol.name not in at:
        raise NoNumber(f"the instance has no value for {symbol}")
    return at[symbol.name]


def _measured(symbol: Quantity, at: Numbers, env: Env) -> Any:
    """The measure, at the generic indices' values where it speaks of an index."""
    assert symbol.measure is not None
    try:
        return symbol.measure({**at, **{str(index.name): int(value) for index, value in env.items()}})
    except KeyError as missing:
        raise NoNumber(f"the instance has no {missing}, which {symbol} is measured with") from None
    except NotImplementedError as reason:
        raise NoNumber(f"{symbol} is not measured on such an instance: {reason}") from None


def _member(member: Any) -> Computed:
    """One vector or number of a family."""
    indices, family = [_function(i) for i in member.indices], member.family
    return lambda at, env: _array(at, family)[tuple(int(index(at, env)) - 1 for index in indices)]


def _array(instance: Instance, name: str) -> Any:
    if name not in instance:
        raise NoNumber(f"the instance has no array {name}")
    return instance[name]


def _ranges(indices: tuple[Any, ...], at: Numbers, env: Env) -> list[dict[sp.Symbol, float]]:
    ranges = [range(1, int(_function(i.size)(at, env)) + 1) for i in indices]
    return [{**env, **dict(zip(indices, values, strict=True))} for values in itertools.product(*ranges)]


def _matrix(matrix: t.Mat) -> Computed:
    if matrix.entries is None:
        return lambda at, env: _array(at, str(matrix))
    indices, entry = tuple(matrix.entries.signature), _function(matrix.entries.expr)
    columns = _function(indices[1].size)

    def filled(at: Numbers, env: Env) -> Any:
        values = [entry(at, e) for e in _ranges(indices, at, env)]
        return np.array(values).reshape(-1, int(columns(at, env)))

    return filled


def _of_matrix(number: Callable[[Any], Any], matrix: sp.Expr) -> Computed:
    entries = _function(matrix)
    return lambda at, env: float(number(entries(at, env)))


def _inverse_root(matrix: sp.Expr) -> Computed:
    entries = _function(matrix)

    def root(at: Numbers, env: Env) -> Any:
        values, vectors = np.linalg.eigh(entries(at, env))
        if values[0] <= 1e-9 * values[-1]:
            raise NoNumber("the matrix is too close to singular")
        return (vectors / np.sqrt(values)) @ vectors.T

    return root


def _spectral_excess(expr: sp.Expr) -> Computed:
    """The largest eigenvalue of f(X) - M."""
    (z,), function = expr.args[0].signature, _function(expr.args[0].expr)
    matrices = [_function(a) for a in expr.args[1:]]

    def value(at: Numbers, env: Env) -> float:
        X, M = (matrix(at, env) for matrix in matrices)
        values, vectors = np.linalg.eigh((X + X.T) / 2)
        mapped = np.array([function(at, {**env, z: float(v)}) for v in values])
        return float(np.linalg.eigvalsh((vectors * mapped) @ vectors.T - (M + M.T) / 2)[-1])

    return value


def _trace_power(matrix: Any, power: float) -> float:
    return float(np.trace(np.linalg.matrix_power((matrix + matrix.T) / 2, int(power))))


def _least(expr: sp.Expr, at: Numbers, env: Env) -> float:
    family = expr.args[0]
    rows = [_function(family.expr)(at, e) for e in _ranges(family.signature, at, env)]
    if isinstance(expr, t.LeastNorm):
        return float(min(np.linalg.norm(row) for row in rows))
    return float(min((np.linalg.norm(a - b) for a, b in itertools.combinations(rows, 2)), default=2.0))


def _compound(expr: sp.Expr) -> Computed:
    combine = _COMBINED.get(type(expr)) or _ELEMENTARY.get(type(expr))
    if combine is None:
        kind = type(expr).__name__
        return lambda at, env: _refuse(kind)
    parts = [_function(a) for a in expr.args]
    return lambda at, env: combine(*[part(at, env) for part in parts])


def _refuse(kind: str) -> Any:
    raise NoNumber(f"{kind} has no value on an instance")


def _product(*factors: Any) -> Any:
    product = factors[0]
    for factor in factors[1:]:
        product = product * factor
    return product


_COMBINED: dict[type, Callable[..., Any]] = {
    sp.Add: lambda *terms: sum(terms[1:], terms[0]),
    sp.Mul: _product,
    sp.Pow: lambda base, exponent: base**exponent,
    t.Inner: lambda u, v: float(np.dot(u, v)),
    t.Norm: lambda u: float(np.linalg.norm(u)),
}


FLOOR = 1e-3  # differences of numbers of order one round at 1e-16: below this size they are judged absolutely


def violation(relation: Relation, instance: Instance, env: Env | None = None) -> float:
    """How far low exceeds high, relative to their size: at most rounding error for a true relation.

    Raises NoNumber for relations that speak of probabilities.
    """
    instance = instance if isinstance(instance, Numbers) else Numbers(instance)
    low, high = (np.asarray(evaluate(side, instance, env), dtype=float) for side in (relation.low, relation.high))
    sizes = [_norm(low), _norm(high), *_matrix_sizes(relation, instance, env), FLOOR]
    excess = _norm(low - high) if relation.op == "==" or low.ndim else float(low - high)
    return excess / max(sizes)


def _norm(value: Any) -> float:
    """Of a number its size: NumPy's norm would take ten times as long."""
    return float(np.linalg.norm(value)) if np.ndim(value) else abs(float(value))


def _matrix_sizes(relation: Relation, instance: Instance, env: Env | None) -> list[float]:
    """Norms of the matrices whose eigenvalues are compared: rounding errors are relative to these."""
    sizes = []
    for atom in _eigenvalues(relation.left) | _eigenvalues(relation.right):
        with contextlib.suppress(NoNumber):  # a mean, say: what is compared has its own measure
            sizes.append(float(np.linalg.norm(evaluate(atom.args[0], instance, env))))
    return sizes


@lru_cache(maxsize=50_000)  # the steps of a proof are evaluated on one instance after the other
def _eigenvalues(side: sp.Expr) -> frozenset[sp.Expr]:
    return frozenset(unfold(side).atoms(t.LambdaMin, t.LambdaMax))
