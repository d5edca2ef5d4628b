"""Claims about a probability, tested on independent draws: sequentially, at one level of failure and at all of them.

Two tests watch every case. The one that may *support* the claim counts only draws that meet the hypotheses, and counts
as a failure whatever is not clearly none. The one that may *refute* it counts a failure only where the hypotheses hold
and the claim is violated beyond rounding, and every other draw as none. So neither rejected draws nor rounding can turn
into a verdict that the statement does not deserve.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import asdict, dataclass, field
from typing import Any

from verify.checks import alllevels
from verify.checks.base import Context
from verify.checks.draws import Draw, draws, replay, replayed
from verify.checks.reading import CLOSE, Reader, numbers
from verify.checks.witness import in_balls, is_small
from verify.lemma import Lemma
from verify.statement import StatementError
from verify.stats.alldelta import AllDeltaSummary, AllDeltaTest
from verify.stats.eprocess import SequentialTest, confidence_bounds, crossed, log_e_refute
from verify.stats.quantile import QuantileInterval, quantile_interval
from verify.verdict import Evidence, Verdict

name = "montecarlo"

ALPHA_SUPPORT = 1e-2  # of one case; a lemma needs all of its cases, so this needs no division
ALPHA_REFUTE = 1e-6  # over the whole family of claims, halved between the level stated and all levels at once
QUANTILE_LEVEL = 0.99
DRAWS_PER_TRIAL = 4  # give a case up when more than three in four draws miss the hypotheses
SHOWN = 100  # ratios kept for plots
PLANTED_TRIALS = 400  # what a planted fault may cost; see verify.faults
FUTILE = 100  # draws without a violation after which a variant is given up, where only a refutation is wanted
KEYS = 5  # failing draws named
CONFIRMED = 3  # draws of each case recomputed in balls before anything is called supported or refuted


def applies(lemma: Lemma) -> bool:
    return lemma.fails_with is not None and lemma.draw is not None


def run(lemma: Lemma, context: Context) -> Evidence:
    """`supported` if every case is, `refuted` if one is. Raises StatementError for an instance that lacks a value."""
    reader = Reader(lemma)
    results: list[Result] = []
    for case in lemma.cases:
        results.append(run_case(reader, case, context))
        if context.budget.first and results[-1].state == "refuted":
            break
    data = _data(results)
    refuted = next((r for r in results if r.state == "refuted"), None)
    if refuted is not None:
        return _refutation(reader, refuted, data)
    noisy = next((draw for r in results for draw in _nearest_misses(r) if _violated_in_balls(reader, draw)), None)
    if noisy is not None:
        return Evidence(name, Verdict.ERROR, f"draw {noisy.key} holds in floats and is violated in balls", data)
    undecided = next((r for r in results if r.state != "supported"), None)
    if undecided is not None:
        return Evidence(name, Verdict.INCONCLUSIVE, f"case {undecided.case}: {undecided.reason}", data)
    seen = f"{data['failures']} violations in {data['trials']} draws of {len(results)} case(s)"
    level = ", ".join(sorted({f"{r.delta:.4g}" for r in results}))
    summary = f"{seen}: the probability of failure is below {level} at confidence {1 - ALPHA_SUPPORT:g}"
    return Evidence(name, Verdict.SUPPORTED, summary, data)


# --- one case ---------------------------------------------------------------------------------------------------------


@dataclass
class Result:
    """What the draws of one case showed so far."""

    case: str
    delta: float
    alpha: float
    state: str = "capped"
    reason: str = ""
    trials: int = 0
    rejected: int = 0
    failures: int = 0
    support: SequentialTest | None = None
    levels: AllDeltaTest | None = None
    kept: list[Draw] = field(default_factory=list)
    failing: list[Draw] = field(default_factory=list)
    violated_from: list[tuple[float, Draw]] = field(default_factory=list)  # U and its draw

    @property
    def log_e(self) -> float:
        """Log e-value against the claim at the level stated; draws outside the hypotheses count as no failure."""
        return log_e_refute(self.failures, self.trials + self.rejected, self.delta)

    @property
    def quantile(self) -> QuantileInterval | None:
        """The (1 - delta)-quantile of low/high over the first draws, a number of them fixed beforehand."""
        ratios = [draw.reading.claim.ratio for draw in self.kept]
        return quantile_interval(ratios, self.delta, QUANTILE_LEVEL) if ratios else None


def run_case(reader: Reader, case: str, context: Context) -> Result:
    """Draw until the claim is supported or refuted in this case, or the budget is spent."""
    stream = draws(reader, case, context.seed, name, context.instances)
    first = next(stream)
    cap, delta = context.budget.trials, _level(reader, first)
    result = Result(case, delta, ALPHA_REFUTE / (2 * context.family * len(reader.lemma.cases)))
    if not 0 < delta < 1:
        result.reason = f"the probability allowed to fail is {delta:.3g}, so there is nothing to test"
        return result
    result.support = SequentialTest(delta, ALPHA_SUPPORT, result.alpha, cap=cap)
    if alllevels.applies(reader, first.instance):
        result.levels = AllDeltaTest(result.alpha, cap=min(cap, alllevels.CAP))
    enough = min(cap, math.ceil(math.log((1 - QUANTILE_LEVEL) / 2) / math.log1p(-delta)))
    for draw in itertools.islice(itertools.chain([first], stream), DRAWS_PER_TRIAL * cap):
        _observe(result, reader, draw, enough)
        if _decided(result, enough) or result.trials == cap:
            break
        if context.budget.first and _futile(result):
            result.reason = f"no violation in {FUTILE} draws, so that more would hardly refute the level {delta:.4g}"
            break
    if result.state == "capped" and not result.reason:
        result.reason = _undecided(result)
    return result


def _futile(result: Result) -> bool:
    """A rule of thumb, which may only lose a refutation; the test of all levels at once is left all of its draws."""
    watched = result.levels is not None and result.levels.state == "running"
    return result.trials + result.rejected >= FUTILE and not result.failures and not watched


def _level(reader: Reader, draw: Draw) -> float:
    return float(reader.level(draw.reading.values).mid())


def _observe(result: Result, reader: Reader, draw: Draw, enough: int) -> None:
    """Record one draw in every test that still runs. Raises StatementError when the level is not the case's own."""
    if not math.isclose(_level(reader, draw), result.delta, rel_tol=CLOSE):
        raise StatementError(f"{reader.lemma.id}: the level of failure differs between draws of case {result.case}")
    if draw.failed:
        result.failures += 1
        result.failing.append(draw)
    if result.levels is not None and result.levels.state == "running":
        result.violated_from.append((alllevels.violation(reader, draw.reading), draw))
        result.levels.observe(result.violated_from[-1][0])
    if not draw.admitted:
        result.rejected += 1
        return
    result.trials += 1
    if result.support is not None and result.support.state == "running":
        result.support.observe(not draw.held)
    if len(result.kept) < enough:
        result.kept.append(draw)


