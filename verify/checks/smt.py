"""Inequalities between rational functions and square roots of several numbers, put to the solver z3 (an extra).

A claim holds if z3 finds its negation, with domains and hypotheses, to have no solution. The budget is z3's own count
of steps, so that the answer does not depend on the machine. Solver: de Moura and Bjorner, Z3 (TACAS 2008).
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sympy as sp

from verify.balls.compile import UnknownNode
from verify.checks.sturm import Answer
from verify.relations import Relation
from verify.statement import Domain

STEPS = 3_000_000  # of z3, at most: some seconds
HIGHEST = 12  # exponent that is written as a product
DIGITS = 30  # of an algebraic number in a solution
WHERE = "wherever its roots and quotients are defined"


def installed() -> bool:
    return importlib.util.find_spec("z3") is not None


def decide(claim: Relation, domains: Mapping[sp.Symbol, Domain], given: Sequence[Relation] = ()) -> Answer:
    """Whether the claim holds wherever domains and hypotheses do, and its roots and quotients are defined.

    Integers are taken as real numbers. A solution that z3 finds is rounded where it is algebraic: it has to be
    confirmed. Raises UnknownNode for an expression that is no rational function of numbers, their moduli, maxima,
    minima and square roots.
    """
    for relation in (claim, *given):
        _readable(relation.left)
        _readable(relation.right)
    import z3  # slow to load

    problem = _Problem(z3.Context(), domains)
    stated = [problem.relation(relation) for relation in given]
    holds = problem.relation(claim)
    solver = z3.Solver(ctx=problem.context)
    solver.set("rlimit", STEPS)
    solver.add(*problem.domains(), *problem.defined, *stated, z3.Not(holds))
    found = solver.check()
    if found == z3.unsat:
        return Answer("true", WHERE if problem.defined else "")
    if found == z3.sat:
        return Answer("false", witness=problem.witness(solver.model()))
    return Answer("unknown", solver.reason_unknown())


def _readable(expr: sp.Expr) -> None:
    """Raises UnknownNode, with the node."""
    for node in sp.preorder_traversal(expr):
        power = isinstance(node, sp.Pow) and node.exp.is_Rational and node.exp.q <= 2 and abs(node.exp.p) <= HIGHEST
        if not (power or isinstance(node, (sp.Add, sp.Mul, sp.Abs, sp.Max, sp.Min, sp.Symbol, sp.Rational))):
            raise UnknownNode(node)


class _Problem:
    """The formulas of one claim in z3's terms; ``defined`` collects what makes roots and quotients mean something."""

    def __init__(self, context: Any, domains: Mapping[sp.Symbol, Domain]) -> None:
        import z3

        self.z3, self.context, self._domains = z3, context, domains
        ordered = sorted(domains, key=lambda s: str(s.name))
        self.letters = {symbol: z3.Real(f"x{k}", context) for k, symbol in enumerate(ordered)}
        self.defined: list[Any] = []

    def domains(self) -> list[Any]:
        found = []
        for symbol, domain in self._domains.items():
            x = self.letters[symbol]
            if domain.lower != -sp.oo:
                end = self._end(domain.lower)
                found.append(x > end if domain.open_lower else x >= end)
            if domain.upper != sp.oo:
                end = self._end(domain.upper)
                found.append(x < end if domain.open_upper else x <= end)
        return found

    def _end(self, end: sp.Expr) -> Any:
        _readable(end)
        return self.term(end)

    def relation(self, relation: Relation) -> Any:
        low, high = self.term(relation.low), self.term(relation.high)
        return low == high if relation.op == "==" else low < high if relation.strict else low <= high

    def term(self, expr: sp.Expr) -> Any:
        """A readable expression in z3's terms."""
        if expr.is_Symbol:
            return self.letters[expr]
        if expr.is_Rational:
            return self.z3.RealVal(str(expr), self.context)
        if isinstance(expr, sp.Pow):
            return self._power(expr.base, expr.exp)
        return self._combinations()[type(expr)]([self.term(argument) for argument in expr.args])

    def _combinations(self) -> dict[Any, Callable[[list[Any]], Any]]:
        z3 = self.z3
        return {
            sp.Add: z3.Sum,
            sp.Mul: z3.Product,
            sp.Abs: lambda a: z3.If(a[0] >= 0, a[0], -a[0]),
            sp.Max: lambda a: _folded(a, lambda x, y: z3.If(x >= y, x, y)),
            sp.Min: lambda a: _folded(a, lambda x, y: z3.If(x <= y, x, y)),
        }

    def _power(self, base: sp.Expr, exponent: sp.Expr) -> Any:
        x = self.term(base)
        if exponent.q == 2:
            root = self.z3.FreshReal("root", self.context)
            self.defined += [root >= 0, root * root == x]
            x = root
        product = _folded([x] * abs(int(exponent.p)), lambda a, b: a * b)
        if exponent > 0:
            return product
        self.defined.append(x != 0)
        return self.z3.RealVal(1, self.context) / product

    def witness(self, model: Any) -> dict[sp.Symbol, sp.Expr]:
        values = {s: model.eval(x, model_completion=True) for s, x in self.letters.items()}
        return {s: sp.Rational(str(_rational(v).as_fraction())) for s, v in values.items()}


def _rational(value: Any) -> Any:
    return value if hasattr(value, "as_fraction") else value.approx(DIGITS)


def _folded(terms: list[Any], combine: Callable[[Any, Any], Any]) -> Any:
    found = terms[0]
    for term in terms[1:]:
        found = combine(found, term)
    return found
