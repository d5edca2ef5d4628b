"""Small statements, true and false, on which the checks are tried."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy as sp

from verify.checks.base import Budget, Context
from verify.lemma import Lemma, Search
from verify.relations import eq, ge, le
from verify.statement import Instance, Quantity, const, integer, positive, real

SMALL = Budget("quick", boxes=20_000, trials=400, draws=200, searches=200, digits=40)


def context(seed: int = 0, **changes: Any) -> Context:
    def nothing(lemma_id: str) -> Lemma:
        raise LookupError(lemma_id)

    return Context(Budget(**{**vars(SMALL), **changes}), seed, nothing)


# --- vectors: |u + v|^2 <= C (|u|^2 + |v|^2), sharp at u = v with C = 2 --------------------------------------------


def _sum_squared(at: Instance) -> Any:
    total = at["u"] + at["v"]
    return (total * total).sum()


def _squares(at: Instance) -> Any:
    return (at["u"] * at["u"]).sum() + (at["v"] * at["v"]).sum()


S = Quantity("S", real(0), "squared norm of u + v", measure=_sum_squared)
N = Quantity("N", real(0), "sum of the squared norms", measure=_squares)
C = const("C", 2, "tight")


def _two_vectors(rng: np.random.Generator, case: str) -> Instance:
    u = rng.normal(size=3)
    return {"u": u, "v": u + 0.1 * rng.normal(size=3) if case == "near" else rng.normal(size=3)}


def _from_cube(point: np.ndarray[Any, Any]) -> Instance:
    return {"u": 2 * point[:2] - 1, "v": 2 * point[2:] - 1}


parallelogram = Lemma(
    le(S, C * N),
    draw=_two_vectors,
    cases=("any", "near"),
    search={"plane": Search(4, _from_cube)},
    id="parallelogram",
)

# --- a hypothesis that matters: if |u|_inf <= B then |u|^2 <= 3 B^2 ------------------------------------------------


def _largest(at: Instance) -> Any:
    entries = [abs(x) for x in at["u"]]
    best = entries[0]
    for x in entries[1:]:
        best = x.max(best) if hasattr(x, "max") and not isinstance(x, np.floating) else max(x, best)
    return best


M = Quantity("M", real(0), "largest entry", measure=_largest)
U = Quantity("U", real(0), "squared norm", measure=lambda at: (at["u"] * at["u"]).sum())
B = Quantity("B", positive(), "bound on the entries")
D = const("D", 3, "tight")


def _bounded(rng: np.random.Generator, case: str) -> Instance:
    u = rng.uniform(-1, 1, size=3)
    return {"u": u, "B": float(np.abs(u).max()) if case == "measured" else float(rng.uniform(0.2, 2.0))}


box_norm = Lemma(le(U, D * B**2), given={"bounded": le(M, B)}, draw=_bounded, cases=("free", "measured"), id="box-norm")

k = Quantity("k", integer(1), "a number of things")
bad_integer = Lemma(ge(k, 1), id="bad-integer")

# --- an identity ------------------------------------------------------------------------------------------------------

Y = Quantity("Y", real(), "<u, v>", measure=lambda at: (at["u"] * at["v"]).sum())
polarization = Lemma(eq(S, N + 2 * Y), draw=_two_vectors, cases=("any",), id="polarization")

# --- a probability: max of n Gaussians --------------------------------------------------------------------------------

n = Quantity("n", integer(), "number of Gaussians")
delta = Quantity("delta", positive(1, open_upper=True), "probability of failure")
G = Quantity("G", real(0), "largest modulus", measure=lambda at: np.abs(at["g"]).max())
T = Quantity("T", real(0), "threshold")
K = const("K", 2)


def _gaussians(rng: np.random.Generator, case: str) -> Instance:
    size = {"one": 1, "ten": 10}[case]
    return {"g": rng.normal(size=size), "n": size, "delta": 0.1}


gaussian_max = Lemma(
    le(G, T),
    where={T: sp.sqrt(2 * sp.log(K * n / delta))},
    fails_with=delta,
    draw=_gaussians,
    cases=("one", "ten"),
    id="gaussian-max",
)

# --- numbers ----------------------------------------------------------------------------------------------------------

z = Quantity("z", real(-1, 1), "a number")
E = const("E", 2)
first_order = Lemma(le(sp.Abs(sp.exp(z) - 1), E * sp.Abs(z)), id="first-order")
p = Quantity("p", real(), "a number")
one_plus = Lemma(le(1 + p, sp.exp(p)), id="one-plus")
above = Lemma(ge(p, 3), given={"large": ge(p, 3)}, id="above")
