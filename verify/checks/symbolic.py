"""Symbolic check: run the proof, and try every one of its steps on drawn instances."""

from __future__ import annotations

import random
from collections.abc import Hashable, Sequence
from functools import lru_cache
from typing import Any

from verify.checks import looser, vacuity
from verify.checks.base import Context
from verify.lemma import Lemma, values_at
from verify.proof import Disproved, Fact, Proof, StepFailed
from verify.proof.evaluate import NoNumber, Numbers, evaluate, violation
from verify.proof.needs import needing
from verify.proof.rules import RULES
from verify.proof.terms import Index
from verify.relations import Relation
from verify.stats.streams import stream
from verify.verdict import Evidence, Verdict

name = "symbolic"
VANISHING = 1e-12  # what floats leave of a number that a hypothesis says is 0
ROUNDING = 1e-7  # relative; a step this close to equality is left to the other checks
SPOT_CHECKS = 3
LONGEST = 80  # characters shown of a step without a name


def applies(lemma: Lemma) -> bool:
    """Whether the lemma carries a proof."""
    return lemma.proof is not None


def run(lemma: Lemma, context: Context) -> Evidence:
    """`proved` if every step follows and the last is the claim; `inconclusive`, naming the step, if one fails.

    `refuted` if the proof shows that the claim fails more often than it may (see ``Proof.decide``). A step that is
    false on a drawn instance although a rule or algebra gave it is an `error` of this tool.
    """
    assert lemma.proof is not None
    proof = Proof(lemma, context.library)
    try:
        final = proof.conclude(lemma.proof(proof))
    except StepFailed as failed:
        return _from_stated(lemma, context) or Evidence(
            name, Verdict.INCONCLUSIVE, str(failed), {"failed": str(failed)}
        )
    except Disproved as opposite:
        return _disproved(lemma, opposite.fact, context)
    steps = final.steps()
    tried, broken = spot_check(lemma, steps, context.seed)
    if broken is not None:
        return _false_step(broken)
    data = _steps_data(steps, tried)
    if not context.budget.first:
        data["needs"] = {k: need for k, r in lemma.given.items() if (need := _need(final, lemma.spelled_out(r)))}
    summary = f"{len(steps)} steps, each checked by machine; rests on {_rests(steps)}"
    return Evidence(name, Verdict.PROVED, summary, data)


def _from_stated(lemma: Lemma, context: Context) -> Evidence | None:
    """`proved` where edited constants only loosen what is proved as it is stated."""
    if lemma.stated is None:
        return None
    try:
        steps = looser.proved(lemma, context.library)
    except (StepFailed, Disproved):
        return None
    tried, broken = spot_check(lemma, steps, context.seed)
    if broken is not None:
        return _false_step(broken)
    told = f"{len(steps)} steps, each checked by machine, prove the lemma as it is stated, from which this follows"
    return Evidence(name, Verdict.PROVED, f"{told}; rests on {_rests(steps)}", _steps_data(steps, tried))


def _disproved(lemma: Lemma, opposite: Fact, context: Context) -> Evidence:
    """`refuted`, if some point certainly meets the hypotheses: the claim is false at each of them."""
    steps = opposite.steps()
    tried, broken = spot_check(lemma, steps, context.seed)
    if broken is not None:
        return _false_step(broken)
    summary = f"{len(steps)} steps, each checked by machine, show that {opposite.relation}; rests on {_rests(steps)}"
    if lemma.given and vacuity.admitted_point(lemma, context).verdict is not Verdict.CERTIFIED:
        told = f"{summary}; but no point was found that meets the hypotheses"
        return Evidence(name, Verdict.INCONCLUSIVE, told, {"failed": told})
    return Evidence(name, Verdict.REFUTED, summary, _steps_data(steps, tried))


def _false_step(step: Fact) -> Evidence:
    """An error of this tool, unless the step cites a lemma: then that lemma is false, as its own checks should say.

    Where they do not, it is an error again: see verify.pipeline.judge.
    """
    if step.by == "lemma":
        told = f"step '{step.name}' is false on a drawn instance, so {step.ref} is false"
        return Evidence(name, Verdict.INCONCLUSIVE, told, {"failed": told, "denies": step.ref})
    return Evidence(name, Verdict.ERROR, f"step '{step.name or step.relation}' is false on a drawn instance")


