"""Where the Jacobian drifts exponentially |e| + C c psi(|W - W(0)|) never grows, so descent stays close and converges.

psi(s) = sigma0 s - L (e^s - 1 - s) is the integral of what jacobian-drift leaves of the least singular value; it
reaches L phi(sigma0 / L), phi(x) = (1 + x) log(1 + x) - x, at s = log(1 + sigma0 / L).

Source: this project's explicit version; one step for any C^1 map, all steps for the network.

Proof: with rho = sigma0 - L (e^{|W - W(0)|} - 1) and g = |J^T e| >= rho |e| the residual falls by at least eta c rho g
(as in kantorovich-descent). psi is concave, so it gains at most rho eta g. If |e(0)| <= c psi(s) then |e| is at most
c sigma0 (s - |W - W(0)|), so that no step ends beyond s; inside, Taylor's theorem bounds the curvature. Induction.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from sympy import exp

from lemmas import quadratic_maps
from lemmas.draws import INSIDE
from lemmas.dynamics import kantorovich_descent as step
from lemmas.notation.descent import (
    beta,
    c,
    direction,
    dist,
    dist_next,
    e_next,
    excess,
    grad_norm,
    mapped,
    res_next,
    sigma0,
)
from lemmas.notation.jacobians import rad
from lemmas.notation.symbols import E, e, eta, i, r, w, w0
from lemmas.notation.walk import size_first
from lemmas.steps import drift_path, drift_steps
from lemmas.steps import kantorovich as letters
from lemmas.steps.drift_path import D_path, psi, worst_drift
from lemmas.steps.kantorovich import E_START, L
from verify import Lemma, Relation, Search, const, gt, le
from verify.proof import Fact, Proof, bound, instance, rules
from verify.proof.terms import euclidean

C = const("C", 1, "tight")
RHO = sigma0 - L * (exp(dist) - 1)


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


def no_jump(p: Proof) -> Fact:
    """|W - W(0)| + eta |J^T e| <= s, from what is known at the beginning of the step."""
    known = [p.given(name) for name in ("inside", "near", "reach", "slope below norm", "step size")]
    tangent = p.cite("one-plus-x", {"x": rad - dist})
    here = {letters.E: E, letters.G: grad_norm, letters.D: dist, letters.A: rad}
    return p.conclude(instance(letters.drift_no_jump(), here, step.gradient_above(p), *known, tangent))


def rate(p: Proof) -> Fact:
    """|e+| <= (1 - eta c rho^2) |e|."""
    straight, beyond = e(i) - eta * mapped, e_next(i) - e(i) + eta * mapped
    known = [step.gradient_above(p), step.linear_part(p), rules.euclidean_triangle(i, straight, beyond)]
    known += [p.given(name) for name in ("drift", "taylor", "step size", "slope left")]
    here = {letters.E: E, letters.G: grad_norm, letters.D: dist, letters.RHO: RHO}
    after = {letters.E_NEXT: res_next, letters.X: euclidean(straight, i), letters.V: excess}
    return p.conclude(instance(letters.rate(), {**here, **after}, *known))


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
    return bounded(quadratic_maps.draw(rng, case), float(rng.uniform(0.95, 1.2)))


def within(at: dict[str, Any], share: float) -> dict[str, Any]:
    """A radius s with c psi(s) = share |e(0)|; a share below 1 is one that the lemma does not admit."""
    L, slope = at["L"], at["sigma0"]
    end = float(np.log1p(slope / L))
    found = np.linspace(0, end, 4000)
    reached = at["c"] * (slope * found - L * (np.expm1(found) - found))
    place = int(np.searchsorted(reached, share * at["E_start"]))
    return {**at, "rad": float(found[min(place, len(found) - 1)]) + 1e-12}


def draw_inside(rng: np.random.Generator, case: str) -> dict[str, Any]:
    """The same maps with a radius that is sometimes too small."""
    return within(draw(rng, case), float(rng.uniform(0.9, 1.4)))


def _bent_inside(u: np.ndarray[Any, Any]) -> dict[str, Any]:
    return within(_bent(u), 1.0)


def _bent(u: np.ndarray[Any, Any]) -> dict[str, Any]:
    return bounded(quadratic_maps.bent_line(u), 0.99 + 0.12 * float(u[2]))


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
IN: dict[str, Relation] = {
    **{name: GIVEN[name] for name in ("bounded", "step size", "inside")},
    "near": le(dist, rad),
    "reach": le(E_START, c * psi(rad)),
    "slope below norm": le(sigma0, beta),
}
PARABOLA: dict[str, Relation] = {
    **drift_path.GIVEN,
    "slope left": le(sigma0, L * (exp(rad) - 1)),  # none: the ball is all that the lemma may use
    "reach": le(size_first, c * sigma0**2 / (2 * L)),
}
RUNAWAY = Search(1, drift_path.runaway)
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
    limitations="The first three parts are one step each of any map; 'stays' and 'contraction' are about the network, "
    "with constants that are measured at the start.",
    uses=("jacobian-drift", "one-plus-x"),
    proof=proof,
    faults={
        "phi(x) by x^2/2": Lemma(
            le(res_next + c * (sigma0 * dist_next - L * dist_next**2 / 2), E_START),
            given={**GIVEN, "inside": le(E + c * (sigma0 * dist - L * dist**2 / 2), E_START)},
            **{**SETTING, "search": {"parabola": Search(4, _parabola)}},
        ),
    },
    also={
        "no jump": Lemma(
            le(dist + eta * grad_norm, rad),
            given=IN,
            latex=r"\|W-W(0)\| + \eta\|J^{{\!\top}}e\| \le s \text{{ if }} \|e(0)\| \le c\,\psi(s)",
            uses=("one-plus-x",),
            proof=no_jump,
            **{**SETTING, "draw": draw_inside, "search": {"bent line": Search(4, _bent_inside)}},
        ),
        "rate": Lemma(
            le(res_next, (1 - eta * c * RHO**2) * E),
            given={name: relation for name, relation in GIVEN.items() if name != "inside"},
            latex=r"\|e^+\| \le (1-\eta c\rho^2)\,\|e\|, \quad \rho = \sigma_0 - L(e^{{\|W-W(0)\|}}-1)",
            proof=rate,
            **SETTING,
        ),
        "stays": Lemma(
            le(D_path, rad),
            given=drift_path.GIVEN,
            latex=r"\|W(t)-W(0)\|_F \le s \text{{ if }} \|e(0)\| \le c\,\psi(s)",
            limitations="For the network; all constants are asked for at the start only. A coupled or any other start.",
            uses=("jacobian-drift", "kantorovich-drift"),
            proof=drift_steps.stays,
            faults={"phi(x) by x^2/2": Lemma(le(D_path, rad), given=PARABOLA, search={"runaway": RUNAWAY})},
            draw=drift_path.draw,
            cases=drift_path.CASES,
        ),
        "contraction": Lemma(
            le(worst_drift, 0),
            given=drift_path.GIVEN,
            latex=r"\|e(t+1)\| \le (1-\eta c\rho^2)\,\|e(t)\|, \quad \rho = \sigma_0 - L(e^s-1)",
            limitations="For the network, as 'stays'.",
            uses=("jacobian-drift", "kantorovich-drift"),
            proof=drift_steps.contraction,
            draw=drift_path.draw,
            cases=drift_path.CASES,
        ),
    },
    **SETTING,
)
