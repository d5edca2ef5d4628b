"""A run as a list of steps: select, plan, execute, judge, report.

What loads SymPy, NumPy and the lemmas is imported where it is needed: not for a report that is remembered.
"""

from __future__ import annotations

import datetime
import shlex
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from verify.formats.schema import validate
from verify.pipeline import engine
from verify.pipeline.baseline import read_baseline, regressions
from verify.pipeline.outputs import write_all
from verify.pipeline.request import Listener, Request, make_folders
from verify.pipeline.select import select
from verify.pipeline.summary import exit_code
from verify.pipeline.versions import versions
from verify.pipeline.whole import Whole

if TYPE_CHECKING:
    from verify.pipeline.plan import Plan, Task
    from verify.pipeline.worker import Result

Report = dict[str, Any]


@dataclass(frozen=True)
class Outcome:
    """The report, the code that the command exits with, and what is worse than in the baseline, a line each."""

    report: Report
    code: int
    worse: tuple[str, ...] = ()


def silent(done: int, total: int, last: str) -> None:
    """A listener that shows nothing."""


def run(request: Request, progress: Listener = silent) -> Outcome:
    """Check what was asked for and write the report files.

    Raises BadInput, before anything is written, if the request or a lemma file makes no sense.
    """
    old = read_baseline(request.baseline)
    report_on = _prepared(request)
    make_folders(request)
    report = report_on(progress)
    write_all(report, request.out)
    worse = regressions(old, report, whole=not request.targets)
    return Outcome(report, exit_code(report, worse), worse)


def check(request: Request, progress: Listener = silent) -> Report:
    """The report of what was asked for; writes no file but those of the cache. Raises BadInput."""
    return _prepared(request)(progress)


def _prepared(request: Request) -> Callable[[Listener], Report]:
    """What is left to do of a run once nothing can be wrong with its input. Raises BadInput."""
    start = time.perf_counter()
    library, ids = select(request.targets, request.paths, request.cache)
    whole = Whole(library, ids, request)
    remembered = whole.recall()
    if remembered is not None:
        return lambda progress: remembered | _volatile(request, remembered["timings"]["lemmas"], start)
    if not request.targets:  # few lemmas may have nothing left for workers to do
        engine.begin(request)
    from verify.pipeline.plan import plan

    planned = plan(library, ids, request)

    def report_on(progress: Listener) -> Report:
        report = carry_out(planned, request, progress)
        whole.remember(report)
        return report

    return report_on


def carry_out(planned: Plan, request: Request, progress: Listener) -> Report:
    """Execute a plan, judge what it found, and put the report together."""
    from verify.pipeline.execute import execute
    from verify.pipeline.judge import judge_all
    from verify.pipeline.report import assemble

    start = time.perf_counter()
    results = execute(planned, request, progress)
    evidence = {task: result.evidence for task, result in results.items()}
    judged = judge_all(planned.library, planned.ids, evidence, request.allow_assumed)
    hooks = [(kind, evidence[task]) for kind, task in planned.hooks]
    report = assemble(planned.library, judged, hooks, request)
    report |= _volatile(request, _seconds(results), start)
    validate(report)
    return report


def _volatile(request: Request, seconds: Mapping[str, float], start: float) -> Report:
    """What of a report may differ from run to run."""
    total = round(time.perf_counter() - start, 3)
    return {"run": _about(request), "timings": {"total": total, "lemmas": dict(seconds)}}


def _about(request: Request) -> dict[str, Any]:
    started = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    asked = {"effort": request.effort, "seed": request.seed, "jobs": request.jobs, "engine": request.engine}
    command = shlex.join(["python", "-m", "verify", *sys.argv[1:]])
    return {**asked, "targets": list(request.targets), "command": command, "started": started, "versions": versions()}


def _seconds(results: Mapping[Task, Result]) -> dict[str, float]:
    """For every lemma and hook, how long it took when it was computed."""
    found: dict[str, float] = {}
    for task, result in results.items():
        name = task.lemma or task.check
        found[name] = round(found.get(name, 0.0) + result.seconds, 3)
    return found
