"""What damping costs: (1 + C (2p + g)) (1 - e^{-g}) <= g e^p for p, g >= 0; and the same for operators.

With p = s^2 x, g = (1 - s^2) x this is e^{-s^2 x} - e^{-x} <= (1 - s^2) x / (1 + C (1 + s^2) x), 0 <= s <= 1, x >= 0.

Source: this project's explicit version; it prices neurons that the analysis damps by s; C = 1/2 is tight at x = 0.

Proof: ball arithmetic over the whole quadrant, the double zero at p = g = 0 divided out; so are e^{-x} <= 1/(1 + x) and
1/(1 + x + x^2/2). For operators: e^{-theta s^2 x} is convex in s^2, so it is at most its mean over the slabs of the
farthest point, and a slab of the farthest point is covered by those of all points; the spectral theorem carries the
inequality over, and (1 + cA)^{-1} >= 2T - T(1 + cA)T makes it affine in A, so that means pass.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import sympy as sp
from sympy import Rational, exp

from lemmas.laplace import trials
from lemmas.laplace.tail import Damping
from lemmas.laplace.width import SIMPLE
from lemmas.notation.damped import A_1, LEVELS, LOST, PRICE, gap_lost, mean_of, price_entry, z
from lemmas.steps.damped_steps import price, restated
from verify import Lemma, Quantity, const, le, real
from verify.proof import Fact, Proof
from verify.proof.terms import MeanExcess

C = const("C", Rational(1, 2), "tight")
C1 = const("C1", 1, "tight")
C2 = const("C2", Rational(1, 2), "tight")
x = Quantity("x", real(0), "an eigenvalue of theta A")
s = Quantity("s", real(0, 1), "the weight of a neuron in the analysis")
p = Quantity("p", real(0), "s^2 x, what is left of x where a neuron is damped by s")
g = Quantity("g", real(0), "(1 - s^2) x, what damping takes")


def operators(proof: Proof) -> Fact:
    return proof.conclude(restated(price(proof), PRICE))


def operators_whole(proof: Proof) -> Fact:
    return proof.conclude(restated(price(proof, sp.S.One), WHOLE))


def draw(rng: np.random.Generator, case: str) -> dict[str, Any]:
    """One point and random levels, at the best trial matrices or off them; one of POOL settings: quadrature costs."""
    return {**_setting(case, int(rng.integers(0, POOL))), "G": rng.standard_normal((3, 1))}


POOL = 24


@lru_cache(maxsize=4 * POOL)
def _setting(case: str, number: int) -> dict[str, Any]:
    rng = np.random.default_rng(number)
    X = np.full((1, 1), float(rng.uniform(0.4, 1.0)))
    offsets = np.cumsum(rng.uniform(0.05, 0.6, 1 if case == "one level" else 3))
    damping = Damping(float(rng.uniform(-0.5, 2)), tuple(float(o) for o in offsets))
    at = trials.best(X, float(rng.uniform(0.02, 2)), damping, (SIMPLE[0], SIMPLE[0]))
    off = float(rng.choice([1.0, rng.uniform(0.5, 1.5)]))
    return {**at, "X": X, "T": off * at["T"], "T_top": off * at["T_top"]}


WHOLE = mean_of("price without 1 - s_k^2", price_entry(sp.S.One))
gap_whole = Quantity(
    "gap_whole",
    real(),
    "the same as gap_lost with 1 for the factor 1 - s_k^2 in M",
    lambda at: trials.remembered("whole", at, lambda: (trials.damped_loss(at) - trials.price_matrix(at, True))[0, 0]),
    MeanExcess(sp.Lambda(z, LOST), A_1, WHOLE),
)
SETTING: dict[str, Any] = {"given": LEVELS, "draw": draw, "cases": ("one level", "three levels")}

lemma = Lemma(
    le((1 + C * (2 * p + g)) * (1 - exp(-g)), g * exp(p)),
    latex=r"e^{{-s^2x}} - e^{{-x}} \le \frac{{(1-s^2)\,x}}{{1+{C}\,(1+s^2)\,x}}, \qquad p = s^2x,\ g = (1-s^2)\,x",
    source="this project's explicit version",
    limitations="The closed forms of the expectations in the operator form (an exponential tilt) are checked by tests: "
    "on symbols, by quadrature and by sampling.",
    also={
        "first order": Lemma(
            le((1 + C1 * x) * exp(-x), 1),
            latex=r"(1+{C1}\,x)\,e^{{-x}} \le 1",
            limitations="Sharp at x = 0 only.",
        ),
        "second order": Lemma(
            le((1 + x + C2 * x**2) * exp(-x), 1),
            latex=r"(1+x+{C2}\,x^2)\,e^{{-x}} \le 1",
            limitations="Sharp at x = 0 only.",
        ),
        "operators": Lemma(
            le(gap_lost, 0),
            latex=r"\mathbb{{E}}\big[e^{{-\theta s^2A}}-e^{{-\theta A}}\big] \preceq "
            r"\sum_{{l,k}} (1-s_k^2)\,\theta A_{{lk}}"
            r"\big(I+\tfrac12(1+s_k^2)\theta A_{{lk}}/Q_{{lk}}\big)^{{-1}}",
            limitations="The right side stands for the tangents to x/(1 + c x) at any trial matrices, of which these "
            "are the best; its entries are written as expectations over slabs.",
            uses=("damping-price",),
            proof=operators,
            faults={
                "without 1 - s_k^2, which is true": Lemma(
                    le(gap_whole, 0),
                    source="1 - s_k^2 <= 1, and the tangents it multiplies bound z/(1 + c z) >= 0",
                    uses=("damping-price",),
                    proof=operators_whole,
                    **SETTING,
                )
            },
            **SETTING,
        ),
    },
    faults={
        "1 + s^2 without the half": Lemma(le((1 + 2 * p + g) * (1 - exp(-g)), g * exp(p))),
        "without 1 - s^2, which is true": Lemma(
            le((1 + (1 + s**2) * x / 2) * (exp(-(s**2) * x) - exp(-x)), x),
            source="1 - s^2 <= 1, and the right side of the lemma is >= 0",
        ),
    },
)
