"""Width exponent: the level B of the classical width has 4B <= C0 + C1 sqrt(log n) + C2 sqrt(a).

So e^{4B} = n^{o(1)} if a = o(log^2 n), and only then; at a = 0 the extra exponent 4B/log n is above 1 until log n = 128
(n about 4e55).

Source: the width q lambda^2 = c n^2 e^{4B} l, l = log(4 n^2/delta), at its own level B^2 = 2 log(k q n/delta); solved,
B^2 = 2 (3 log n + 4 B + a) with a = log(c k l/(delta lambda^2)). This project's explicit version.

Proof: B = 4 + sqrt(16 + 6 log n + 2 a); roots are subadditive, and B >= sqrt(2 a). Up to O(log n), a lies between
log(1/delta) + log(1/lambda) and twice that. With independent signs weight-movement starts from e sqrt(m n/delta); with
the radius of gram-perturbation that asks for m of order n^4.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from sympy import Abs, E, Integer, exp, log, sqrt

from lemmas.dynamics import weight_movement
from lemmas.notation import symbols
from lemmas.notation.runs import E_0
from lemmas.notation.symbols import B, R, delta, lam, n
from lemmas.perturbation import gram_perturbation
from verify import Lemma, Quantity, Search, const, eq, ge, le, lt, positive, real
from verify.proof import Fact, Proof, bound, calc, in_domain, rules, times

a = Quantity("a", real(0), "log of the rest of the width: constants, 1/delta, 1/lambda^2")
early = Quantity("L", positive(128, open_upper=True), "log n, below 128")
late = Quantity("L", real(128, open_lower=True), "log n, above 128")
m = Quantity("m", positive(), "number of neurons, as a real number")
q = Quantity("q", positive(), "number of independent Gaussian vectors, as a real number")
ell = Quantity("l", positive(), "log(4 n^2/delta)")
b = Quantity("b", positive(), "a level B that meets an inequality")
c, k = Quantity("c", positive(), "constant of the width"), Quantity("k", positive(), "constant inside the level B")
C0, C1, C2 = const("C0", 32), const("C1", 4 * sqrt(6)), const("C2", 4 * sqrt(2))
CI = const("CI", 4096)
INSIDE = 16 + 6 * log(n) + 2 * a
SOLVED = 4 + sqrt(INSIDE)
REST = log(c * k * ell / (delta * lam**2))


def proof(p: Proof) -> Fact:
    parts = 4 + sqrt(6 * log(n)) + sqrt(2 * a)
    square = bound(INSIDE, "<=", parts**2, name="the mixed terms are >= 0")
    root = rules.root_at_most(square, parts, bound(0, "<=", parts))
    solved = times(bound(SOLVED, "<=", 4 + parts, root, name="roots are subadditive"), Integer(4))
    return p.conclude(bound(p.goal.left, "<=", p.goal.right, solved, name="the constants"))


def at_least(p: Proof) -> Fact:
    root = rules.root_at_most(bound(2 * a, "<=", sqrt(INSIDE) ** 2), sqrt(INSIDE), bound(0, "<=", sqrt(INSIDE)))
    solved = times(bound(sqrt(2 * a), "<=", SOLVED, root, name="B >= sqrt(2 a)"), Integer(4))
    return p.conclude(bound(p.goal.low, "<=", p.goal.high, solved, name="the constant"))


def at_most_root(p: Proof) -> Fact:
    square = calc(
        "the square completed",
        (b - 4) ** 2,
        ("==", b**2 - 8 * b + 16, []),
        ("<=", INSIDE, [p.given("level")]),
        ("==", sqrt(INSIDE) ** 2, []),
    )
    size = rules.root_at_most(square, sqrt(INSIDE), bound(0, "<=", sqrt(INSIDE)))
    return p.conclude(bound(b, "<=", SOLVED, rules.absolute_above(size, b - 4), name="the root"))


def at_least_root(p: Proof) -> Fact:
    grows = bound(8 * b, "<=", b**2, p.given("level"), name="b^2 >= 8 b")
    above = bound(0, "<=", b - 4, times(grows, 1 / b), name="b >= 8")
    square = calc(
        "the square completed",
        (b - 4) ** 2,
        ("==", b**2 - 8 * b + 16, []),
        (">=", INSIDE, [p.given("level")]),
    )
    return p.conclude(bound(b, ">=", SOLVED, rules.root_at_most(square, b - 4, above), name="the root"))


def from_the_width(p: Proof) -> Fact:
    return p.conclude(bound(p.goal.left, "==", p.goal.right, name="the logarithm of the product"))


def rest_above(p: Proof) -> Fact:
    number = 4 * n**2 / delta
    small = calc(
        "l is at most its argument",
        ell,
        ("<=", log(number), [p.given("l")]),
        ("<=", number, [p.cite("one-plus-x", {"x": log(number)})]),
    )
    return p.conclude(
        calc(
            "the rest",
            REST,
            ("==", log(c * k) + log(ell) - log(delta) - 2 * log(lam), []),
            ("<=", log(c * k) + log(number) - log(delta) - 2 * log(lam), [bound(log(ell), "<=", log(number), small)]),
            ("==", p.goal.right, []),
        )
    )


def rest_below(p: Proof) -> Fact:
    many = bound(0, "<=", log(c * k * ell), p.given("constants"), name="log(c k l) >= 0")
    top = bound(1, "<=", exp(2) / lam, times(p.given("lambda"), 1 / lam), name="e^2/lambda >= 1")
    rest = bound(0, "<=", log(exp(2) / lam), top, name="2 - log lambda >= 0")
    return p.conclude(
        calc(
            "the rest",
            p.goal.low,
            ("<=", p.goal.low + log(exp(2) / lam), [rest]),
            ("<=", p.goal.low + log(exp(2) / lam) + log(c * k * ell), [many]),
            ("==", p.goal.high, []),
        )
    )


def independent(p: Proof) -> Fact:
    scaled = times(p.given("near"), 16 * n * exp(2 * B) * m * lam, name="movement against radius")
    within = times(p.given("radius"), m * lam, name="the radius against lambda")
    root = 64 * E * n**2 * exp(3 * B) / sqrt(delta)
    asked = calc(
        "what the movement asks for",
        root * sqrt(m),
        ("<=", root * sqrt(m) * exp(R), [bound(1, "<=", exp(R), *in_domain(R), name="e^R >= 1")]),
        ("<=", 16 * n * R * exp(2 * B) * m * lam, [scaled]),
        ("<=", m * lam**2, [within]),
    )
    share = times(asked, 1 / sqrt(m), name="divided by sqrt(m)")
    square = rules.square_of_bounded(bound(Abs(root), "<=", sqrt(m) * lam**2, share), root)
    width = times(square, lam**-4, name="the squares divided by lambda^4")
    return p.conclude(bound(m, ">=", p.goal.right, width, name="the constant"))


def draw(rng: np.random.Generator, case: str) -> dict[str, Any]:
    """Up to 60 points; a up to 1e4, 0 in the case "no rest"; every other number a little beyond what is allowed."""
    size, delta, B = int(rng.integers(1, 61)), float(rng.uniform(0.01, 0.9)), float(rng.uniform(0, 4))
    rest = 0.0 if case == "no rest" else float(10 ** rng.uniform(-2, 4))
    root = 4 + float(np.sqrt(16 + 6 * np.log(size) + 2 * rest))
    lam, c, k = (float(v) for v in np.exp(rng.uniform(-1, [2.1, 2, 2])))
    R = lam / (16 * size * np.exp(2 * B)) * float(rng.uniform(0.2, 1.05))
    width = 16 * size**2 * np.exp(2 * (B + R + 1)) / (delta * lam**2 * R**2) * float(rng.uniform(0.8, 2))
    number = {"a": rest, "b": root * float(rng.uniform(0.9, 1.1)), "c": c, "k": k, "R": R, "m": float(width)}
    top = float(np.log(4 * size**2 / delta)) * float(rng.uniform(0.2, 1.05))
    return {"X": np.zeros((size, 1)), "delta": delta, "B": B, "lam": lam, "l": top, **number}


def _family(u: np.ndarray[Any, Any]) -> dict[str, Any]:
    """One to a hundred points, a up to 1e6."""
    return {"X": np.zeros((int(10 ** (2 * u[0])), 1)), "a": float(10 ** (10 * u[1] - 4)) if u[1] > 0.01 else 0.0}


MOVE = weight_movement.lemma.numeric(weight_movement.lemma.claim).right
STABLE = gram_perturbation.lemma.also["eigenvalue"]
RADIUS = STABLE.numeric(STABLE.given["radius against lambda"])
NUMBERS = {E_0: E * sqrt(m * n / delta), symbols.m: m}
ROUTE = {"near": le(MOVE, R).subs(NUMBERS), "radius": RADIUS.subs(NUMBERS)}
DRAWN: dict[str, Any] = {"draw": draw, "cases": ("random", "no rest")}
SEARCHED: dict[str, Any] = {**DRAWN, "search": {"points and rest": Search(2, _family)}}
EQUATION = 2 * (3 * log(n) + 4 * b + a)

lemma = Lemma(
    le(4 * B, C0 + C1 * sqrt(log(n)) + C2 * sqrt(a)),
    where={B: SOLVED},
    latex=r"4B \le {C0} + {C1}\sqrt{{\log n}} + {C2}\sqrt{{a}}, \qquad B = 4 + \sqrt{{16 + 6\log n + 2a}}",
    source="the classical route's width, solved at its own level; this project's explicit constants",
    limitations="About the width that this route prescribes, not the least that works; 4B/log n comes on top of the 2"
    " of n^2. That e^{4B} is n^{o(1)} is read off the parts by dividing by log n.",
    uses=("gram-perturbation", "one-plus-x", "weight-movement"),
    proof=proof,
    faults={
        "no root of a": Lemma(le(4 * B, C0 + C1 * sqrt(log(n))), where={B: SOLVED}, **SEARCHED),
    },
    also={
        "at least": Lemma(
            ge(4 * B, C2 * sqrt(a)),
            where={B: SOLVED},
            latex=r"4B \ge {C2}\,\sqrt{{a}}",
            limitations="So 4B/log n tends to 0 only if a = o(log^2 n).",
            proof=at_least,
            **SEARCHED,
        ),
        "solved, above": Lemma(
            le(b, SOLVED),
            given={"level": le(b**2, EQUATION)},
            latex=r"b^2 \le 2(3\log n + 4b + a) \implies b \le 4 + \sqrt{{16 + 6\log n + 2a}}",
            limitations="With the other direction, B is the only level that meets the equation.",
            proof=at_most_root,
            **DRAWN,
        ),
        "solved, below": Lemma(
            ge(b, SOLVED),
            given={"level": ge(b**2, EQUATION)},
            latex=r"b^2 \ge 2(3\log n + 4b + a),\ b > 0 \implies b \ge 4 + \sqrt{{16 + 6\log n + 2a}}",
            limitations="For positive levels; the equation has a root at most 0 as well.",
            proof=at_least_root,
            **DRAWN,
        ),
        "level of the width": Lemma(
            eq(2 * log(k * q * n / delta), 2 * (3 * log(n) + 4 * b + REST)),
            where={q: c * n**2 * exp(4 * b) * ell / lam**2},
            latex=r"q = c\,n^2 e^{{4b}}\,l/\lambda^2 \implies"
            r" 2\log\frac{{kqn}}{{\delta}} = 2\Big(3\log n + 4b + \log\frac{{ckl}}{{\delta\lambda^2}}\Big)",
            limitations="q as a real number; rounding it up to an integer adds at most log 2 to a.",
            proof=from_the_width,
            **DRAWN,
        ),
        "rest from above": Lemma(
            le(REST, log(4 * c * k) + 2 * log(n) + 2 * log(1 / delta) + 2 * log(1 / lam)),
            given={"l": le(ell, log(4 * n**2 / delta))},
            latex=r"\log\frac{{ckl}}{{\delta\lambda^2}} \le \log(4ck) + 2\log n + 2\log\frac1\delta"
            r" + 2\log\frac1\lambda",
            limitations="Generous: l is a logarithm and is bounded by its argument; enough for a = o(log^2 n).",
            uses=("one-plus-x",),
            proof=rest_above,
            **DRAWN,
        ),
        "rest from below": Lemma(
            le(log(1 / delta) + log(1 / lam), REST + 2),
            given={"lambda": le(lam, exp(2)), "constants": le(1, c * k * ell)},
            latex=r"\log\frac1\delta + \log\frac1\lambda \le \log\frac{{ckl}}{{\delta\lambda^2}} + 2",
            limitations="For lambda at most e^2, which holds for data in the unit ball.",
            proof=rest_below,
        ),
        "below 128": Lemma(
            lt(early, 4 * B),
            where={B: SOLVED.subs({log(n): early, a: 0})},
            latex=r"4B > L \qquad (a = 0,\ 0 < L = \log n < 128)",
            limitations="Constants, delta and lambda are ignored (a = 0); they only make the exponent larger.",
        ),
        "above 128": Lemma(
            lt(4 * B, late),
            where={B: SOLVED.subs({log(n): late, a: 0})},
            latex=r"4B < L \qquad (a = 0,\ L = \log n > 128)",
            limitations="With a > 0 the exponent falls below 1 later.",
        ),
        "independent signs": Lemma(
            ge(m, CI * E**2 * n**4 * exp(6 * B) / (delta * lam**4)),
            given=ROUTE,
            latex=r"\frac{{4\sqrt{{n}}\,e^{{B+R}}}}{{m\lambda}}\,e\sqrt{{mn/\delta}} \le R"
            r",\ 16 n R e^{{2B}} \le \lambda \implies m \ge {CI}\,e^2\, n^4 e^{{6B}}/(\delta\lambda^4)",
            limitations="What this route asks for when Markov's inequality bounds the residual, not what is necessary.",
            proof=independent,
            **DRAWN,
        ),
    },
    **SEARCHED,
)
