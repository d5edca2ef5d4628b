"""A run as a list of steps: select, plan, execute, judge, report."""

from __future__ import annotations

import datetime
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from verify.formats.schema import validate
from verify.pipeline.baseline import read_baseline, regressions
from verify.pipeline.execute import execute
from verify.pipeline.judge import judge_all
from verify.pipeline.outputs import write_all
from verify.pipeline.plan import Task, family, hooks, plan
from verify.pipeline.report import assemble
from verify.pipeline.request import Listener, Request, writable
from verify.pipeline.select import select
from verify.pipeline.summary import exit_code
from verify.pipeline.versions import versions
from verify.pipeline.worker import Result, Session


@dataclass(frozen=True)
class Outcome:
    """The report, the code that the command exits with, and what is worse than in the baseline, a line each."""

    report: dict[str, Any]
    code: int
    worse: tuple[str, ...] = ()


def run(request: Request, progress: Listener = lambda done, total, last: None) -> Outcome:
    """Check what was asked for and write the report files.

    Raises BadInput, before anything is written, if the request or a lemma file makes no sense.
    """
    start = time.perf_counter()
    old = read_baseline(request.baseline)
    library, ids = select(request.targets, request.paths)
    tasks = plan(library, ids)
    added = hooks() if not request.targets else ()
    session = Session(tuple(library.entries.values()), request.effort, request.seed, family(library, ids))
    writable(request.out, "--out")
    if request.resume:
        writable(request.resume, "--resume")
    results = execute(session, [*tasks, *(task for _, task in added)], request, progress)
    judged = judge_all(library, ids, {task: results[task].evidence for task in tasks}, request.allow_assumed)
    report = assemble(library, judged, [(kind, task, results[task].evidence) for kind, task in added], request)
    report |= {"run": _about(request), "timings": _timings(results, time.perf_counter() - start)}
    validate(report)
    write_all(report, request.out)
    worse = regressions(old, report, whole=not request.targets)
    return Outcome(report, exit_code(report, worse), worse)


def _about(request: Request) -> dict[str, Any]:
    started = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    asked = {"effort": request.effort, "seed": request.seed, "jobs": request.jobs, "engine": request.engine}
    return {**asked, "targets": list(request.targets), "started": started, "versions": versions()}


def _timings(results: Mapping[Task, Result], total: float) -> dict[str, Any]:
    lemmas: dict[str, float] = {}
    for task, result in results.items():
        name = task.lemma or task.check
        lemmas[name] = round(lemmas.get(name, 0.0) + result.seconds, 3)
    return {"total": round(total, 3), "lemmas": lemmas}
