"""What checking the classical chain brings to light, each finding with the numbers that show it."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import sympy as sp
from flint import arb

from lemmas import data, kernels
from lemmas.gram.gram_lambda_decay import D_ball, D_sphere, tail
from verify.balls.certify import certify
from verify.balls.compile import evaluate
from verify.balls.eigen import enclose_lambda_min
from verify.balls.exact import lower_decimal, upper_decimal
from verify.checks.base import Context
from verify.proof.terms import normal_tail
from verify.relations import lt
from verify.statement import Quantity, positive, real
from verify.verdict import Verdict

Json = dict[str, Any]


def all_findings(context: Context) -> list[Json]:
    """The findings that rest on no lemma, in a fixed order."""
    return [bound_must_grow(), truncation_bias(), slow_exponent(), eigenvalue_decays(context)]


def from_lemmas(context: Context) -> list[Json]:
    """Those read off lemmas: what these do not give, the findings do not either."""
    return [independent_signs(context)]


def _finding(name: str, title: str, holds: bool, details: Json) -> Json:
    """A finding is certified if every number in it was enclosed and shows what the title says; else an error."""
    verdict = Verdict.CERTIFIED if holds else Verdict.ERROR
    return {"id": name, "title": title, "verdict": str(verdict), "data": details}


def _ends(value: arb, digits: int = 12) -> Json:
    return {"lower": lower_decimal(value, digits), "upper": upper_decimal(value, digits)}


def bound_must_grow() -> Json:
    """For n = 1 and |x| = 1, P(all |<w_r, x>| <= B) = (1 - p)^q tends to 0, since p = 2 Q(B) > 0."""
    B, q = Quantity("B", real(0)), Quantity("q", positive())
    tail = 2 * normal_tail(B)
    rows, below = [], []
    for width in (2, 4, 6):
        neurons = 10 ** (width * width // 4 + 2)
        chance = evaluate(sp.exp(q * sp.log(1 - tail)), {B: sp.Integer(width), q: sp.Integer(neurons)})
        small = bool(chance < evaluate(sp.Rational(1, 100)))
        below.append(small and bool(evaluate(tail, {B: sp.Integer(width)}) > 0))
        rows.append({"B": width, "q": neurons, "probability that the bound holds": _ends(chance)})
    title = "B must grow with m: for any fixed B the event of exp-uniform-bound has probability tending to 0"
    return _finding("bound-must-grow", title, all(below), {"rows": rows, "limit": 0})


def truncation_bias() -> Json:
    """E[e^{2g}; 2g > 2B] = e^2 Q(B - 2) > 0, against the deviation lambda/(8n) that the concentration step allows."""
    rows, positive_bias = [], []
    for bound in (2, 3, 5, 8):
        bias = evaluate(sp.exp(2) * normal_tail(sp.Integer(bound) - 2))
        positive_bias.append(bool(bias > 0))
        rows.append({"B": bound, "bias": _ends(bias)})
    title = "Truncated summands concentrate around the truncated mean, not around K: the bias must be paid for"
    return _finding("truncation-bias", title, all(positive_bias), {"rows": rows})


def least_eigenvalue(X: Any) -> arb:
    """lambda_min(K) of float64 points, taken as exact, as a ball."""
    return enclose_lambda_min(lambda _: kernels.limit_gram_balls(np.asarray(X)), rel=1e-6)


def eigenvalue_decays(context: Context) -> Json:
    """lambda for random points in R^3 against gram-lambda-decay at the degree that n forces, in the ball.

    The rows have norms just below 1, so it is the bound for the ball that is certified of them; the lower one, for
    exact unit vectors, is shown beside it.
    """
    sizes = (10, 25, 50, 100) if context.budget.effort == "quick" else (10, 25, 50, 100, 200)
    rows, shown, values, bounds = [], [], [], []
    for size in sizes:
        X = data.sphere(size, 3, context.seed).X
        value = least_eigenvalue(X)
        (degree, bound), (on_sphere, unit) = (_decay_bound(X, count) for count in (D_ball, D_sphere))
        shown.append(bool(value > 0) and bool(value < bound))
        row = {"n": size, "lambda": _ends(value), "degree": degree, "upper bound": _ends(bound)}
        rows.append({**row, "degree on the sphere": on_sphere, "bound for unit vectors": _ends(unit)})
        values.append(value)
        bounds.append(float(f"{float(unit.mid()):.6g}"))
    title = "lambda falls with n in fixed dimension, so a width with lambda hidden is not n^{2+o(1)} there"
    curve = {"x": list(sizes), "x_label": "n (d = 3)", "y_label": "lambda_min(K)", "scale": "log"}
    middles = [float(f"{float(value.mid()):.6g}") for value in values]
    series = {"random points on the sphere": middles, "upper bound for unit vectors": bounds}
    falls = all(after < before for before, after in itertools.pairwise(values))
    return _finding("eigenvalue-decays", title, falls and all(shown), {"d": 3, "rows": rows, **curve, "series": series})


def _decay_bound(X: Any, count: Quantity) -> tuple[int, arb]:
    """The largest degree k whose polynomials are fewer than the points, and n e sum_{j >= k} 1/j! as a ball."""
    assert count.measure is not None
    assert tail.measure is not None
    degree = 1
    while count.measure({"X": X, "deg": degree + 1}) < len(X):
        degree += 1
    balls = np.array([[arb(1)]], dtype=object)  # says that the tail is wanted as a ball
    return degree, len(X) * arb(1).exp() * tail.measure({"X": balls, "deg": degree})


def slow_exponent() -> Json:
    """With q = n^2 e^{4B} and B^2 = 2 log(q n), the extra exponent 4B/log n is 1 where log n = 128, beyond 1e55."""
    L, B = sp.symbols("L B", positive=True)
    solution = sp.solve([B**2 - 2 * (3 * L + 4 * B), 4 * B - L], [L, B], dict=True)
    crossing = solution[0][L] if len(solution) == 1 else sp.nan
    bound = 4 + sp.sqrt(16 + 6 * L)  # the positive root of B^2 = 2 (3 L + 4 B)
    above = certify(lt(L, 4 * bound), {L: real(0, 127, open_lower=True)}).status == "proved"
    beyond = crossing == 128 and above and bool(evaluate(sp.exp(127)) > evaluate(sp.Integer(10) ** 55))
    rows = []
    for power in (1, 2, 4, 8, 16, 32, 55, 100):
        size = sp.Integer(power) * sp.log(10)
        rows.append({"n": f"1e{power}", "extra exponent": _ends(evaluate((4 * bound / L).subs(L, size)), 6)})
    title = "The o(1) of the exponent is above 1 for every n below 1e55, constants ignored"
    return _finding("slow-exponent", title, beyond, {"log n at which it is 1": str(crossing), "rows": rows})


def independent_signs(context: Context) -> Json:
    """The movement bound at |e(0)| = e sqrt(m n/delta) against R = lambda/(16 n e^{2B}), solved for m."""
    from lemmas.notation.runs import E_0, S_path, drift
    from lemmas.notation.symbols import B, R, S, lam, m, n
    from lemmas.notation.symbols import delta as level

    movement = context.library("weight-movement").at({S_path: S, drift: S})
    radius = context.library("gram-perturbation").also["eigenvalue"]
    bound = movement.numeric(movement.claim).right.subs(E_0, sp.E * sp.sqrt(m * n / level))
    allowed = radius.numeric(radius.given["radius against lambda"])
    largest = R * allowed.right / allowed.left  # the hypothesis, solved for R
    needed = sp.simplify(bound**2 * m / largest**2)  # the least m, as bound ~ m^(-1/2)
    order = sp.simplify(needed.subs(R, 0) / (n**4 * sp.exp(6 * B) / (level * lam**4)))
    title = "Independent signs: on the classical route the width is of order n^4 e^{6B}/(delta lambda^4)"
    details = {"m at least": str(needed), "constant": str(order)}
    return _finding("independent-signs", title, order.is_number and not order.has(n), details)
