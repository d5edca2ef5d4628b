"""The tight chain's width: every hypothesis of convergence-tight verified in balls at one exact choice of parameters.

A search in floats proposes theta, the levels, the features and m, the least even number that is enough in floats; there
the chance of failure is certified, or at 1 % more where rounding spoils it. Parameters that the search misses may need
less. All others follow, each rounded to the safe side. They are stored with the width, so that `recheck` verifies it
again without searching.
"""

from __future__ import annotations

import contextlib
import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import cache, lru_cache
from typing import Any

import numpy as np
import scipy
import sympy as sp
from flint import arb, ctx

from lemmas import model
from lemmas.laplace.balls import PRECISION, prove_width, trace_upper
from lemmas.laplace.integrals import Feature
from lemmas.laplace.tail import Damping
from lemmas.laplace.width import Parameters, Width, step_size, steps_needed
from lemmas.notation.damped import above, rising, tau, theta, trace_q
from lemmas.notation.descent import beta, c, lip, sigma0
from lemmas.notation.jacobians import B1, X_norm, b, n4, rad
from lemmas.notation.symbols import delta, eta, lam, m, n, q
from lemmas.notation.training import y_norm
from lemmas.steps.damped_start import cut
from lemmas.steps.drift_path import RHO, psi
from lemmas.steps.kantorovich import L
from lemmas.theorems.convergence_tight import DATA, LEVEL, PARAMETERS, delta2
from lemmas.widths.comparison import Case, Json, label_norm, plain, rational, shared, values
from verify.balls.compile import evaluate, float_function
from verify.balls.exact import exact, upper_decimal
from verify.chain import ChainError, Library, Requirement, SearchError, verify
from verify.statement import Quantity

THEOREM = "convergence-tight"
SPENT = Fraction(1, 1000)  # of delta, on the step size
ROOM = Fraction(1, 10**9)  # by which what is rounded lies on the safe side
SIZES = (n4, X_norm, y_norm)


@lru_cache(maxsize=4)
def searched(case: Case) -> tuple[Width, Mapping[str, Any]]:
    """The width that the search proposes, and whether the chance of failure is certified there."""
    assert case.data is not None
    found, certificate = prove_width(case.data.X, label_norm(case), exact(case.delta * (1 - SPENT)))
    return found, dict(certificate)


def solved(case: Case, eigenvalue: arb, library: Library) -> Json:
    """The certified width that the search finds, with every parameter and check; ChainError where there is none."""
    if label_norm(case).is_zero():
        raise ChainError("chain tight: y = 0 is the output at a coupled start, so every even m suffices without a step")
    try:
        found, certificate = searched(case)
    except (ValueError, ArithmeticError) as problem:
        raise SearchError(f"chain tight: the search in floats gave up: {problem}") from None
    if not certificate["holds"]:
        raise ChainError(f"chain tight: {certificate['reason']}")
    entry = {"m": int(certificate["m"]), "parameters": plain(found.parameters)}
    known = knowledge(case, eigenvalue, entry)
    chosen = choices(found.parameters, known)
    checks = checked(case, eigenvalue, {**entry, "values": {str(s): str(v) for s, v in chosen.items()}}, library)
    verified(checks, entry["m"])
    return {
        **shared(case, eigenvalue),
        "m": {"lower": 1, "upper": entry["m"]},
        "eta": float(chosen[eta]),
        "steps": steps_needed(float(known[y_norm]), float(case.eps), fall(chosen)),
        "binding": "gram-laplace-tail",
        "certificate": {
            "values": {str(s): str(v) for s, v in chosen.items()},
            "parameters": entry["parameters"],
            "checks": [dict(check) for check in checks],
            "failure": upper_decimal(certificate["failure_upper"], 12),
        },
    }


def wider(case: Case, eigenvalue: arb, width: Json, count: int, shares: Sequence[float], library: Library) -> Json:
    """What the theorem prescribes for ``count`` neurons: m, parameters and values as stored, every hypothesis verified.

    width: the certified one, whose parameters serve, but for c: of ``shares`` that with the fewest steps. Raises
    ChainError where none leaves a slope at the end of the ball, or where a hypothesis is not verified.
    """
    parameters = width["certificate"]["parameters"]
    known = knowledge(case, eigenvalue, {"m": count, "parameters": parameters})
    found = []
    for share in shares:
        with contextlib.suppress(ChainError):  # c too small for this width
            chosen = choices(stored({**parameters, "c": share}), known)
            found.append((fall(chosen), share, {str(s): str(v) for s, v in chosen.items()}))
    if not found:
        raise ChainError(f"chain tight: no slope is left at width {count}")
    _, share, named = max(found, key=lambda one: one[:2])
    entry = {"m": count, "parameters": {**parameters, "c": share}, "values": named}
    verified(checked(case, eigenvalue, entry, library), count)
    return entry


def verified(checks: Sequence[Mapping[str, str]], count: int) -> None:
    """Raise ChainError, naming it, for a hypothesis that is not verified."""
    failing = next((check for check in checks if check["holds"] != "yes"), None)
    if failing is not None:
        raise ChainError(f"chain tight: {failing['name']} is not verified at width {count}")