def _steps_data(steps: list[Fact], tried: int) -> dict[str, Any]:
    return {"steps": [as_json(s) for s in steps], "trusts": trusted(steps), "spot_checks": tried}


def _need(final: Fact, hypothesis: Relation) -> str:
    """Why the proof needs a hypothesis, in words; empty if it does not."""
    step = needing(final, hypothesis)
    if step is None:
        return ""
    gathers = step.by == "lemma" or step.ref == "instance"  # what is handed to it is not tried piece by piece
    told = step.name if step.name and step.name != step.ref else f"{step.ref}: {str(step.relation)[:LONGEST]}"
    return f"step '{told}' {'rests on it' if gathers else 'is not derived without it'}"


def trusted(steps: list[Fact]) -> list[str]:
    """The rules that a proof applies, sorted."""
    return sorted({s.ref for s in steps if s.by == "rule"})


def _rests(steps: list[Fact]) -> str:
    rules, kinds = trusted(steps), {s.by for s in steps}
    others = {"certificate": "ball arithmetic", "lemma": "the lemmas cited"}
    beyond = " and ".join(["algebra", *(told for by, told in others.items() if by in kinds)])
    return f"the rules {', '.join(rules)}" if rules else f"no rule beyond {beyond}"


def as_json(step: Fact) -> dict[str, Any]:
    """One proof step as the report shows it."""
    by = {"hypothesis": "algebra", "definition": "algebra"}.get(step.by, step.by)
    ref = f"{step.by} {step.ref}".strip() if step.by in ("hypothesis", "definition") else step.ref
    if step.by == "rule":
        ref = f"{step.ref}: {RULES[step.ref].reference}"
    label = f"{step.name}: " if step.name and step.name != step.ref else ""
    return {"step": f"{label}{step.relation}", "by": by, "ref": ref, "verdict": str(Verdict.PROVED)}


def spot_check(lemma: Lemma, steps: list[Fact], seed: int) -> tuple[int, Fact | None]:
    """Evaluate each step on a few admitted instances; the number of evaluations, and the first step that is false."""
    if lemma.draw is None:
        return 0, None
    tried, spoken = 0, [(step, _spoken_of(step)) for step in steps]
    given = [lemma.spelled_out(r) for r in lemma.given.values()]
    for trial in range(SPOT_CHECKS * len(lemma.cases)):
        case = lemma.cases[trial % len(lemma.cases)]
        at = lemma.draw(stream(seed, f"{lemma.id}:spot", case, trial), case)
        at = Numbers({**at, **{s.name: v for s, v in values_at(lemma, at).items() if s.definition is None}})
        if not all(violation(r, at) <= VANISHING for r in given):
            continue
        held: dict[Hashable, bool] = {}
        for step, free in spoken:
            wrong = _violation(step, free, at, trial, held)
            tried += wrong is not None
            if wrong is not None and wrong > ROUNDING:
                return tried, step
    return tried, None


def _spoken_of(step: Fact) -> list[Index]:
    """The generic indices of a step and of its assumptions, in a fixed order."""
    relations = [step.relation, *step.assumptions]
    return sorted({i for r in relations for i in _indices_of(r)}, key=str)


@lru_cache(maxsize=50_000)  # the steps of a proof share their assumptions
def _indices_of(relation: Relation) -> tuple[Index, ...]:
    return tuple(s for s in relation.symbols if isinstance(s, Index))


def _violation(step: Fact, free: Sequence[Index], at: Numbers, trial: int, held: dict[Hashable, bool]) -> float | None:
    """The violation of one step at the instance's own indices, random ones for those ``free`` that it does not name.

    None where it has no number, or where an assumption of the step does not hold. held: which of them hold at the
    instance, as far as other steps have asked.
    """
    chooser = random.Random(trial)
    try:
        env = {i: at.get(i.name) or chooser.randint(1, _size(i, at)) for i in free}
        if any(not _holds(a, at, {i: env[i] for i in _indices_of(a)}, held) for a in step.assumptions):
            return None
        return violation(step.relation, at, env)
    except NoNumber:
        return None


def _holds(relation: Relation, at: Numbers, env: dict[Index, int], held: dict[Hashable, bool]) -> bool:
    key = (relation, *env.values())
    if key not in held:
        wrong = violation(relation, at, env)
        held[key] = wrong < 0 if relation.strict else wrong <= VANISHING
    return held[key]


def _size(index: Index, at: Numbers) -> int:
    return int(evaluate(index.size, at))