def _decided(result: Result, enough: int) -> bool:
    """Whether no further draw is needed; sets the state and the reason."""
    assert result.support is not None
    above = result.failures > result.delta * (result.trials + result.rejected)  # only then can the e-value exceed 1
    if above and crossed(result.log_e, result.alpha):
        result.state, result.reason = "refuted", f"{result.failures} violations, allowed share {result.delta:.4g}"
    elif result.levels is not None and result.levels.state == "refuted":
        result.state, result.reason = "refuted", _at_worst_level(result, result.levels.summary())
    elif result.support.state == "supported" and result.trials >= enough:
        result.state, result.reason = "supported", ""
    return result.state != "capped"


def _at_worst_level(result: Result, levels: AllDeltaSummary) -> str:
    """What speaks most against the claim; the draws that violate it from the smallest levels on become its keys."""
    result.failing = [draw for _, draw in sorted(result.violated_from, key=lambda pair: (pair[0], pair[1].key.trial))]
    return f"at level {levels.worst_level:g}, {levels.failures_at_worst} of {levels.trials} draws violate the claim"


def _undecided(result: Result) -> str:
    """Why the draws so far decide nothing."""
    if result.rejected > 3 * result.trials:
        return f"{result.rejected} of {result.rejected + result.trials} draws miss the hypotheses"
    unheld = sum(not draw.held for draw in result.kept)
    seen = f"of the first {len(result.kept)}, {unheld} did not hold"
    return f"{result.trials} draws do not decide whether the level {result.delta:.4g} is kept ({seen})"


# --- evidence ---------------------------------------------------------------------------------------------------------


def _refutation(reader: Reader, result: Result, data: dict[str, Any]) -> Evidence:
    """`refuted`, unless balls say that a draw counted as a violation is none: then float arithmetic is at fault."""
    for draw in [d for d in result.failing if d.failed][:CONFIRMED]:
        exact = in_balls(reader, draw.instance).reading if is_small(draw.instance) else None
        if exact is not None and exact.claim.state == "holds":
            return Evidence(name, Verdict.ERROR, f"draw {draw.key} is violated in floats and holds in balls", data)
    levels = result.levels.log_e if result.levels is not None else -math.inf
    log_e = max(result.log_e, levels)
    summary = f"case {result.case}: {result.reason}; e-value 10^{log_e / math.log(10):.1f}"
    data = {**data, "log_e": log_e, "witness": replayed(result.failing[0])}
    return Evidence(name, Verdict.REFUTED, summary, data)