def knowledge(case: Case, eigenvalue: arb, entry: Json) -> dict[Quantity, Any]:
    """What the hypotheses ask of the data and of the stored parameters, each number bounded from its safe side.

    trace_q, n4, |X| and |y| stand on smaller sides only, so their upper ends serve for them.
    """
    assert case.data is not None
    X, width = case.data.X, int(entry["m"])
    used = stored(entry["parameters"])
    with ctx.workprec(PRECISION):
        rows = np.array([[arb(exact(float(v))) for v in row] for row in X], dtype=object)
        sizes = [model.hadamard_norm(rows), model.spectral_norm(rows), label_norm(case)]
        trace = trace_upper(X, used, width // 2)
    edges = [Fraction(edge) for edge in used.damping.edges[:-1]]
    levels = {
        cut: edges[0],
        rising: max(one - after for one, after in itertools.pairwise(edges)),
        above: max(edges[0] - after for after in edges[1:]),
        theta: Fraction(used.theta),
    }
    exactly = {s: rational(v) for s, v in levels.items()}
    uppers = {s: size.upper() for s, size in zip(SIZES, sizes, strict=True)}
    spent = {delta2: rational(case.delta * SPENT), m: sp.Integer(width), q: sp.Integer(width // 2), trace_q: trace}
    return {**values(case, eigenvalue), **exactly, **uppers, **spent}


def choices(used: Parameters, known: Mapping[Quantity, Any]) -> dict[Quantity, sp.Rational]:
    """tau and everything after it, at the width that is known; floats rounded to rationals on the safe side."""
    at = {s: float(v) for s, v in known.items()}
    chosen: dict[Quantity, sp.Rational] = {c: rational(Fraction(used.c)), b: known[cut]}

    def put(symbol: Quantity, value: float, up: bool) -> float:
        chosen[symbol] = _rounded(value, up)
        return float(chosen[symbol])

    kept = put(tau, (math.log(at[delta] - at[delta2]) - _log(known[trace_q])) / (at[theta] * at[q]), up=False)
    drift = put(L, at[n4] * math.exp(at[cut]), up=True)
    slope = put(sigma0, math.sqrt(at[m] * kept * at[lam]), up=False)
    radius = put(rad, _radius(slope, drift, at[y_norm], used.c), up=True)
    level = put(B1, float(LEVEL.subs({n: known[n], q: known[q], delta2: known[delta2]})), up=True)
    bend = put(lip, at[n4] * math.exp(level + radius), up=True)
    size = put(beta, math.sqrt(at[m]) * at[X_norm] * math.exp(level) + bend * math.expm1(radius), up=True)
    put(eta, step_size(used.c, size, bend, at[y_norm]), up=False)
    return chosen


def fall(chosen: Mapping[Quantity, sp.Rational]) -> float:
    """eta c rho^2 from below: by what share the residual falls in each step."""
    with ctx.workprec(PRECISION):  # rho may be the difference of two numbers close to each other
        return float(evaluate(eta * c * RHO**2, dict(chosen)).lower()) * (1 - float(ROOM))


@cache
def _psi() -> Callable[..., Any]:
    return float_function(psi(rad), (rad, sigma0, L))


def _radius(slope: float, drift: float, size: float, share: float) -> float:
    """The least s with c psi(s) >= |y|. Raises ChainError where psi does not reach so far."""
    end = math.log1p(slope / drift)

    def short(s: float) -> float:
        return share * float(_psi()(s, slope, drift)) - size

    if short(end) <= 0:
        raise ChainError("chain tight: the drift leaves no room for the residual")
    return float(scipy.optimize.brentq(short, 0, end, xtol=1e-15))


def _rounded(value: float, up: bool) -> sp.Rational:
    """Twelve significant digits of a float moved by ROOM to the safe side."""
    moved = Fraction(value) * (1 + ROOM if up == (value > 0) else 1 - ROOM)
    scale = Fraction(10) ** (12 - math.ceil(math.log10(abs(value))))
    return rational((math.ceil if up else math.floor)(moved * scale) / scale)


def _log(value: Any) -> float:
    return float(value.log()) if isinstance(value, arb) else math.log(value)


def stored(entry: Json) -> Parameters:
    """The parameters of the Laplace bound as a report stores them."""
    first, second = (tuple(Feature(**f) for f in entry[name]) for name in ("first", "second"))
    damping = Damping(entry["damping"]["cut"], tuple(entry["damping"]["offsets"]), entry["damping"]["crude"])
    return Parameters(entry["theta"], damping, first, second, entry["c"])


def checked(case: Case, eigenvalue: arb, entry: Json, library: Library) -> tuple[Mapping[str, str], ...]:
    """Every hypothesis of the theorem about parameters, verified in balls at the stored values; no search."""
    names = {s.name: s for relation in library(THEOREM).given.values() for s in relation.symbols}
    given = {names[k]: sp.Rational(v) for k, v in entry["values"].items() if k in names}
    theorem = library(THEOREM)
    asked = [name for name in theorem.given if name in {**PARAMETERS, **DATA, "rising": None, "above": None}]
    needed = tuple(Requirement(THEOREM, name, theorem.spelled_out(theorem.given[name])) for name in asked)
    with ctx.workprec(PRECISION):  # the slope that is left may be far below what doubles tell from 0
        return verify(needed, {**knowledge(case, eigenvalue, entry), **given})


def recheck(case: Case, width: Json, library: Library) -> bool:
    """Whether a stored width of the tight chain is verified again, from its certificate alone."""
    certificate = width["certificate"]
    entry = {"m": width["m"]["upper"], "parameters": certificate["parameters"], "values": certificate["values"]}
    found = checked(case, case.least_eigenvalue(), entry, library)
    return bool(found) and all(check["holds"] == "yes" for check in found)
