"""Can the hypotheses of a lemma be met at all? Shown by one exact point; a lemma about nothing holds for nothing.

Only the hypotheses, the domains and the level are read, so a claim that is costly or cannot be enclosed is no obstacle.
At a point that the author gives the claim is looked at too, as far as it can be computed. This check can lower a
verdict, or refute, and never gives a good one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import sympy as sp

from verify.balls.compile import UnknownNode, float_function
from verify.balls.exact import NotExact
from verify.balls.goals import Goal, goal_of
from verify.balls.search import sample, simplest_witness
from verify.checks.base import Context
from verify.checks.claimed import objection
from verify.checks.reach import never_reached
from verify.checks.reading import Reader, Reading
from verify.checks.witness import Nearby, as_balls, exact_instance, in_balls, nearby, written
from verify.lemma import Draw, Lemma, Search, value_at
from verify.relations import Relation, lt
from verify.statement import Instance, Quantity
from verify.stats.streams import stream
from verify.verdict import Evidence, Verdict

name = "vacuity"

STARTS = 4  # descents towards the hypotheses of a statement about numbers
STRICTLY = sp.Rational(1, 10**9)  # room left by a point that meets a strict hypothesis on numbers
DRAWS = 60  # instances of all cases together that are looked at in floats
LARGE = 400  # entries of an array that is not written out
TRIED = 15  # of those that meet the hypotheses in floats, how many are rounded and read in balls


def applies(lemma: Lemma) -> bool:
    """Every statement is asked for a point, those also that nobody can draw: they need one given by their author."""
    return True


def run(lemma: Lemma, context: Context) -> Evidence:
    """`certified` with a point at which every hypothesis holds in balls, else `inconclusive` with the reason.

    A point that the author gives must not speak against the lemma: see ``verify.checks.claimed.objection``. A claim
    whose right side its left can never reach is flagged: ``data["never_reached"]``, and the summary says so.
    """
    found = admitted_point(lemma, context)
    if lemma.point is not None and found.verdict is Verdict.CERTIFIED:
        against = objection(lemma, lemma.point, not found.data["by construction"], name)
        found = found if against is None else replace(against, data={**found.data, **against.data})
    if not never_reached(lemma):
        return found
    summary = f"{found.summary}; flagged: the bound is never reached, with 0.1 % to spare everywhere"
    return replace(found, summary=summary, data={**found.data, "never_reached": True})


def admitted_point(lemma: Lemma, context: Context) -> Evidence:
    """The same without a look at the claim."""
    bare = hypotheses_only(lemma)
    if lemma.point is not None:
        return _stated(bare, lemma.point)
    if lemma.is_scalar:
        return _numbers(lemma)
    if lemma.draw is None and not lemma.search:
        return Evidence(name, Verdict.INCONCLUSIVE, "no instance can be drawn, and its author gives no point")
    return _instances(bare, context)


def hypotheses_only(lemma: Lemma) -> Lemma:
    """The lemma with a claim that is always true and mentions what is free, not measured, in the one it has."""
    free = [s for s in lemma.spelled_out(lemma.claim).symbols if isinstance(s, Quantity) and s.measure is None]
    total = sp.Add(*sorted(free, key=lambda s: str(s.name)))
    used = frozenset().union(*(r.symbols for r in lemma.given.values()), sp.sympify(lemma.fails_with or 0).free_symbols)
    where = {s: e for s, e in lemma.where.items() if s in used}
    return replace(lemma, claim=Relation(total, "<=", total + 1), where=where, latex="", also={}, faults={})


# --- a point that the author gives ------------------------------------------------------------------------------------


def _stated(bare: Lemma, point: Instance) -> Evidence:
    """The author's point, read exactly; hypotheses of the construction may be about arrays too large to be written."""
    built = tuple(k for k in bare.given if k in bare.construction and not _in_numbers(bare.given[k], point))
    bare = replace(bare, given={k: r for k, r in bare.given.items() if k not in built})
    reader = Reader(bare)
    balls = as_balls(exact_instance(point))
    values = {s: balls[s.name] if s.name in balls else value_at(bare, s, balls) for s in reader.symbols}
    reading = reader.read(values, tolerance=0.0)
    if reading.unsure:
        return Evidence(name, Verdict.INCONCLUSIVE, f"at the point given, '{reading.unsure[0]}' is not certain")
    data = {"point": {k: _told(v) for k, v in sorted(point.items())}, "by construction": list(built)}
    rest = f"; by construction: {', '.join(built)}" if built else ""
    found = _level(reader, reading, data)
    return found or Evidence(name, Verdict.CERTIFIED, f"the hypotheses are met at a point given{rest}", data)


def _told(value: Any) -> Any:
    """A value of a point as JSON; of a large array the shape."""
    large = isinstance(value, np.ndarray) and value.size > LARGE
    return {"shape": list(value.shape)} if large else written(value)


def _in_numbers(relation: Relation, point: Instance) -> bool:
    return all(str(symbol.name) in point for symbol in relation.symbols)


