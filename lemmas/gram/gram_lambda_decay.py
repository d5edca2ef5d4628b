"""Decay of lambda: for unit vectors in R^d, lambda <= C n e sum_{j >= k} 1/j! as soon as n > D_k, k being any degree.

D_k = C(d+k-1, d-1) + C(d+k-2, d-1) is the dimension of the polynomials of degree <= k on the sphere.

Source: low rank of polynomial kernels; this project's explicit version. A width bound that hides lambda hides this.

Proof: K_ij = d_i d_j t e^t with t = <x_i, x_j>, d_i = e^{|x_i|^2/2}. With e^t cut off after k terms it is a polynomial
kernel of degree k, of rank at most D_k < n, so its least eigenvalue is at most 0. An entry of the difference is at most
e (e - sum_{j<k} 1/j!), its norm at most n times that, and Weyl's inequality gives the claim. Data inside the ball have
more polynomials: n > C(d+k, d) - 1.
"""

from __future__ import annotations

import itertools
import math
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp
from flint import arb, ctx
from sympy import Abs, E, binomial, exp, factorial

from lemmas import model
from lemmas.draws import points
from lemmas.notation.symbols import K, i, j, lam_K, n, nu, x
from verify import Lemma, Quantity, Search, const, integer, le, real
from verify.balls.exact import ball
from verify.proof import Fact, Index, Inner, Norm, Proof, bound, calc, chain, plus, rules, sup, total
from verify.proof.terms import Entry, Frobenius, LambdaMin, Mat, SpaceDimension, Spectral
from verify.statement import Instance

C = const("C", 1)
deg = Quantity("deg", integer(1), "k, the degree of the polynomials")
power = Index("power", deg)
dim = SpaceDimension(sp.Lambda(i, x(i)))
inner, both = Inner(x(i), x(j)), x(i) + x(j)
head = total(inner ** (power - 1) / factorial(power - 1), power)  # the first k terms of e^t
scale = exp(Norm(x(i)) ** 2 / 2)
CUT = Mat("K_cut", sp.Lambda((i, j), scale * scale.subs(i, j) * inner * head))


def _tail(at: Instance) -> Any:
    """The sum over j >= k of 1/j!, in floats or in balls: e less a rational number."""
    with ctx.workprec(max(ctx.prec, 256)):
        exact = arb(1).exp() - ball(sum((Fraction(1, math.factorial(j)) for j in range(int(at["deg"]))), Fraction(0)))
        return exact if model.is_ball(at["X"]) else float(exact)


def _on_sphere(at: Instance) -> int:
    d, k = at["X"].shape[1], int(at["deg"])
    return math.comb(d + k - 1, d - 1) + math.comb(d + k - 2, d - 1)


def _in_ball(at: Instance) -> int:
    d, k = at["X"].shape[1], int(at["deg"])
    return math.comb(d + k, d) - 1


def _off_sphere(at: Instance) -> Any:
    squares = (at["X"] * at["X"]).sum(axis=1)
    return model.maximum(abs(np.array([model.square_root(s) - 1 for s in squares])))


tail = Quantity("tail", real(), "sum over j >= k of 1/j!", _tail, E - total(1 / factorial(power - 1), power))
D_sphere = Quantity(
    "D_sphere",
    real(0),
    "dimension of the polynomials of degree <= k on the sphere",
    _on_sphere,
    binomial(dim + deg - 1, dim - 1) + binomial(dim + deg - 2, dim - 1),
)
D_ball = Quantity(
    "D_ball",
    real(),
    "number of monomials of degree 1 to k in d variables",
    _in_ball,
    binomial(dim + deg, dim) - 1,
)
sphere_gap = Quantity(
    "sphere_gap", real(0), "largest | |x_i| - 1 |; 0 for unit vectors", _off_sphere, sup(Abs(Norm(x(i)) - 1), i)
)


MEASURED = (tail, D_sphere, D_ball, sphere_gap)


def closed_form() -> Fact:
    """K_ij = d_i d_j t e^t."""
    square = calc(
        "the square of a sum",
        Norm(both) ** 2,
        ("==", Inner(both, both), [rules.norm_squared(both)]),
        ("==", Norm(x(i)) ** 2 + 2 * inner + Norm(x(j)) ** 2, [rules.norm_squared(x(t)) for t in (i, j)]),
    )
    return calc("one entry of K", Entry(K, i, j), ("==", scale * scale.subs(i, j) * inner * exp(inner), [square]))


def difference(short: list[Fact]) -> Fact:
    """|K - K_cut|_F <= n e tail, for |x_i| <= 1."""
    size = calc(
        "the data factor is at most 1",
        Abs(inner),
        ("<=", Norm(x(i)) * Norm(x(j)), [rules.cauchy_schwarz(x(i), x(j))]),
        ("<=", 1, short),
    )
    rest = rules.exp_tail(size, inner, power)
    positive = chain(bound(0, "<=", rest.low), rest, name="the tail is not negative")
    entry = calc(
        "one entry of the difference",
        Abs(Entry(K - CUT, i, j)),
        ("==", scale * scale.subs(i, j) * Abs(inner) * Abs(exp(inner) - head), [closed_form()]),
        ("<=", scale * scale.subs(i, j) * Abs(exp(inner) - head), [size]),
        ("<=", scale * scale.subs(i, j) * tail, [rest]),
        ("<=", E * tail, [*short, positive]),
    )
    return rules.frobenius_entrywise(K - CUT, entry, i, j)


