"""Laplace transform of one neuron's share: E e^{-theta A} is at most the resolvent bound M, whatever its coefficients.

A = K^{-1/2} D G D K^{-1/2} = Y Y', D = diag(e^{z_i}), z = Xw. u'Mu is the mean of |u - theta Y p|^2 + theta |p - Y't|^2
+ 2 |t|^2, where p = sum f_a(z_l) v_al x_l and t = K^{-1/2} (f_b(z_l) w_bl), f(z) = e^{alpha z - rho^2 z^2/2}, and v_al,
w_bl are linear in u but not random. Without t it is I - theta (P'V + V'P - V'(R + theta S)V) at its best.

Source: this project's explicit version; least squares, and e^{-x} <= 1/(1 + x + x^2/2).

Proof: u'(1 + theta A + theta^2 A^2/2)^{-1} u is the least value of that form over all p and t, so it is at most the
form at these, which depend on w; take the mean.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from lemmas.laplace import trials
from lemmas.laplace.tail import Damping
from lemmas.laplace.width import SHARP, SIMPLE
from lemmas.notation.damped import A_1, KEPT, RESOLVENT, gap_kept, mean_of, resolvent_entry, theta, z
from lemmas.steps.damped_steps import resolvent, resolvent_inner_doubled, restated
from verify import Lemma, Quantity, Search, le, real
from verify.proof import Fact, Proof
from verify.proof.terms import MeanExcess
from verify.statement import Instance

RESOLVENT_INNER = mean_of("resolvent bound, theta doubled beside S", resolvent_entry(2 * theta))
KINDS = {"first order": (SIMPLE[0], (SHARP[1][0],)), "second order": SHARP}


def proof(p: Proof) -> Fact:
    return p.conclude(restated(resolvent(p), RESOLVENT))


def inner_doubled(p: Proof) -> Fact:
    return p.conclude(restated(resolvent_inner_doubled(p), RESOLVENT_INNER))


def at_trial(length: float, exponent: float, kind: str, stretch: float) -> dict[str, Any]:
    """One point of this norm; the coefficients are ``stretch`` times the best ones, so that 1 is the hardest case."""
    X = np.full((1, 1), length)
    at = trials.best(X, exponent, Damping(2.0), KINDS[kind])
    second = 0.0 if kind == "first order" else stretch
    return {**at, "X": X, "G": np.ones((1, 1)), "V1": stretch * at["V1"], "V2": second * at["V2"]}


def draw(rng: np.random.Generator, case: str) -> dict[str, Any]:
    """One point, features of one or of both kinds, coefficients near the best; one of POOL settings."""
    return {**_setting(case, int(rng.integers(0, POOL))), "G": rng.standard_normal((3, 1))}


POOL = 24


@lru_cache(maxsize=4 * POOL)
def _setting(case: str, number: int) -> dict[str, Any]:
    rng = np.random.default_rng(number)
    stretch = float(rng.choice([1.0, rng.uniform(0.5, 1.5)]))
    return at_trial(float(rng.uniform(0.3, 1.0)), float(rng.uniform(0.02, 2)), case, stretch)


def _best(u: NDArray[Any]) -> dict[str, Any]:
    """|x| = 1, theta up to 2, one feature, at its best coefficient."""
    return at_trial(1.0, 0.05 + 2 * float(u[0]), "first order", 1.0)


def _doubled(at: Instance) -> Any:
    bound = trials.resolvent_matrix(at)
    return (trials.transform(at) - (2 * bound - np.eye(1).astype(bound.dtype)))[0, 0]


def _searched(u: NDArray[Any]) -> dict[str, Any]:
    """The same, with coefficients down to a quarter of the best ones: those that suit a larger S are smaller."""
    return at_trial(1.0, 0.05 + 2 * float(u[0]), "first order", 0.25 + float(u[1]))


gap_inner = Quantity(
    "gap_inner",
    real(),
    "lambda_max(E e^{-theta A} - M), M the resolvent bound with theta doubled beside S; by quadrature, for one point",
    lambda at: trials.remembered("inner", at, lambda: (trials.transform(at) - trials.resolvent_matrix(at, 2))[0, 0]),
    MeanExcess(sp.Lambda(z, KEPT), A_1, RESOLVENT_INNER),
)
gap_doubled = Quantity("gap_doubled", real(), "planted: the factor theta before the resolvent doubled", _doubled)
SETTING: dict[str, Any] = {"draw": draw, "cases": tuple(KINDS)}
BEST = {"best coefficient": Search(1, _best)}  # for what is planted: the lemma itself is proved

lemma = Lemma(
    le(gap_kept, 0),
    latex=r"\mathbb{{E}}\,e^{{-\theta A}} \preceq I - \theta K^{{-1/2}}P^{{\!\top}}(R+\theta S)^{{-1}}P K^{{-1/2}},"
    r"\quad P_{{ij}} = G_{{ij}}\,\mathbb{{E}} f(z_i)e^{{z_j}},\ \dots",
    source="this project's explicit version",
    limitations="M is written as a matrix of expectations. That the code has their closed forms (Gaussian integrals) "
    "right is shown by tests: by running it on symbols, by quadrature and by sampling. The Laplace transform itself "
    "is enclosed for one point only.",
    uses=("damping-price",),
    proof=proof,
    faults={
        "theta doubled before the resolvent": Lemma(le(gap_doubled, 0), search=BEST, **SETTING),
        "theta doubled inside the resolvent, which is true": Lemma(
            le(gap_inner, 0),
            source="e^{-theta x} <= e^{-3 theta x}/5 + 4 e^{-theta x/2}/5 (Jensen): the bound with 2 theta beside S is "
            "1/5 of the bound at 3 theta and 4/5 of that at theta/2",
            uses=("damping-price",),
            proof=inner_doubled,
            search={"smaller coefficients": Search(2, _searched)},
            **SETTING,
        ),
    },
    **SETTING,
)
