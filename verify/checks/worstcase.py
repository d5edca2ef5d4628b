"""Deterministic claims about matrices and networks, attacked: random draws, then a global search of every family.

A search never shows that a claim holds, so the best verdict here is `inconclusive` ("nothing found"). It refutes only
with an exact witness (see verify.checks.witness); a violation seen in floats alone stays a suspicion, and says so.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from verify.checks.base import Context
from verify.checks.instances import Instances
from verify.checks.reading import Point, Reader, Reading, Side, numbers, plain
from verify.checks.witness import DIGITS, FEW_DIGITS, Witness, find, in_balls
from verify.lemma import Lemma, Search
from verify.statement import Instance
from verify.stats.streams import StreamKey
from verify.verdict import Evidence, Verdict

name = "worstcase"

SUSPECTS = 12  # violations in floats, the worst first, that are tried as witnesses
TIES = 2  # instances within rounding of equality that are settled in balls
SHOWN = 100  # ratios kept for plots
OTHERS = 3  # draws whose values are kept beside those of the worst instance
PENALTY = 20.0  # in the objective, for each hypothesis that fails, times the relative amount by which it does
DESCENT = 0.4  # of the evaluations of a family that one descent may take
FINE = 1e-9  # in the unit cube and in the ratio: where a descent ends of itself
LARGEST = 1e6  # ratios are cut here, so that the search sees finite numbers; outside the hypotheses already at 2


def applies(lemma: Lemma) -> bool:
    return lemma.fails_with is None and not lemma.is_scalar and (lemma.draw is not None or bool(lemma.search))


def run(lemma: Lemma, context: Context) -> Evidence:
    """`refuted` with an exact witness, or `inconclusive`. Raises StatementError for an instance that lacks a value."""
    hunt = Hunt(Reader(lemma), context.instances, context.budget.first)
    try:
        for case in lemma.cases if lemma.draw is not None else ():
            hunt.draw(case, max(1, context.budget.draws // len(lemma.cases)), context.seed)
        for family, search in sorted(lemma.search.items()):
            hunt.anneal(family, search, context.budget.searches, context.seed)
    except _Enough as found:
        return _refuted(found.seen, found.witness, _data(hunt))
    return _judge(hunt)


@dataclass(frozen=True, order=True)
class Seen:
    """One instance within the hypotheses, ordered by how far the claim is from holding there; certain ones first."""

    sure: bool
    ratio: float
    order: int
    source: str = field(compare=False)
    instance: Instance = field(compare=False)
    reading: Reading = field(compare=False)


class _Enough(Exception):
    """The first exact witness, for who needs no worse one."""

    def __init__(self, seen: Seen, witness: Witness) -> None:
        super().__init__(seen.source)
        self.seen, self.witness = seen, witness


class Hunt:
    """All that the search has seen of one lemma.

    first: stop at the first exact witness, and pass over draws at which the claim holds, whether they are admitted or
    not: ``held`` counts them.
    """

    def __init__(self, reader: Reader, instances: Instances, first: bool = False) -> None:
        self.reader, self.instances, self.first, self.tries = reader, instances, first, SUSPECTS if first else 0
        self.count = self.admitted = self.undefined = self.held = 0
        self.ratios: list[float] = []
        self.others: list[dict[str, Any]] = []
        self.worst: Seen | None = None
        self.suspects: list[Seen] = []
        self.ties: list[Seen] = []

    def draw(self, case: str, count: int, seed: int) -> None:
        """Look at independent draws of a case."""
        draw = self.reader.lemma.draw
        assert draw is not None
        for trial in range(count):
            key = StreamKey(f"{self.reader.lemma.id or 'lemma'}.{name}", case, trial)
            point = self.instances.drawn(draw, key, seed)
            if self.first and self.reader.holds(point):
                self.held += 1
                continue
            reading = self.look(point, str(key))
            if reading.admitted and not reading.undefined and len(self.ratios) < SHOWN:
                self.ratios.append(min(reading.claim.ratio, LARGEST))
                self.others += [numbers(reading)] if len(self.others) < OTHERS else []

    def anneal(self, family: str, search: Search, evaluations: int, seed: int) -> None:
        """Generalised simulated annealing (Tsallis and Stariolo 1996) over the unit cube of one family.

        Its descents are those of Nelder and Mead (1965): the objective has kinks where a hypothesis starts to fail, and
        each gradient by differences would take as many evaluations as the cube has dimensions.
        """
        from scipy.optimize import dual_annealing

        key = StreamKey(f"{self.reader.lemma.id or 'lemma'}.{name}", f"search {family}", 0)

        def objective(u: np.ndarray[Any, Any]) -> float:
            point = self.instances.searched(search, np.clip(u, 0.0, 1.0))
            return _objective(self.look(point, f"search {family}"))

        bounds = [(0.0, 1.0)] * search.dimension
        options = {"maxfev": math.ceil(DESCENT * evaluations), "xatol": FINE, "fatol": FINE}
        descent = {"method": "Nelder-Mead", "bounds": bounds, "options": options}
        dual_annealing(objective, bounds, maxfun=evaluations, rng=key.generator(seed), minimizer_kwargs=descent)

    def look(self, point: Point, source: str) -> Reading:
        """Count one instance and remember it if it is among the worst."""
        reading = self.reader.look(point)
        self.count += 1
        if not reading.admitted:
            return reading
        self.admitted += 1
        if reading.undefined:
            self.undefined += 1
            return reading
        state = reading.claim.state
        seen = Seen(not reading.unsure, reading.claim.ratio, -self.count, source, dict(point.instance), reading)
        if self.worst is None or seen.ratio > self.worst.ratio:
            self.worst = seen
        if state == "violated":
            _keep(self.suspects, seen, SUSPECTS)
            self._stop_at(seen)
        elif state == "close":
            _keep(self.ties, seen, TIES)
        return reading

    def _stop_at(self, seen: Seen) -> None:
        """Raise _Enough if the first witness is wanted and this is one; a few are tried."""
        if seen.sure and self.tries:
            self.tries -= 1
            found = find(self.reader, seen.instance, FEW_DIGITS)
            if isinstance(found, Witness):
                raise _Enough(seen, found)


def _keep(heap: list[Seen], seen: Seen, most: int) -> None:
    (heapq.heappush if len(heap) < most else heapq.heappushpop)(heap, seen)


def _objective(reading: Reading) -> float:
    """To be minimised: minus the ratio of the sides, continued outside the hypotheses by a penalty."""
    if reading.undefined:
        return PENALTY
    value = max(reading.claim.ratio, -1.0)
    breaches = sum(_breach(reading.given[k]) for k in reading.missed)
    return PENALTY * breaches - min(value, 2.0 if breaches else LARGEST)


def _breach(side: Side) -> float:
    """By how much low <= high fails, relative to the larger side."""
    scale = float(max(side.low.abs_upper(), side.high.abs_upper()))
    return min(1.0, abs(float((side.low - side.high).mid())) / scale)


# --- evidence ---------------------------------------------------------------------------------------------------------


def _judge(hunt: Hunt) -> Evidence:
    data = _data(hunt)
    if not hunt.admitted and not hunt.held:
        reason = f"none of {hunt.count} instances meets the hypotheses: nothing was tested"
        return Evidence(name, Verdict.INCONCLUSIVE, reason, data)
    suspicion = ""
    for seen in sorted(hunt.suspects, reverse=True) + sorted(hunt.ties, reverse=True):
        found = find(hunt.reader, seen.instance, FEW_DIGITS if hunt.first else DIGITS)
        if isinstance(found, Witness):
            return _refuted(seen, found, data)
        if not suspicion and seen.reading.claim.state == "violated" and _stays(hunt.reader, seen):
            suspicion = f"violated in floats by a factor {seen.ratio:.6g} ({seen.source}), but not verified: {found}"
    if suspicion:
        return Evidence(name, Verdict.INCONCLUSIVE, suspicion, {**data, "suspicion": suspicion})
    worst = f"; largest ratio of the sides {hunt.worst.ratio:.6g}" if hunt.worst is not None and not hunt.first else ""
    left = f"; {hunt.undefined} were not finite" if hunt.undefined else ""
    held = f", passed over {hunt.held} draws at which the claim holds" if hunt.first else ""
    summary = f"searched {hunt.admitted} instances{held}, no violation found{worst}{left}"
    return Evidence(name, Verdict.INCONCLUSIVE, summary, data)


def _stays(reader: Reader, seen: Seen) -> bool:
    """Whether a violation in floats is still suspect after balls have looked at the same numbers."""
    reading = in_balls(reader, seen.instance).reading
    return reading is None or (reading.claim.state == "violated" and not reading.undefined)


def _refuted(seen: Seen, witness: Witness, data: dict[str, Any]) -> Evidence:
    low, high = witness.reading.claim.low, witness.reading.claim.high
    relation = {"==": "differs from", "<=": "exceeds", "<": "is not below"}[witness.reading.claim.op]
    summary = f"at an exact instance {low.str(8)} {relation} {high.str(8)}, with every hypothesis met ({seen.source})"
    keys = [seen.source] if not seen.source.startswith("search ") else []
    return Evidence(name, Verdict.REFUTED, summary, {**data, "witness": witness.data(), "keys": keys})


def _data(hunt: Hunt) -> dict[str, Any]:
    data: dict[str, Any] = {
        "trials": hunt.admitted,
        "rejected": hunt.count - hunt.admitted,
        "draws": hunt.ratios,
    }
    if hunt.worst is None:
        return data
    data["attained"] = [numbers(hunt.worst.reading), *hunt.others]
    ratio, op = hunt.worst.ratio, hunt.worst.reading.claim.op
    if op != "==" and 0 < ratio <= 1:
        at = {"found by": hunt.worst.source, **_short(hunt.worst.instance), **numbers(hunt.worst.reading, 6)}
        data["margin"] = {"factor": 1 / ratio, "meaning": _meaning(hunt.reader.lemma), "at": at}
    return data


def _meaning(lemma: Lemma) -> str:
    """How the margin was found; a lemma without a family to search was only drawn."""
    return "worst-case search" if lemma.search else "largest of random draws"


def _short(instance: Instance) -> Mapping[str, Any]:
    found: Mapping[str, Any] = plain(dict(instance), digits=4, limit=40)
    return found
