"""Which checks of which lemma are to be run: the list of tasks, always in the same order."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from verify.checks import CHECK_NAMES, load
from verify.entries import Entry
from verify.lemma import Lemma
from verify.pack import installed_packs
from verify.pipeline.request import Edits, Request
from verify.registry import Library

LEAST_FAMILY = 64
FAULTS = "faults"  # beside the names of the checks
VACUITY = "vacuity"  # among them; see verify.pipeline.judge
FINDINGS, CHAINS = "findings", "chains"  # what the hooks of a pack add to


class Task(NamedTuple):
    """One check of one part of a lemma, its planted faults (FAULTS), or a pack's hook, which has only ``check``."""

    lemma: str
    part: str
    check: str


def parts(lemma: Lemma) -> dict[str, Lemma]:
    """The lemma's own statement under the name "", and its further ones."""
    return {"": lemma, **lemma.also}


@dataclass(frozen=True)
class Session:
    """All that a task needs beside its name; small, and the same for all tasks of a run."""

    entries: tuple[Entry, ...]
    effort: str
    seed: int
    family: int = 1
    edits: Edits = ()
    simulate: bool = True

    def library(self) -> Library:
        """The library of the session, edits included; the same object each time. Raises RegistryError."""
        return _library(self.entries, self.edits)


@lru_cache(maxsize=4)
def _library(entries: tuple[Entry, ...], edits: Edits) -> Library:
    library = Library(entries)
    for lemma, constant, value in edits:
        library.edit(lemma, constant, value)
    return library


@dataclass(frozen=True)
class Plan:
    """The lemmas to judge, the tasks to run, and which of these are hooks of packs, with what they add to."""

    session: Session
    ids: tuple[str, ...]
    checks: tuple[Task, ...]
    hooks: tuple[tuple[str, Task], ...] = ()
    with_faults: bool = True

    @property
    def library(self) -> Library:
        return self.session.library()

    @property
    def tasks(self) -> tuple[Task, ...]:
        return (*(task for _, task in self.hooks), *self.checks)  # hooks first: they take long


def plan(library: Library, ids: Iterable[str], request: Request) -> Plan:
    """Every check that applies to every part, and what the packs add: everything, or the findings about these lemmas.

    Raises RegistryError if a lemma cannot be imported.
    """
    entries, ids = tuple(library.entries.values()), tuple(ids)
    edited = _library(entries, request.edits)
    session = Session(entries, request.effort, request.seed, family(edited, ids), request.edits)
    checks = tuple(
        Task(name, part, check)
        for name in ids
        for part, statement in parts(edited.lemma(name)).items()
        for check in CHECK_NAMES
        if load(check).applies(statement)
    )
    return Plan(session, ids, checks, hooks_about(ids) if request.targets else hooks())


def family(library: Library, ids: Iterable[str]) -> int:
    """How many probabilistic claims share one family-wise level: a power of two, at least LEAST_FAMILY.

    Rounded up, so that one more lemma seldom changes the level, and with it the evidence, of all others.
    """
    statements = [s for name in ids for s in parts(library.lemma(name)).values()]
    claims = sum(len(statement.cases) for statement in statements if statement.fails_with is not None)
    return max(LEAST_FAMILY, 1 << (claims - 1).bit_length())


def hooks() -> tuple[tuple[str, Task], ...]:
    """What the packs add to the report: (FINDINGS or CHAINS, task)."""
    packs = [installed.pack for installed in installed_packs()]
    findings = [(FINDINGS, Task("", "", hook)) for pack in packs for hook in pack.findings]
    return (*((CHAINS, Task("", "", hook)) for pack in packs for hook in pack.widths), *findings)


def hooks_about(ids: Collection[str]) -> tuple[tuple[str, Task], ...]:
    """The findings of the packs that test one of these lemmas."""
    about = {hook: lemma for installed in installed_packs() for hook, lemma in installed.pack.about.items()}
    return tuple((kind, task) for kind, task in hooks() if kind == FINDINGS and about.get(task.check) in ids)