def _nearest_misses(result: Result) -> list[Draw]:
    """The draws that held with the least room."""
    return sorted((d for d in result.kept if d.held), key=lambda d: (-d.reading.claim.ratio, d.key.trial))[:CONFIRMED]


def _violated_in_balls(reader: Reader, draw: Draw) -> bool:
    return is_small(draw.instance) and in_balls(reader, draw.instance).refutes


def _data(results: list[Result]) -> dict[str, Any]:
    quantiles = [r.quantile for r in results]
    estimates = [q.estimate if q is not None else -math.inf for q in quantiles]
    place = max(range(len(results)), key=lambda i: estimates[i])
    worst, quantile = results[place], quantiles[place]
    data: dict[str, Any] = {
        "trials": sum(r.trials for r in results),
        "failures": sum(r.failures for r in results),
        "stopped": "; ".join(f"{r.case}: {r.state}" for r in results),
        "keys": [str(draw.key) for r in results for draw in r.failing[:KEYS]],
        "draws": [x for x in (d.reading.claim.ratio for d in worst.kept[:SHOWN]) if math.isfinite(x)],
        "cases": {r.case: _case_data(r) for r in results},
    }
    if quantile is not None:
        data["quantile"] = _quantile(quantile)
        at = _nearest(worst, quantile.estimate)
        if at.reading.claim.op != "==" and 0 < quantile.estimate <= 1:
            meaning = f"(1 - level) quantile of smaller/larger side, case {worst.case}"
            where = {"draw": str(at.key), **numbers(at.reading, 6)}
            data["margin"] = {"factor": 1 / quantile.estimate, "meaning": meaning, "at": where}
    breaking = [found for r in results if (found := _breaking(r)) is not None]
    return {**data, "attained": breaking} if breaking else data


def _case_data(result: Result) -> dict[str, Any]:
    data = {
        "level": result.delta,
        "state": result.state,
        "trials": result.trials,
        "rejected": result.rejected,
        "failures": result.failures,
    }
    if result.support is not None:
        lower, upper = confidence_bounds(result.failures, max(result.trials, result.failures), 1 - QUANTILE_LEVEL)
        data |= {"log_e_refute": result.log_e, "log_e_support": result.support.log_e_support}
        data |= {"p_lower": lower, "p_upper": upper}
    if result.levels is not None:
        data["all_levels"] = asdict(result.levels.summary())
    return data


def _quantile(found: QuantileInterval) -> dict[str, Any]:
    """The interval as JSON; an end that is not finite is open, that is None."""
    values = asdict(found)
    return {k: None if v is None or not math.isfinite(v) else v for k, v in values.items()}


def _nearest(result: Result, ratio: float) -> Draw:
    return min(result.kept, key=lambda d: (abs(d.reading.claim.ratio - ratio), d.key.trial))


def _breaking(result: Result) -> dict[str, Any] | None:
    """The values at the draw that a false claim has to fail at, for the budget of a planted fault to refute it.

    Sorted from the worst, it is the draw at 1.25 times the smallest share of failures that the sequential test refutes
    within PLANTED_TRIALS: a constant moved until the claim fails here fails at that share of all draws. Draws outside
    the hypotheses count as no failure there, so the share among the others must be larger.
    For levels so small that the first FUTILE draws may all hold, the fault may be given up and end `out-of-reach`.
    """
    if not result.kept:
        return None
    admitted = result.trials / (result.trials + result.rejected)
    share = 1.25 * refutable_share(result.delta, int(PLANTED_TRIALS / admitted), result.alpha) / admitted
    ordered = sorted(result.kept, key=lambda d: (-d.reading.claim.ratio, d.key.trial))
    place = math.ceil(share * len(ordered))
    return numbers(ordered[place - 1].reading) if place <= len(ordered) else None


def refutable_share(delta: float, trials: int, alpha: float) -> float:
    """The smallest share of failures in so many trials that refutes "P(failure) <= delta"; above 1 if none does."""
    low, high = int(delta * trials), trials + 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if crossed(log_e_refute(middle, trials, delta), alpha) else (middle, high)
    return high / trials


__all__ = ["applies", "name", "refutable_share", "replay", "run", "run_case"]
