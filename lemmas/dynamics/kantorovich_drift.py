"""One step where the Jacobian drifts exponentially: |e+| + C c psi(|W+ - W(0)|) stays at most |e(0)|.

psi(s) = sigma0 s - L (e^s - 1 - s) is the integral of what jacobian-drift leaves of the least singular value; it
reaches L phi(sigma0 / L), phi(x) = (1 + x) log(1 + x) - x, at s = log(1 + sigma0 / L).

Source: this project's explicit version, for the damped Jacobian of the network and any other C^1 map.

Proof: with rho = sigma0 - L (e^{|W - W(0)|} - 1) and g = |J^T e| >= rho |e| the residual falls by at least eta c rho g
(as in kantorovich-descent). psi is concave, so it gains at most rho eta g.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from sympy import exp

from lemmas import kantorovich as letters
from lemmas import quadratics
from lemmas.descent import c, direction, dist, dist_next, e_next, excess, grad_norm, mapped, res_next, sigma0
from lemmas.draws import INSIDE
from lemmas.dynamics import kantorovich_descent as step
from lemmas.kantorovich import E_START, L
from lemmas.symbols import E, e, eta, i, r, w, w0
from verify import Lemma, Relation, Search, const, gt, le
from verify.proof import Fact, Proof, bound, instance, rules
from verify.proof.terms import euclidean

C = const("C", 1, "tight")
RHO = sigma0 - L * (exp(dist) - 1)


def psi(s: Any) -> Any:
    """The integral of sigma0 - L (e^u - 1) from 0 to s."""
    return sigma0 * s - L * (exp(s) - 1 - s)


def proof(p: Proof) -> Fact:
    straight, beyond = e(i) - eta * mapped, e_next(i) - e(i) + eta * mapped
    growth = rules.direct_sum_triangle(w(r) - w0(r), eta * direction(r), r)
    further = bound(dist_next, "<=", dist + eta * grad_norm, growth, name="the distance grows by at most eta g")
    known = [step.gradient_above(p), step.linear_part(p), rules.euclidean_triangle(i, straight, beyond), further]
    known += [p.given(name) for name in ("drift", "taylor", "step size", "inside", "slope left")]
    tangent = p.cite("one-plus-x", {"x": dist_next - dist})
    here = {letters.E: E, letters.G: grad_norm, letters.D: dist, letters.RHO: RHO}
    after = {letters.E_NEXT: res_next, letters.D_NEXT: dist_next, letters.X: euclidean(straight, i), letters.V: excess}
    found = instance(letters.drift_potential(), {**here, **after}, *known, tangent)
    goal = res_next + p.const("C") * c * psi(dist_next)
    return p.conclude(bound(goal, "<=", E_START, found, name="the constant"))


def bounded(at: dict[str, Any], start: float) -> dict[str, Any]:
    """The least L at which the drift is one, and E_start = ``start`` times what the step begins with."""
    far, size = float(np.linalg.norm(at["W"] - at["W0"])), float(np.linalg.norm(at["e"]))
    flat = np.swapaxes(at["J"], 0, 1).reshape(len(at["e"]), -1)
    lost = at["sigma0"] - float(np.linalg.norm(flat.T @ at["e"])) / max(size, 1e-9) / INSIDE
    drift = max(lost / max(np.expm1(far), 1e-9), 1e-3 * at["sigma0"]) * INSIDE
    begun = size + at["c"] * (at["sigma0"] * far - drift * (np.expm1(far) - far))
    return {**at, "L": float(drift), "E_start": float(max(begun * start, 1e-6))}


def draw(rng: np.random.Generator, case: str) -> dict[str, Any]:
    """The maps of kantorovich-descent; E_start is sometimes too small."""
    return bounded(quadratics.draw(rng, case), float(rng.uniform(0.95, 1.2)))


def _bent(u: np.ndarray[Any, Any]) -> dict[str, Any]:
    return bounded(quadratics.bent_line(u), 0.99 + 0.12 * float(u[2]))


def _parabola(u: np.ndarray[Any, Any]) -> dict[str, Any]:
    """The same with E_start as the planted potential, a parabola, needs it at the beginning of the step."""
    at = _bent(u)
    far = float(np.linalg.norm(at["W"] - at["W0"]))
    begun = float(np.linalg.norm(at["e"])) + at["c"] * (at["sigma0"] * far - at["L"] * far**2 / 2)
    return {**at, "E_start": begun * (1 + 1e-7)}


GIVEN: dict[str, Relation] = {
    "drift": le(RHO * E, grad_norm),
    "bounded": step.STEP["bounded"],
    "taylor": step.STEP["taylor"],
    "step size": step.STEP["step size"],
    "slope left": gt(RHO, 0),
    "inside": le(E + c * psi(dist), E_START),
}
SETTING: dict[str, Any] = {
    "draw": draw,
    "cases": ("small", "middling", "wide"),
    "search": {"bent line": Search(4, _bent)},
}

lemma = Lemma(
    le(res_next + C * c * psi(dist_next), E_START),
    given=GIVEN,
    latex=r"\|e^+\| + {C}\,c\,\psi(\|W^+-W(0)\|) \le \|e(0)\|,\quad \psi(s) = \sigma_0 s - L(e^s-1-s)",
    source="this project's explicit version",
    limitations="One step. That no step passes the maximum of psi, and the induction over steps, are not part of it.",
    uses=("one-plus-x",),
    proof=proof,
    faults={
        "phi(x) by x^2/2": Lemma(
            le(res_next + c * (sigma0 * dist_next - L * dist_next**2 / 2), E_START),
            given={**GIVEN, "inside": le(E + c * (sigma0 * dist - L * dist**2 / 2), E_START)},
            **{**SETTING, "search": {"parabola": Search(4, _parabola)}},
        ),
    },
    **SETTING,
)
