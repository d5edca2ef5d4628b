"""The widths that the chains prove for given data, beside the widths that are observed."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass, replace
from fractions import Fraction
from functools import cache, partial
from typing import Any

import numpy as np
import sympy as sp
from flint import arb

from lemmas import data, model
from lemmas.data import DataSet
from lemmas.laplace.width import steps_needed
from lemmas.notation.symbols import delta as delta_symbol
from lemmas.notation.symbols import eta, lam, lam_K, m, n, nu
from lemmas.simulation import observe
from lemmas.widths import looseness
from verify.balls.eigen import enclose_lambda_min
from verify.balls.exact import ball, exact, lower_decimal, upper_decimal
from verify.chain import Chain, ChainError, Library, SearchError, Solution, floats, solve
from verify.checks.base import Context
from verify.statement import Quantity

Json = dict[str, Any]
Typical = Callable[[int, observe.Init], dict[str, float]]  # what is seen of runs at a width, from a start


@dataclass(frozen=True)
class Case:
    """What a width is asked for: data (or only n, d and a value for lambda), failure probability and target loss."""

    name: str
    n: int
    d: int
    delta: Fraction
    eps: Fraction
    data: DataSet | None = None
    given_lambda: Fraction | None = None

    def least_eigenvalue(self) -> arb:
        """lambda as a ball: enclosed for data, exact if given."""
        if self.data is None:
            assert self.given_lambda is not None
            return ball(self.given_lambda)
        X = exact_rows(self.data)
        return enclose_lambda_min(lambda _: model.limit_gram(X), rel=1e-9)


def exact_rows(data: DataSet) -> Any:
    """X as balls without radius: floats are exact rationals."""
    return np.array([[arb(exact(float(v))) for v in row] for row in data.X], dtype=object)


def values(case: Case, eigenvalue: arb) -> dict[Quantity, Any]:
    """What the classical chain wants to know: n, delta, the bound 1 on the norms, and lambda from below, exactly."""
    return {
        n: sp.Integer(case.n),
        nu: sp.Integer(1),
        delta_symbol: rational(case.delta),
        lam: _below(eigenvalue),
        lam_K: eigenvalue,
    }


def rational(value: Fraction) -> sp.Rational:
    return sp.Rational(value.numerator, value.denominator)


def _below(value: arb) -> sp.Rational:
    """A rational of twelve digits certainly below the ball."""
    return sp.Rational(lower_decimal(value, 12)) * (1 - sp.Rational(1, 10**12))


def classical(case: Case, eigenvalue: arb, library: Library) -> Json:
    """The classical chain's width. Raises ChainError where it has none."""
    from lemmas.theorems.convergence_classical import CHAIN, rate, rate_of_step

    known = values(case, eigenvalue)
    found = solve(CHAIN, known, library)
    at = {eta: rational(found.values["eta"]), m: found.width, lam: known[lam]}
    share = Fraction(str(rate_of_step(library).subs(at)))
    told = replace(found, values={**found.values, str(rate): share})
    return proved_width(case, eigenvalue, told, steps_needed(math.sqrt(case.n), float(case.eps), float(share)))


def proved_width(case: Case, eigenvalue: arb, found: Solution, steps: int) -> Json:
    """A solved chain as the report shows it."""
    return {
        **shared(case, eigenvalue),
        "m": {"lower": max(found.failing, 1), "upper": found.width},
        "eta": float(found.values["eta"]),
        "steps": steps,
        "binding": found.binding,
        "certificate": {
            "values": {name: str(value) for name, value in found.values.items()},
            "checks": [dict(check) for check in found.checks],
        },
    }


def tight(case: Case, eigenvalue: arb, library: Library) -> Json:
    """The tight chain's width, every hypothesis of its theorem verified. Raises ChainError where it has none."""
    from lemmas.widths.tight_widths import solved  # which imports this module

    return solved(case, eigenvalue, library)


def label_norm(case: Case) -> arb:
    """|y| of the labels, or sqrt(n) where there are none."""
    y = case.data.y if case.data is not None else None
    if y is None:
        return arb(case.n).sqrt()
    return arb(sum((exact(float(v)) ** 2 for v in y), exact(0))).sqrt()


def plain(value: Any) -> Any:
    """Dataclasses and tuples as JSON values."""
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, (tuple, list)):
        return [plain(v) for v in value]
    return value


def shared(case: Case, eigenvalue: arb) -> Json:
    return {
        "case": case.name,
        "n": case.n,
        "d": case.d,
        "delta": float(case.delta),
        "eps": float(case.eps),
        "lambda": {"lower": lower_decimal(eigenvalue, 15), "upper": upper_decimal(eigenvalue, 15)},
        "log10_slack": {},
        "empirical": None,
        "certified": None,
        "simulated_m": None,
    }


