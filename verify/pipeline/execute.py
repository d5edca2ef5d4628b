"""Run tasks: what is remembered is not run again, and what was run is remembered at once."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from functools import partial
from itertools import groupby
from typing import Any

from verify.pipeline import interrupt
from verify.pipeline.engine import results
from verify.pipeline.keys import keys_of
from verify.pipeline.memory import Cache, Journal, Memory
from verify.pipeline.plan import FAULTS, Plan, Task
from verify.pipeline.request import Listener, Request
from verify.pipeline.worker import Job, Left, Result, asked_by, jobs_of, killed, planting, run_batch
from verify.registry import Library


def execute(planned: Plan, request: Request, progress: Listener) -> dict[Task, Result]:
    """The result of every task, in an order that does not depend on which finish first: planted faults come last.

    What is left of one lemma goes to one worker: its parts share steps of their proofs, and its faults are variants of
    the proof just run. At thorough effort only what is left of one statement, so that less is lost in a kill.
    """
    memories = _memories(request)
    key_of = keys_of(planned.session) if memories else _no_key
    found, left = _remembered(planned, memories, key_of)
    together = _statement if request.effort == "thorough" else _lemma
    batches = [tuple(group) for _, group in groupby(left, key=lambda one: together(one.first))]
    batches.sort(key=lambda batch: _length(batch[0].first.lemma, planned.library), reverse=True)
    with closing(results(partial(run_batch, planned.session), batches, request)) as finished:
        for done, (index, answers) in enumerate(finished, 1):
            interrupt.check()
            for one, fresh in zip(batches[index], answers or map(_all_killed, batches[index]), strict=True):
                for job in jobs_of(one, fresh):
                    for memory in memories:
                        memory.put(key_of(job), fresh[job.task])
                found |= fresh
            progress(done, len(batches), " ".join(filter(None, together(batches[index][0].first))))
    order = {task: place for place, task in enumerate(planned.tasks)}
    return {task: found[task] for task in sorted(found, key=lambda task: _place(task, order))}


def _all_killed(left: Left) -> dict[Task, Result]:
    return {task: killed(task) for task in left.tasks or (left.first,)}


def _remembered(
    planned: Plan, memories: Sequence[Memory], key_of: Callable[[Job], str]
) -> tuple[dict[Task, Result], list[Left]]:
    """What need not be run again, and the rest, statement by statement and hook by hook."""
    found: dict[Task, Result] = {}
    rest: list[Left] = []
    for (lemma, part, _), group in groupby(planned.tasks, key=_statement):
        tasks = tuple(group)
        known = {task: result for task in tasks if (result := _recall_task(memories, key_of, task))}
        left = tuple(task for task in tasks if task not in known)
        faults = Task(lemma, part, FAULTS) if lemma and planned.with_faults else None
        if faults and not left:
            job = planting(faults, known)
            result = _recall(memories, key_of, job) if job else None
            found |= {faults: result} if result else {}
            faults = faults if job and not result else None
        found |= known
        if left or faults:
            rest.append(Left(left, known, faults))
    return found, rest


def _length(lemma: str, library: Library) -> float:
    """Long files have long proofs and many variants of them: begun first, they leave no worker alone at the end. Hooks
    are longer still."""
    return library.entry(lemma).path.stat().st_size if lemma else math.inf


def _statement(task: Task) -> Task:
    """The same for all checks of a statement; each hook is alone."""
    return task._replace(check="") if task.lemma else task


def _lemma(task: Task) -> Task:
    """The same for all checks of a lemma; each hook is alone."""
    return task._replace(part="", check="") if task.lemma else task


def _place(task: Task, order: Mapping[Task, int]) -> tuple[bool, Any]:
    return (False, order[task]) if task in order else (True, (task.lemma, task.part))


def _no_key(job: Job) -> str:
    return ""


def _recall_task(memories: Sequence[Memory], key_of: Callable[[Job], str], task: Task) -> Result | None:
    """What is remembered of a task; of a hook, only if the lemmas that it asked for are as they were."""
    found = _recall(memories, key_of, Job(task))
    return found if found is None or task.lemma else _recall(memories, key_of, Job(task, asked=asked_by(found)))


def _recall(memories: Sequence[Memory], key_of: Callable[[Job], str], job: Job) -> Result | None:
    key = key_of(job)
    return next((result for memory in memories if (result := memory.get(key))), None)


def _memories(request: Request) -> list[Memory]:
    journal: list[Memory] = [Journal(request.resume)] if request.resume else []
    return [*journal, *([Cache()] if request.cache else [])]
