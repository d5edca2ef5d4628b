"""Run tasks: what is remembered is not run again, and what was run is remembered at once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from verify.pipeline.engine import results
from verify.pipeline.plan import Task
from verify.pipeline.request import Listener, Request
from verify.pipeline.worker import Result, Session, run_task


def execute(session: Session, tasks: Sequence[Task], request: Request, progress: Listener) -> dict[Task, Result]:
    """The result of every task, in the order of the tasks whatever the order they finish in."""
    found: dict[Task, Result] = {}
    todo = [task for task in tasks if task not in found]
    for index, result in results(partial(run_task, session), todo, request):
        found[todo[index]] = result
        progress(len(found), len(tasks), todo[index].lemma or todo[index].check)
    return {task: found[task] for task in tasks}