def all_chains(case: Case, library: Library) -> list[Json]:
    """Every chain's width for one case; a chain without one says why in ``reason``."""
    eigenvalue = case.least_eigenvalue()
    from lemmas.widths.sharp_widths import solved, solved_independent  # which import this module

    solvers: dict[str, Callable[[], Json]] = {
        "classical": lambda: classical(case, eigenvalue, library),
        "sharp": lambda: solved(case, eigenvalue, library),
        "sharp-independent": lambda: solved_independent(case, eigenvalue, library),
    }
    if case.data is not None:
        solvers["tight"] = lambda: tight(case, eigenvalue, library)
    found = []
    for name, solver in solvers.items():
        try:
            found.append({"id": name, "widths": [solver()]})
        except ChainError as problem:
            at = f", at lambda >= {lower_decimal(eigenvalue, 3)}" if isinstance(problem, SearchError) else ""
            found.append({"id": name, "widths": [], "reason": f"{problem}{at}"})
    return found


REPORT_SPHERES = ((2, 2), (5, 3), (10, 5))  # (n, d)


def report_chains(context: Context, size: int, dim: int) -> list[Json]:
    """The chains of the report for one named data set: the widths, and what is observed there."""
    points = data.sphere(size, dim, context.seed)
    case = Case(points.name, size, dim, Fraction(1, 10), Fraction(1, 100), points)
    found = all_chains(case, context.library)
    if not context.simulate:
        return [{"id": chain["id"], "widths": chain["widths"]} for chain in found]
    observed = observe.observe(setting(case, context.seed), observe.effort(context.budget.trials))
    explained = add_observed(found, case, context.library, observed, context.seed)
    chains = [{"id": chain["id"], "widths": chain["widths"]} for chain in explained]
    from lemmas.widths.open_chains import with_programs  # which imports this module

    return with_programs(chains, [case], context.library)


sphere_2_2, sphere_5_3, sphere_10_5 = (partial(report_chains, size=n, dim=d) for n, d in REPORT_SPHERES)


def setting(case: Case, seed: int) -> observe.Setting:
    """The case as it is simulated."""
    assert case.data is not None
    return observe.Setting(case.name, case.data.X, case.data.y, float(case.delta), float(case.eps), seed)


def add_observed(chains: list[Json], case: Case, library: Library, observed: Json, seed: int) -> list[Json]:
    """The chains with what was observed, the certified width, the largest that was simulated, and their slack."""
    from lemmas.widths.certified import certified_width

    assert case.data is not None
    largest = observe.largest_simulated(observed)
    certified = {start: certified_width(case.data, start, seed) for start in observe.STARTS}
    typical = cache(partial(observe.typical, setting(case, seed)))  # of chains that share a start
    found = []
    for chain in chains:
        start = start_of(chain["id"])
        seen = {"empirical": observed[start]["descent"]["estimate"], "certified": certified[start]}
        seen |= {"observed": observed, "simulated_m": largest}
        shares = partial(
            _slack, chain["id"], case=case, library=library, seen=observed[start], seed=seed, typical=typical
        )
        widths = [{**width, **seen, **shares(width)} for width in chain["widths"]]
        found.append({**chain, "widths": widths})
    return found


def start_of(chain: str) -> observe.Init:
    """The start that a chain is about."""
    return "independent" if chain.endswith("independent") else "coupled"


def _slack(chain: str, width: Json, *, case: Case, library: Library, seen: Json, seed: int, typical: Typical) -> Json:
    """The shares of a chain's slack; none where no observed width was found."""
    gram, descent, proved = seen["gram"]["estimate"], seen["descent"]["estimate"], width["m"]["upper"]
    if gram is None or descent is None:
        return {}
    if chain == "tight":
        from lemmas.widths.tight_widths import searched

        assert case.data is not None
        size = float(label_norm(case).mid())
        return looseness.of_tight(
            case.data.X, size, float(case.delta), searched(case)[0], proved=proved, descent=descent, seed=seed
        )
    composed, known = _composed(chain, width, case)
    solved = {name: float(Fraction(value)) for name, value in width["certificate"]["values"].items()}
    return looseness.of_chain(
        composed,
        known,
        library,
        typical(descent, start_of(chain)),
        solved=solved,
        proved=proved,
        gram=gram,
        descent=descent,
    )


def _composed(chain: str, width: Json, case: Case) -> tuple[Chain, dict[Quantity, float]]:
    """The chain that was solved and what it knew of the case, its tuned parameters as they were chosen."""
    from lemmas.theorems.convergence_classical import CHAIN
    from lemmas.widths import sharp_widths  # which imports this module

    eigenvalue = case.least_eigenvalue()
    if chain == "classical":
        return CHAIN, floats(values(case, eigenvalue))
    solved = sharp_widths.solved_chain(width)
    chosen = {s: float(Fraction(width["certificate"]["values"][s.name])) for s in solved.tuned}
    return solved, {**floats(sharp_widths.known(case, eigenvalue)), **chosen}