def concluded(p: Proof, short: list[Fact], singular: Fact) -> Fact:
    return p.conclude(
        calc(
            "the least eigenvalue",
            lam_K,
            ("<=", LambdaMin(CUT) + Spectral(K - CUT), [rules.weyl(CUT, K)]),
            ("<=", Spectral(K - CUT), [singular]),
            ("<=", Frobenius(K - CUT), [rules.spectral_at_most_frobenius(K - CUT)]),
            ("<=", p.const("C") * n * E * tail, [difference(short)]),
        )
    )


def proof(p: Proof) -> Fact:
    unit = p.given("unit")
    gaps = [chain(rules.sup_member(sphere_gap, t), unit) for t in (i, j)]
    short = [plus(rules.absolute_above(g, Norm(x(t)) - 1), sp.S.One) for g, t in zip(gaps, (i, j), strict=True)]
    terms = 1 / factorial(power - 1)
    many = p.given("points")
    return concluded(p, short, rules.polynomial_kernel_on_sphere(CUT, x(i), scale, terms, power, i, j, many, unit))


def ball_proof(p: Proof) -> Fact:
    short = [chain(rules.sup_member(nu, t), p.given("data")) for t in (i, j)]
    terms = 1 / factorial(power - 1)
    return concluded(p, short, rules.polynomial_kernel(CUT, x(i), scale, terms, power, i, j, p.given("points")))


HALVES = np.array(list(itertools.product((0.5, -0.5), repeat=4)))  # with the axes of R^4, the 24-cell
SETS = {
    "square": np.vstack([np.eye(2), -np.eye(2)]),
    "octahedron": np.vstack([np.eye(3), -np.eye(3)]),
    "24-cell": np.vstack([np.eye(4), -np.eye(4), HALVES]),
}  # unit vectors without rounding


def draw(rng: np.random.Generator, case: str) -> dict[str, Any]:
    """A set of unit vectors but for up to two, at times twice as long; a degree up to 3, most often one they force."""
    X = rng.permutation(SETS[case])[int(rng.integers(0, 3)) :]
    degree = rng.choice([1, 2, 2, 3] if len(X) > 20 else [1, 1, 1, 2])
    return {"X": X * rng.choice([1.0, 1.0, 1.0, 2.0]), "deg": int(degree)}


def draw_in_ball(rng: np.random.Generator, case: str) -> dict[str, Any]:
    """Up to four points of norm up to 1.5, on a line or in a plane, and degree 1 or 2."""
    X = points(rng, case)[:, : int(rng.integers(1, 3))]
    return {"X": X * rng.choice([1.0, 1.0, 1.5]), "deg": int(rng.choice([1, 1, 2]))}


def _whole(u: np.ndarray[Any, Any]) -> dict[str, Any]:
    """One of the sets, and a degree."""
    return {"X": list(SETS.values())[int(2.99 * u[0])], "deg": 1 + int(2.99 * u[1])}


def _line(u: np.ndarray[Any, Any]) -> dict[str, Any]:
    """Two numbers in [-1, 1], and degree 1."""
    return {"X": 2 * u[:, None] - 1, "deg": 1}


CLAIM = r"\lambda \le {C}\, n\, e \sum_{{j \ge k}} \tfrac1{{j!}}"

lemma = Lemma(
    le(lam_K, C * n * E * tail),
    given={"unit": le(sphere_gap, 0), "points": le(D_sphere + 1, n)},
    latex=rf"n > \tbinom{{{{d+k-1}}}}{{{{d-1}}}} + \tbinom{{{{d+k-2}}}}{{{{d-1}}}} \;\Rightarrow\; {CLAIM}"
    r" \qquad (\|x_i\| = 1)",
    source="rank of polynomial kernels; this project's explicit version",
    limitations="An upper bound only, for exact unit vectors: how small lambda is also depends on how they are spread.",
    proof=proof,
    draw=draw,
    cases=tuple(SETS),
    search={"whole sets": Search(2, _whole)},
    also={
        "in the ball": Lemma(
            le(lam_K, C * n * E * tail),
            given={"data": le(nu, 1), "points": le(D_ball + 1, n)},
            latex=rf"n > \tbinom{{{{d+k}}}}{{{{d}}}} - 1 \;\Rightarrow\; {CLAIM} \qquad (\|x_i\| \le 1)",
            limitations="Forces a lower degree than on the sphere: n^{1/d} for n^{1/(d-1)}.",
            proof=ball_proof,
            draw=draw_in_ball,
            cases=("random", "equal points", "antipodal"),
            search={"two numbers": Search(2, _line)},
        )
    },
)
