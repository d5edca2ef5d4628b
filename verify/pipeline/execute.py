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
from verify.pipeline.worker import Batch, Job, Result, jobs_of, killed, planting, run_batch
from verify.registry import Library


def execute(planned: Plan, request: Request, progress: Listener) -> dict[Task, Result]:
    """The result of every task, in an order that does not depend on which finish first: planted faults come last.

    What is left of one statement goes to one worker, which has then just run the proof whose variants it is to try.
    """
    memories = _memories(request)
    key_of = keys_of(planned.session) if memories else _no_key
    found, batches = _remembered(planned, memories, key_of)
    batches.sort(key=lambda batch: _length(batch, planned.library), reverse=True)
    with closing(results(partial(run_batch, planned.session), batches, request)) as finished:
        for done, (index, answers) in enumerate(finished, 1):
            interrupt.check()
            batch = batches[index]
            answers = answers or {task: killed(task) for task in batch.tasks or (batch.faults,) if task}
            for job in jobs_of(batch, answers):
                for memory in memories:
                    memory.put(key_of(job), answers[job.task])
            found |= answers
            progress(done, len(batches), batch.label)
    order = {task: place for place, task in enumerate(planned.tasks)}
    return {task: found[task] for task in sorted(found, key=lambda task: _place(task, order))}


def _remembered(
    planned: Plan, memories: Sequence[Memory], key_of: Callable[[Job], str]
) -> tuple[dict[Task, Result], list[Batch]]:
    """What need not be run again, and the rest, a batch for each hook and each statement."""
    found: dict[Task, Result] = {}
    batches: list[Batch] = []
    for (lemma, part, _), group in groupby(planned.tasks, key=_statement):
        tasks = tuple(group)
        known = {task: result for task in tasks if (result := _recall(memories, key_of, Job(task)))}
        left = tuple(task for task in tasks if task not in known)
        faults = Task(lemma, part, FAULTS) if lemma and planned.with_faults else None
        if faults and not left:
            job = planting(faults, known)
            result = _recall(memories, key_of, job) if job else None
            found |= {faults: result} if result else {}
            faults = faults if job and not result else None
        found |= known
        if left or faults:
            batches.append(Batch(left, known, faults))
    return found, batches


def _length(batch: Batch, library: Library) -> float:
    """Long files have long proofs and many variants of them: begun first, they leave no worker alone at the end. Hooks
    are longer still."""
    return library.entry(batch.lemma).path.stat().st_size if batch.lemma else math.inf


def _statement(task: Task) -> Task:
    """The same for all checks of a statement; each hook is alone."""
    return task._replace(check="") if task.lemma else task


def _place(task: Task, order: Mapping[Task, int]) -> tuple[bool, Any]:
    return (False, order[task]) if task in order else (True, (task.lemma, task.part))


def _no_key(job: Job) -> str:
    return ""


def _recall(memories: Sequence[Memory], key_of: Callable[[Job], str], job: Job) -> Result | None:
    key = key_of(job)
    return next((result for memory in memories if (result := memory.get(key))), None)


def _memories(request: Request) -> list[Memory]:
    journal: list[Memory] = [Journal(request.resume)] if request.resume else []
    return [*journal, *([Cache()] if request.cache else [])]
