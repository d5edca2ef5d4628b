"""Which checks of which lemma are to be run: the list of tasks, always in the same order."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from verify.checks import CHECK_NAMES, load
from verify.lemma import Lemma
from verify.pack import installed_packs
from verify.registry import Library

LEAST_FAMILY = 64
FINDINGS, CHAINS = "findings", "chains"  # what the hooks of a pack add to


class Task(NamedTuple):
    """One check of one part of a lemma, or of a false variant of it; a pack's hook has only its name, in ``check``."""

    lemma: str
    part: str
    check: str
    variant: str | None = None


def parts(lemma: Lemma) -> dict[str, Lemma]:
    """The lemma's own statement under the name "", and its further ones."""
    return {"": lemma, **lemma.also}


def plan(library: Library, ids: Iterable[str]) -> tuple[Task, ...]:
    """Every check that applies to every part. Raises RegistryError if a lemma cannot be imported."""
    return tuple(
        Task(name, part, check)
        for name in ids
        for part, statement in parts(library.lemma(name)).items()
        for check in CHECK_NAMES
        if load(check).applies(statement)
    )


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
    return (*findings, *((CHAINS, Task("", "", pack.widths)) for pack in packs if pack.widths))
