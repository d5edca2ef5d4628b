"""The terms of proofs as numbers: any fact can be tried on a drawn instance, in floats."""

from __future__ import annotations

import contextlib
import itertools
import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import sympy as sp
from scipy.special import erf, erfc

from verify.proof import terms as t
from verify.proof.algebra import unfold
from verify.statement import Constant, Instance, Quantity, Relation

Env = Mapping[sp.Symbol, float]


class NoNumber(ValueError):
    """A term that has no value on an instance: a probability, a law, an opaque matrix."""


_ELEMENTARY: dict[type, Callable[..., Any]] = {
    sp.exp: np.exp,
    sp.log: np.log,
    sp.Abs: abs,
    sp.Max: max,
    sp.Min: min,
    sp.erf: erf,
    sp.erfc: erfc,
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


def evaluate(expr: sp.Expr, instance: Instance, env: Env | None = None) -> Any:
    """The value of a term at an instance: a float, or a float array for vectors and matrices.

    env: values of generic indices (from 1). Raises NoNumber for terms without one.
    """
    env = env or {}
    if isinstance(expr, sp.Symbol):
        return _symbol(expr, instance, env)
    if isinstance(expr, sp.Number) or not expr.args:
        return float(expr)
    if isinstance(expr, (t.Vec, t.Scalar)):
        at = tuple(int(evaluate(i, instance, env)) - 1 for i in expr.indices)
        return _array(instance, expr.family)[at]
    if isinstance(expr, t.Mat):
        return _matrix(expr, instance, env)
    if type(expr) in _MATRIX:
        return float(_MATRIX[type(expr)](evaluate(expr.args[0], instance, env)))
    if isinstance(expr, sp.Sum):
        return sum((evaluate(expr.function, instance, e) for e in _ranges(expr.variables, instance, env)), 0.0)
    if isinstance(expr, (t.LeastDistance, t.LeastNorm)):
        return _least(expr, instance, env)
    if isinstance(expr, t.Sup):
        return max(evaluate(expr.args[0].expr, instance, e) for e in _ranges(expr.args[0].signature, instance, env))
    if isinstance(expr, t.SpaceDimension):
        return float(
            len(evaluate(expr.args[0].expr, instance, next(iter(_ranges(expr.args[0].signature, instance, env)))))
        )
    if isinstance(expr, t.InverseRoot):
        return _inverse_root(expr.args[0], instance)[tuple(int(env.get(i, i)) - 1 for i in expr.args[1:])]
    if isinstance(expr, t.Indicator):
        left, right = (evaluate(side, instance, env) for side in expr.args[0].args)
        return float(left > right)
    return _compound(expr, instance, env)


def _symbol(symbol: sp.Symbol, instance: Instance, env: Env) -> Any:
    if symbol in env:
        return env[symbol]
    if isinstance(symbol, Constant):
        return float(symbol.value)
    if isinstance(symbol, Quantity):
        if symbol.definition is not None and not (symbol.measure and symbol.definition.has(t.Expect, t.Prob)):
            return evaluate(symbol.definition, instance, env)
        if symbol.measure is not None:
            return _measured(symbol, instance, env)
    if symbol.name in instance:
        return instance[symbol.name]
    raise NoNumber(f"the instance has no value for {symbol}")


def _measured(symbol: Quantity, instance: Instance, env: Env) -> Any:
    """The measure, at the generic indices' values where it speaks of an index."""
    assert symbol.measure is not None
    try:
        return symbol.measure({**instance, **{str(index.name): int(value) for index, value in env.items()}})
    except KeyError as missing:
        raise NoNumber(f"the instance has no {missing}, which {symbol} is measured with") from None


def _array(instance: Instance, name: str) -> Any:
    if name not in instance:
        raise NoNumber(f"the instance has no array {name}")
    return instance[name]


def _ranges(indices: tuple[Any, ...], instance: Instance, env: Env) -> list[dict[sp.Symbol, float]]:
    ranges = [range(1, int(evaluate(i.size, instance, env)) + 1) for i in indices]
    return [{**env, **dict(zip(indices, at, strict=True))} for at in itertools.product(*ranges)]


def _matrix(matrix: t.Mat, instance: Instance, env: Env) -> Any:
    if matrix.entries is None:
        return _array(instance, str(matrix))
    rows, columns = matrix.entries.signature
    shape = [int(evaluate(i.size, instance, env)) for i in (rows, columns)]
    return np.array(
        [
            [evaluate(matrix.entries.expr, instance, {**env, rows: i + 1, columns: j + 1}) for j in range(shape[1])]
            for i in range(shape[0])
        ]
    )


_ROOTS: dict[Any, Any] = {}  # the last inverse root, which sums over its entries ask for again and again


def _inverse_root(matrix: sp.Expr, instance: Instance) -> Any:
    arrays = {name: value for name, value in instance.items() if isinstance(value, np.ndarray)}
    key = (matrix, tuple((name, value.shape, value.tobytes()) for name, value in sorted(arrays.items())))
    if key not in _ROOTS:
        values, vectors = np.linalg.eigh(evaluate(matrix, instance))
        if values[0] <= 1e-9 * values[-1]:
            raise NoNumber("the matrix is too close to singular")
        _ROOTS.clear()
        _ROOTS[key] = (vectors / np.sqrt(values)) @ vectors.T
    return _ROOTS[key]


def _least(expr: sp.Expr, instance: Instance, env: Env) -> float:
    family = expr.args[0]
    rows = [evaluate(family.expr, instance, e) for e in _ranges(family.signature, instance, env)]
    if isinstance(expr, t.LeastNorm):
        return float(min(np.linalg.norm(row) for row in rows))
    return float(min((np.linalg.norm(a - b) for a, b in itertools.combinations(rows, 2)), default=2.0))


def _compound(expr: sp.Expr, instance: Instance, env: Env) -> Any:
    if not isinstance(expr, (sp.Add, sp.Mul, sp.Pow, t.Inner, t.Norm)) and type(expr) not in _ELEMENTARY:
        raise NoNumber(f"{type(expr).__name__} has no value on an instance")
    args = [evaluate(a, instance, env) for a in expr.args]
    if isinstance(expr, sp.Add):
        return sum(args[1:], args[0])
    if isinstance(expr, sp.Mul):
        return math.prod(args[1:], start=args[0]) if all(np.ndim(a) == 0 for a in args) else _scaled(args)
    if isinstance(expr, sp.Pow):
        return args[0] ** args[1]
    if isinstance(expr, t.Inner):
        return float(np.dot(args[0], args[1]))
    if isinstance(expr, t.Norm):
        return float(np.linalg.norm(args[0]))
    return _ELEMENTARY[type(expr)](*args)


def _scaled(args: list[Any]) -> Any:
    product = args[0]
    for factor in args[1:]:
        product = product * factor
    return product


FLOOR = 1e-3  # differences of numbers of order one round at 1e-16: below this size they are judged absolutely


def violation(relation: Relation, instance: Instance, env: Env | None = None) -> float:
    """How far low exceeds high, relative to their size: at most rounding error for a true relation.

    Raises NoNumber for relations that speak of probabilities.
    """
    low, high = (np.asarray(evaluate(side, instance, env), dtype=float) for side in (relation.low, relation.high))
    sizes = [float(np.linalg.norm(low)), float(np.linalg.norm(high)), *_matrix_sizes(relation, instance, env), FLOOR]
    if relation.op == "==" or low.ndim:
        return float(np.linalg.norm(low - high)) / max(sizes)
    return float(low - high) / max(sizes)


def _matrix_sizes(relation: Relation, instance: Instance, env: Env | None) -> list[float]:
    """Norms of the matrices whose eigenvalues are compared: rounding errors are relative to these."""
    found = {a for side in (relation.left, relation.right) for a in unfold(side).atoms(t.LambdaMin, t.LambdaMax)}
    sizes = []
    for atom in sorted(found, key=str):
        with contextlib.suppress(NoNumber):  # a mean, say: what is compared has its own measure
            sizes.append(float(np.linalg.norm(evaluate(atom.args[0], instance, env))))
    return sizes