# --- statements about numbers -----------------------------------------------------------------------------------------


def _numbers(lemma: Lemma) -> Evidence:
    """The search for a counterexample to "some hypothesis fails", over the domains."""
    slacks = [_slack(lemma.spelled_out(relation)) for relation in lemma.given.values()]
    domains = [lt(symbol, symbol + 1) for symbol in Reader(lemma).symbols]  # so that every symbol gets a value
    try:
        goal = goal_of(lt(sp.Min(1, *slacks), 0), {}, domains)
    except UnknownNode as problem:
        return Evidence(name, Verdict.INCONCLUSIVE, f"the hypotheses cannot be enclosed: {problem}")
    found = next((w for w in map(partial(simplest_witness, goal), _near_admitted(goal)) if w is not None), None)
    if found is None:
        return Evidence(name, Verdict.INCONCLUSIVE, "no point was found that meets the hypotheses")
    point = {goal.names[symbol]: str(value) for symbol, value in found.items()}
    return Evidence(name, Verdict.CERTIFIED, "the hypotheses are met at an exact point", {"point": point})


def _near_admitted(goal: Goal) -> Iterator[list[float]]:
    """Float points with the least failure of the worst hypothesis: samples, then descents from them."""
    from scipy.optimize import minimize

    worst = float_function(goal.claim.expr, goal.piece.symbols)
    points = sample(goal.piece, seed=0)
    with np.errstate(all="ignore"):
        scores = np.nan_to_num(np.broadcast_to(worst(*points.T), len(points)), nan=np.inf)
        starts = points[np.argsort(scores, kind="stable")[:STARTS]]
        yield from starts.tolist()
        for start in starts:
            yield minimize(lambda x: float(worst(*x)), start, method="Nelder-Mead").x.tolist()


def _slack(relation: Relation) -> sp.Expr:
    """Non-negative exactly where the relation holds (a strict one is asked for with some room)."""
    difference = relation.high - relation.low
    if relation.op == "==":
        return -sp.Abs(difference)
    return difference - STRICTLY if relation.strict else difference


# --- statements about instances ---------------------------------------------------------------------------------------


def _instances(bare: Lemma, context: Context) -> Evidence:
    """Draws and points of the search families, the first that a rounding of it shows to be admitted.

    A probabilistic claim must also allow a probability of failure below 1 there.
    """
    reader, in_floats, open_question, empty = Reader(bare), 0, "", None
    for instance in candidates(bare, context.seed):
        if reader.read(reader.measure(instance)).missed:
            continue
        in_floats += 1
        if in_floats > TRIED:
            break
        point = admitted(reader, instance)
        if point is not None and point.found.reading is not None:
            data = {"point": {k: written(v) for k, v in sorted(point.exact.items())}}
            empty = _level(reader, point.found.reading, data)
            if empty is None:
                return Evidence(name, Verdict.CERTIFIED, "the hypotheses are met at an exact instance", data)
            continue
        found = in_balls(reader, instance)
        open_question = found.reason or f"'{found.reading.unsure[0]}' stays open" if found.reading else found.reason
    if empty is not None:
        return empty
    seen = f"some drawn instances meet the hypotheses in floats, but none does for certain ({open_question})"
    return Evidence(name, Verdict.INCONCLUSIVE, seen if in_floats else "no drawn instance meets the hypotheses")


def candidates(lemma: Lemma, seed: int) -> Iterator[Instance]:
    """DRAWS instances in turn from every case and every search family."""
    sources: list[Callable[[np.random.Generator], Instance]] = []
    if lemma.draw is not None:
        sources += [partial(_drawn, lemma.draw, case) for case in lemma.cases]
    sources += [partial(_built, search) for _, search in sorted(lemma.search.items())]
    for trial in range(DRAWS):
        yield sources[trial % len(sources)](stream(seed, f"{lemma.id or 'lemma'}.{name}", "any", trial))


def _drawn(draw: Draw, case: str, rng: np.random.Generator) -> Instance:
    return draw(rng, case)


def _built(search: Search, rng: np.random.Generator) -> Instance:
    return search.build(rng.random(search.dimension))


def admitted(reader: Reader, instance: Instance) -> Nearby | None:
    """A rounding of the instance at which every hypothesis certainly holds."""
    try:
        return next((near for near in nearby(reader, instance) if near.admitted), None)
    except NotExact:
        return None


def _level(reader: Reader, reading: Reading, data: dict[str, Any]) -> Evidence | None:
    """What is wrong with the probability of failure that the lemma allows at an admitted point; None if nothing is."""
    if reader.lemma.fails_with is None:
        return None
    level = reader.level(reading.values)
    data["level"] = level.str(6, radius=False)
    if 0 < level < 1:
        return None
    reason = f"the probability allowed to fail is {level.str(6)} at every admitted point tried: it says nothing there"
    return Evidence(name, Verdict.INCONCLUSIVE, reason, data)
