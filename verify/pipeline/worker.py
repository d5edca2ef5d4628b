"""What runs in a worker process: tasks, from names alone to evidence."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from threadpoolctl import threadpool_limits

from verify.checks import CHECK_NAMES, load, symbolic
from verify.checks.base import EFFORTS, Context
from verify.faults import plant
from verify.lemma import Lemma
from verify.pack import attribute
from verify.pipeline.plan import FAULTS, Session, Task, parts
from verify.verdict import Evidence, Verdict


@dataclass(frozen=True)
class Result:
    evidence: Evidence
    seconds: float


@dataclass(frozen=True)
class Job:
    """A task; for planted faults, what the checks found of the statement they are planted in; for a hook, which lemmas
    it asked for when it was last run."""

    task: Task
    evidence: tuple[Evidence, ...] = ()
    asked: tuple[str, ...] = ()


@dataclass(frozen=True)
class Left:
    """What is left to run of one statement, or a hook.

    known: what is remembered of the same statement; faults: the task of planting faults in it, if that is wanted.
    """

    tasks: tuple[Task, ...]
    known: Mapping[Task, Result] = field(default_factory=dict)
    faults: Task | None = None

    @property
    def first(self) -> Task:
        """The first task of it; there is one."""
        return (*self.tasks, *filter(None, [self.faults]))[0]


def run_batch(session: Session, batch: Sequence[Left]) -> list[dict[Task, Result]]:
    """What one worker does in one go: parts of one lemma, which have steps of their proofs in common."""
    with threadpool_limits(limits=1):  # sums must not depend on the number of BLAS threads
        return [_run_left(session, left) for left in batch]


def _run_left(session: Session, left: Left) -> dict[Task, Result]:
    """Run the tasks, and plant faults where that makes sense."""
    found: dict[Task, Result] = {}
    for task in left.tasks:
        found[task] = run_job(session, Job(task))
    job = planting(left.faults, {**left.known, **found}) if left.faults else None
    return {**found, job.task: run_job(session, job)} if job else found


def jobs_of(left: Left, answers: Mapping[Task, Result]) -> list[Job]:
    """What was asked to get these answers: the names under which they are remembered.

    A hook has two: one to find out which lemmas it asks for, and one that changes with these.
    """
    planted = planting(left.faults, {**left.known, **answers}) if left.faults else None
    hooks = [Job(task, asked=asked_by(answers[task])) for task in left.tasks if not task.lemma]
    return [*(Job(task) for task in left.tasks), *hooks, *([planted] if planted and planted.task in answers else [])]


def asked_by(result: Result) -> tuple[str, ...]:
    """The lemmas that a hook asked for."""
    return tuple(result.evidence.data.get("lemmas", ()))


def planting(faults: Task, results: Mapping[Task, Result]) -> Job | None:
    """The job of planting faults, given what all checks of the statement found.

    None if one has refuted it or failed to check it, or if its proof does not stand: where a proof fails already, that
    it fails with a fault in it too would say nothing.
    """
    order = sorted((task for task in results if task != faults), key=lambda task: CHECK_NAMES.index(task.check))
    evidence = tuple(results[task].evidence for task in order)
    unproved = any(e.check == symbolic.name and e.verdict is not Verdict.PROVED for e in evidence)
    if unproved or any(e.verdict in (Verdict.REFUTED, Verdict.ERROR) for e in evidence):
        return None
    return Job(faults, evidence)


def run_job(session: Session, job: Job) -> Result:
    """Run one task of a batch. A crash of the check is evidence too: verdict `error`, the exception in one line."""
    start = time.perf_counter()
    try:
        evidence = _clean(_evidence(session, job))
    except Exception as problem:
        evidence = Evidence(job.task.check, Verdict.ERROR, one_line(problem))
    return Result(evidence, time.perf_counter() - start)


def killed(task: Task) -> Result:
    """What is known of a task whose worker process was killed each time, by the system or by the check itself."""
    return Result(Evidence(task.check, Verdict.ERROR, "its worker process was killed; too little memory?"), 0.0)


def _evidence(session: Session, job: Job) -> Evidence:
    library, task = session.library(), job.task
    context = Context(EFFORTS[session.effort], session.seed, library.lemma, session.family, session.simulate)
    if not task.lemma:
        return _run_hook(context, task.check)
    statement = parts(library.lemma(task.lemma))[task.part]
    if task.check == FAULTS:
        return _plant(statement, job.evidence, context)
    return load(task.check).run(statement, context)


def _plant(statement: Lemma, evidence: Sequence[Evidence], context: Context) -> Evidence:
    planted = [fault.as_json() for fault in plant(statement, evidence, context)]
    return Evidence(FAULTS, Verdict.NOT_RUN, f"{len(planted)} planted faults", {"planted": planted})


def _run_hook(context: Context, reference: str) -> Evidence:
    """The entries a hook adds to the report, and which lemmas it asked for."""
    asked: set[str] = set()

    def library(name: str) -> Lemma:
        asked.add(name)
        return context.library(name)

    entries = list(attribute(reference)(replace(context, library=library)))
    return Evidence(reference, Verdict.PROVED, "ran", {"entries": entries, "lemmas": sorted(asked)})


def _clean(evidence: Evidence) -> Evidence:
    """The evidence as it reads back from JSON, so that it is the same whether it was computed or remembered."""
    return from_json(json.loads(json.dumps(to_json(evidence), allow_nan=False, sort_keys=True)))


def to_json(evidence: Evidence) -> dict[str, Any]:
    """The evidence as JSON values."""
    found = {"check": evidence.check, "verdict": evidence.verdict.value, "summary": evidence.summary}
    return {**found, "data": dict(evidence.data)}


def from_json(value: Mapping[str, Any]) -> Evidence:
    """The inverse of to_json. Raises KeyError or ValueError for what is no evidence."""
    return Evidence(value["check"], Verdict(value["verdict"]), value["summary"], value["data"])


def one_line(problem: BaseException) -> str:
    """An exception as one line."""
    return " ".join(f"{type(problem).__name__}: {problem}".split())
