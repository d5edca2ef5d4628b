"""The chains as the page of a report solves them, for a reader to move their constants."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any

from flint import arb

from lemmas.theorems import convergence_classical, convergence_sharp
from lemmas.widths import sharp_widths
from lemmas.widths.comparison import Case, values
from verify import whatif
from verify.chain import ChainError, Library
from verify.statement import Quantity

Json = dict[str, Any]


def programs(library: Library) -> dict[str, Json]:
    """What is solved, by chain; ``otherwise`` is tried too where the unknown it names comes out above its limit."""
    by_neurons = whatif.program(convergence_sharp.CHAIN_BY_NEURONS, library)
    second = {"unknown": "R", "above": sharp_widths.WIDE, "chain": by_neurons}
    return {
        "classical": whatif.program(convergence_classical.CHAIN, library),
        "sharp": {**whatif.program(convergence_sharp.CHAIN, library), "otherwise": second},
    }


def known(case: Case, eigenvalue: arb) -> dict[str, Mapping[Quantity, Any]]:
    """What each of these chains knows of a case; a chain that cannot be solved there is left out."""
    found: dict[str, Mapping[Quantity, Any]] = {"classical": values(case, eigenvalue)}
    with contextlib.suppress(ChainError):
        found["sharp"] = sharp_widths.known(case, eigenvalue)
    return found


def with_programs(chains: list[Json], cases: list[Case], library: Library) -> list[Json]:
    """The chains of a report, those that the page can solve with what it needs for that, at these cases."""
    by_case = {case.name: known(case, case.least_eigenvalue()) for case in cases}
    opened = programs(library)
    return [{**chain, "whatif": _opened(opened[chain["id"]], chain["id"], by_case)} if chain["id"] in opened else chain
            for chain in chains]  # fmt: skip


def _opened(program: Json, name: str, by_case: Mapping[str, Mapping[str, Mapping[Quantity, Any]]]) -> Json:
    return {**program, "cases": {case: whatif.known(found[name]) for case, found in by_case.items() if name in found}}
