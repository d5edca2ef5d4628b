"""Can the hypotheses of a lemma be met at all? Shown by one exact point; a lemma about nothing holds for nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
import sympy as sp

from verify.balls.compile import UnknownNode, float_function
from verify.balls.exact import NotExact
from verify.balls.goals import Goal, goal_of
from verify.balls.search import sample, simplest_witness
from verify.checks.base import Context
from verify.checks.reading import Reader
from verify.checks.witness import Nearby, in_balls, nearby, written
from verify.lemma import Draw, Lemma, Search
from verify.statement import Instance, Relation, lt
from verify.stats.streams import stream
from verify.verdict import Evidence, Verdict

name = "vacuity"

STARTS = 4  # descents towards the hypotheses of a statement about numbers
STRICTLY = sp.Rational(1, 10**9)  # room left by a point that meets a strict hypothesis on numbers
DRAWS = 60  # instances of all cases together that are looked at in floats
TRIED = 15  # of those that meet the hypotheses in floats, how many are rounded and read in balls


def applies(lemma: Lemma) -> bool:
    return lemma.is_scalar or lemma.draw is not None or bool(lemma.search)


def run(lemma: Lemma, context: Context) -> Evidence:
    """`certified` with a point at which every hypothesis holds in balls, else `inconclusive` with the reason.

    It says nothing about the claim: never let it stand for evidence of that.
    """
    return _numbers(lemma) if lemma.is_scalar else _instances(lemma, context)


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


def _instances(lemma: Lemma, context: Context) -> Evidence:
    """Draws and points of the search families, the first that a rounding of it shows to be admitted."""
    reader, in_floats, open_question = Reader(lemma), 0, ""
    for instance in candidates(lemma, context.seed):
        if reader.read(reader.measure(instance)).missed:
            continue
        in_floats += 1
        if in_floats > TRIED:
            break
        point = admitted(reader, instance)
        if point is not None:
            return _shown(reader, point)
        found = in_balls(reader, instance)
        open_question = found.reason or f"'{found.reading.unsure[0]}' stays open" if found.reading else found.reason
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


def _shown(reader: Reader, point: Nearby) -> Evidence:
    """The point as evidence; a probabilistic claim must also allow a probability of failure below 1 there."""
    assert point.found.reading is not None
    data = {"point": {k: written(v) for k, v in sorted(point.exact.items())}}
    if reader.lemma.fails_with is not None:
        level = reader.level(point.found.reading.values)
        if not 0 < level < 1:
            reason = f"the probability allowed to fail is {level.str(6)} at an admitted point: it says nothing there"
            return Evidence(name, Verdict.INCONCLUSIVE, reason, data)
    return Evidence(name, Verdict.CERTIFIED, "the hypotheses are met at an exact instance", data)
